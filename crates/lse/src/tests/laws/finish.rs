//! finish is within an ulp of log mass - minus, and small losses survive.

use super::{assert_close, cases, implementations, number, row};
use crate::kernels::naive;
use crate::state::State;
use crate::tests::exact::{Exact, log_sum_exp, loss, times_power};
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, normalised};
use crate::tests::worst::{FLOAT64, Worst, power, ulps};
use proptest::prelude::*;

/// The error of finish in ulp; where max - minus and the rest cancel, 2^-98 is allowed.
fn error(got: f64, row: &[f64], minus: f64) -> f64 {
    let exact = loss(row, minus, 1.0);
    let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let cancels = max < minus && exact.near().abs() < 1.0;
    if cancels && (&Exact::of(got) - &exact).near().abs() <= power(-98) {
        return 0.0;
    }
    ulps(got, &exact, FLOAT64)
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn finish_is_within_an_ulp(row in row(24), minus in number()) {
        prop_assume!(row.iter().any(|x| x.is_finite()));
        let exact = log_sum_exp(&row, 1.0);
        for fold in implementations() {
            let state = fold.of(&row);
            let log = state.finish(0.0);
            prop_assert!(error(log, &row, 0.0) <= 1.0, "{}: {:e}", fold.name(), log);
            // Against an element, a number nearby, and anything
            for minus in [row[0], log, log.next_up(), minus] {
                if minus.is_finite() && (exact.near() - minus).is_finite() {
                    let loss = state.finish(minus);
                    prop_assert!(
                        error(loss, &row, minus) <= 1.0,
                        "{} minus {:e}: {:e}", fold.name(), minus, loss
                    );
                }
            }
        }
    }
}

#[test]
fn every_family_is_within_an_ulp() {
    let (mut random, mut worst) = (Random(81), Worst::default());
    for family in FAMILIES {
        for length in [1, 2, 3, 17, 65] {
            let row = (family.make)(&mut random, length);
            if row.iter().all(|x| *x == f64::NEG_INFINITY) {
                continue;
            }
            for fold in implementations() {
                let state = fold.of(&row);
                for minus in [0.0, row[0]].into_iter().filter(|minus| minus.is_finite()) {
                    let error = error(state.finish(minus), &row, minus);
                    worst.see(error, &[row[0], minus]);
                }
            }
        }
    }
    worst.within("finish", 1.0, 1.0);
}

#[test]
fn normalised_rows_keep_their_digits() {
    // logsumexp is what the roundings of the elements come to: about 2^-54, known to 2^-103
    let (mut random, mut worst) = (Random(82), Worst::default());
    for length in [2, 3, 10, 64, 200] {
        for _ in 0..6 {
            let row = normalised(&mut random, length);
            let exact = log_sum_exp(&row, 1.0);
            for fold in implementations() {
                let got = fold.of(&row).finish(0.0);
                let error = (&Exact::of(got) - &exact).near().abs();
                worst.see(error, &[row[0], row[1]]);
            }
        }
    }
    worst.within("finish of normalised rows", 1.0, power(-103));
}

#[test]
fn small_losses_survive() {
    let half = -core::f64::consts::LN_2;
    let seven: Vec<f64> = [vec![-600.0; 7], vec![0.0]].concat();
    for fold in implementations() {
        let loss = |row: &[f64]| fold.of(row).finish(row[0]);
        assert_eq!(fold.of(&[half, half]).finish(0.0), 2.3190468138462996e-17, "{}", fold.name());
        assert_eq!(fold.of(&[0.0, -40.0]).finish(0.0), 4.248354255291589e-18, "{}", fold.name());
        assert_eq!(fold.of(&seven).finish(0.0), 1.8552775871030176e-260, "{}", fold.name());
        assert_eq!(loss(&[1e5, 1e5 - 40.0]), 4.248354255291589e-18, "{}", fold.name());
        assert_eq!(loss(&[20.0, 0.0]) as f32, 2.061_153_6e-9, "{}", fold.name());
        // the loss of a confident row, down to the least float
        for gap in [50.0, 300.0, 700.0, 740.0] {
            let exact = Exact::of(-gap).exp();
            let got = loss(&[7.0, 7.0 - gap]);
            assert!(ulps(got, &exact, FLOAT64) <= 1.0, "{}: {gap}: {got:e}", fold.name());
        }
    }
}

#[test]
fn a_finish_that_forgot_the_rest_is_caught() {
    let row = [0.0, -40.0];
    let state = naive::fold(&row);
    assert!(error(State { rest: 0.0, ..state }.finish(0.0), &row, 0.0) > 1.0);
    assert!(error(state.finish(0.0).next_up().next_up(), &row, 0.0) > 1.0);
}

#[test]
fn many_equal_elements() {
    // The textbook recurrence answers 16.64 for 2^25 of them in float32; merging doubles the count.
    for fold in implementations() {
        let mut state = fold.of(&[0.25; 128]);
        for _ in 0..18 {
            state = state.merge(state);
        }
        let count = times_power(1.0, 25);
        assert_close(state, State { max: 0.25, top: count, rest: 0.0, rest_low: 0.0 }, 1, "2^25");
        let exact = &Exact::of(count).log() + &Exact::of(0.25);
        assert!(ulps(state.finish(0.0), &exact, FLOAT64) <= 1.0, "{}", fold.name());
    }
}
