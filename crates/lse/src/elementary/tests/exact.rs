//! Long arithmetic for results that almost vanish: 0.51 ulp, against another long arithmetic.

use crate::elementary::exact;
use crate::tests::exact::{Exact, log_sum_exp};
use crate::tests::random::Random;
use crate::tests::rows::normalised;
use crate::tests::worst::{FLOAT64, Worst, ulps};

/// t log(sum(e^(x/t)) / n).
fn got(row: &[f64], t: f64, n: f64) -> f64 {
    let mut sum = exact::Exact::new(t);
    sum.add(row);
    sum.finish(n)
}

fn expected(row: &[f64], t: f64, n: f64) -> Exact {
    &Exact::of(t) * &(&log_sum_exp(row, t) - &Exact::of(n).log())
}

#[test]
fn normalised_rows_and_means_near_nothing() {
    let (mut random, mut worst) = (Random(51), Worst::default());
    for round in 0..120 {
        let length = 1 + random.below(30);
        let t = [1.0, 0.7, 3.0, 1e5][round % 4];
        let (row, n) = if round % 8 < 4 {
            (normalised(&mut random, length).iter().map(|x| x * t).collect(), 1.0)
        } else {
            let size = random.scaled(-60, -22) * t;
            let row: Vec<f64> = (0..length).map(|_| size * random.normal()).collect();
            (row, length as f64)
        };
        let exact = expected(&row, t, n);
        // 448 bits, and what the module promises, end somewhere
        if exact.near().abs() > 1e-55 * t {
            worst.see(ulps(got(&row, t, n), &exact, FLOAT64), &[row[0], t, n]);
        }
    }
    worst.within("exact, ulp", 0.51, 1.0);
}

#[test]
fn a_moved_bit_is_seen() {
    let row = normalised(&mut Random(52), 9);
    let mut moved = row.clone();
    moved[4] = moved[4].next_up();
    assert_ne!(got(&row, 1.0, 1.0), got(&moved, 1.0, 1.0));
    assert!(ulps(got(&moved, 1.0, 1.0), &expected(&row, 1.0, 1.0), FLOAT64) > 1.0);
}
