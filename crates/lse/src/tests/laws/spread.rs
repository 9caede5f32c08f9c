//! Shares sum to one, each is within an ulp, and each is the gradient of finish.

use super::{cases, implementations, row};
use crate::kernels::naive;
use crate::tests::exact::{Exact, log_sum_exp, shares};
use crate::tests::worst::{FLOAT64, ulps};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn shares_sum_to_one(row in row(60)) {
        prop_assume!(row.iter().any(|x| x.is_finite()));
        for fold in implementations() {
            let state = fold.of(&row);
            let shares: Vec<f64> = row.iter().map(|&x| state.share(x)).collect();
            let off = (&Exact::sum(&shares) - &Exact::of(1.0)).near().abs();
            // Half an ulp each, and at most 2^-53 of the whole
            prop_assert!(off <= 1.01 * f64::EPSILON / 2.0, "{}: {:e} off 1", fold.name(), off);
        }
    }

    #[test]
    fn every_share_is_within_an_ulp(row in row(16)) {
        prop_assume!(row.iter().any(|x| x.is_finite()));
        let exact = shares(&row, 1.0);
        for fold in implementations() {
            let state = fold.of(&row);
            for (x, exact) in row.iter().zip(&exact) {
                let share = state.share(*x);
                prop_assert!(ulps(share, exact, FLOAT64) <= 1.0, "{}: {:e}", fold.name(), share);
            }
        }
    }

    #[test]
    fn a_share_is_the_gradient_of_finish(row in prop::collection::vec(-8.0..8.0, 1..12), at in any::<prop::sample::Index>()) {
        let at = at.index(row.len());
        let step = 1e-4;
        let moved = |by: f64| {
            let mut row = row.clone();
            row[at] += by;
            log_sum_exp(&row, 1.0)
        };
        let slope = (&moved(step) - &moved(-step)).near() / (2.0 * step);
        for fold in implementations() {
            let share = fold.of(&row).share(row[at]);
            prop_assert!((share - slope).abs() < 1e-8, "{}: {} and {}", fold.name(), share, slope);
        }
    }

    #[test]
    fn a_share_is_the_power_of_its_logarithm(row in row(20)) {
        let (shares, logs) = (naive::shares(&row), naive::log_shares(&row));
        for ((share, log), x) in shares.iter().zip(&logs).zip(&row) {
            if x.is_finite() {
                // An ulp of the logarithm is this much of the share
                let allowed = (2.0 + log.abs()) * 2.0;
                prop_assert!(ulps(*share, &Exact::of(*log).exp(), FLOAT64) <= allowed);
            }
        }
    }
}

#[test]
fn a_share_is_of_the_mass_of_any_state() {
    // The elements need not be in the row: two thirds of the mass of [0, 0, 0] for log 2
    let state = naive::fold(&[0.0; 3]);
    let share = state.share(core::f64::consts::LN_2);
    assert!(ulps(share, &(&Exact::of(2.0) / &Exact::of(3.0)), FLOAT64) <= 1.0, "{share}");
    for x in [1.0, 300.0, 550.0, 600.0, 700.0, 709.0] {
        // log 3 off the element
        let exact = &Exact::of(x).exp() / &Exact::of(3.0);
        assert!(ulps(state.share(x), &exact, FLOAT64) <= 1.0, "{x}: {:e}", state.share(x));
    }
    assert_eq!(state.share(800.0), f64::INFINITY);
    assert_eq!(state.share(-1e5), 0.0);
    assert_eq!(state.share(0.0), 1.0 / 3.0);
}
