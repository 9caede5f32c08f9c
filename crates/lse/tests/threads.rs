//! Threads: the number of them changes no bit, and the pool serves any number of callers at once.

mod support;

use lse::intake::Kind;
use std::sync::Mutex;
use support::{Array, FUNCTIONS, call, numbers, shapes};

/// The number of threads is one for the process: tests that set it take turns.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn one_to_four_threads() {
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for (name, shape, axes) in shapes() {
        for kind in [Kind::Float32, Kind::Float64] {
            let x = Array::new(kind, &shape, &numbers(shape.iter().product(), 3));
            for function in FUNCTIONS {
                lse::threads::set(1);
                let expected = call(function, &x, axes, 1.0);
                for count in 2..=4 {
                    lse::threads::set(count);
                    assert_eq!(lse::threads::get(), count);
                    assert_eq!(
                        expected,
                        call(function, &x, axes, 1.0),
                        "{function} {kind:?} {name}, {count} threads"
                    );
                }
            }
        }
    }
    lse::threads::set(0);
}

#[test]
fn nought_is_the_default() {
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    lse::threads::set(0);
    let default = lse::threads::get();
    assert!(default >= 1);
    lse::threads::set(default + 3);
    assert_eq!(lse::threads::get(), default + 3);
    lse::threads::set(0);
    assert_eq!(lse::threads::get(), default);
}

#[test]
fn many_callers_at_once() {
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let cases: Vec<(Array, u64)> = shapes()
        .into_iter()
        .map(|(_, shape, axes)| {
            (Array::new(Kind::Float32, &shape, &numbers(shape.iter().product(), 4)), axes)
        })
        .collect();
    let answers: Vec<Vec<u64>> =
        cases.iter().map(|(x, axes)| call("softmax", x, *axes, 1.0)).collect();
    // More callers than threads, and one who changes the number of threads under them
    std::thread::scope(|scope| {
        for caller in 0..8 {
            let (cases, answers) = (&cases, &answers);
            scope.spawn(move || {
                for round in 0..24 {
                    let i = (caller + round) % cases.len();
                    let (x, axes) = &cases[i];
                    assert!(call("softmax", x, *axes, 1.0) == answers[i], "caller {caller}");
                }
            });
        }
        scope.spawn(|| {
            for round in 0..60 {
                lse::threads::set(1 + round % 4);
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
        });
    });
    lse::threads::set(0);
}
