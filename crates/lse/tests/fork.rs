//! fork: a child has its parent's memory but not its threads, and must be able to compute all the same.
//!
//! In a process of its own: nothing else may run while it forks.
#![cfg(unix)]

mod support;

use lse::intake::Kind;
use support::{Array, call, numbers};

/// Seconds after which a child that hangs is ended.
const PATIENCE: u32 = 30;

/// Fork; the child computes and says whether the answer was right.
fn child_computes(x: &Array, expected: &[u64]) -> bool {
    // SAFETY: the child calls the library and leaves by _exit, without running anything of the parent's.
    match unsafe { libc::fork() } {
        -1 => panic!("no fork"),
        0 => {
            // SAFETY: a signal that ends this process, and its end.
            unsafe {
                libc::alarm(PATIENCE);
                let right = call("softmax", x, 0b10, 1.0) == expected;
                libc::_exit(if right { 0 } else { 1 });
            }
        }
        child => {
            let mut status = 0;
            // SAFETY: the child is ours, and `status` is a place for its status.
            let ended = unsafe { libc::waitpid(child, &mut status, 0) };
            assert_eq!(ended, child);
            libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
        }
    }
}

#[test]
fn a_child_computes_after_its_parent_did() {
    lse::threads::set(3);
    let x = Array::new(Kind::Float64, &[600, 500], &numbers(300_000, 8));
    let expected = call("softmax", &x, 0b10, 1.0);
    for round in 0..5 {
        assert!(child_computes(&x, &expected), "round {round}");
        // and the parent goes on
        assert!(call("softmax", &x, 0b10, 1.0) == expected, "round {round}");
    }
    // A child that answers wrongly is caught
    assert!(!child_computes(&x, &expected[1..]));

    // and so does the child of a parent whose other threads are in the middle of a call
    let busy = std::sync::atomic::AtomicBool::new(true);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while busy.load(std::sync::atomic::Ordering::Relaxed) {
                    call("softmax", &x, 0b10, 1.0);
                }
            });
        }
        let computed = (0..5).all(|_| child_computes(&x, &expected));
        busy.store(false, std::sync::atomic::Ordering::Relaxed);
        assert!(computed);
    });
}
