//! shift adds to every element, and moves finish.

use super::{cases, implementations, number, state};
use crate::state::State;
use crate::tests::exact::{Exact, log_of_parts};
use crate::tests::worst::{FLOAT64, ulps};
use proptest::prelude::*;

/// A multiple of 2^-20 below 2^20: sums and differences of such numbers are exact.
fn coarse() -> impl Strategy<Value = f64> {
    (-(1i64 << 40)..(1i64 << 40)).prop_map(|n| n as f64 / f64::from(1 << 20))
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_state_of_shifted_elements(base in coarse(), c in coarse(), gaps in prop::collection::vec(0..1u32 << 25, 1..40)) {
        // Elements within 32 of each other, so that all of them matter
        let row: Vec<f64> = gaps.iter().map(|&gap| base + f64::from(gap) / f64::from(1 << 20)).collect();
        let shifted: Vec<f64> = row.iter().map(|x| x + c).collect();
        for fold in implementations() {
            prop_assert_eq!(fold.of(&row).shift(c), fold.of(&shifted), "{}", fold.name());
            prop_assert_eq!(fold.of(&row).shift(c).shift(-c), fold.of(&row), "{}", fold.name());
        }
    }

    #[test]
    fn what_is_taken_off_moves_along(base in coarse(), c in coarse(), r in coarse(), gap in -30.0..0.0) {
        let state = State::one(base).merge(State::one(base + gap));
        prop_assert_eq!(state.finish(r), state.shift(c).finish(r + c));
    }

    #[test]
    fn shift_moves_finish(a in state(), c in number()) {
        let shifted = a.shift(c);
        prop_assume!(shifted.max.is_finite());
        // The maximum is rounded once; everything else stays.
        let log = log_of_parts(a.top, &Exact::sum(&[a.rest, a.rest_low]));
        let exact = &(&Exact::of(a.max) + &Exact::of(c)) + &log;
        let rounded = &(&Exact::of(a.max) + &Exact::of(c)) - &Exact::of(shifted.max);
        let moved = &exact - &rounded;
        prop_assert!(ulps(shifted.finish(0.0), &moved, FLOAT64) <= 1.0, "{:?} + {}", a, c);
    }
}

#[test]
fn nothing_shifted_is_nothing() {
    for c in [0.0, -5.0, 1e308, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(State::EMPTY.shift(c), State::EMPTY);
    }
    assert_eq!(State::one(3.0).shift(f64::NEG_INFINITY), State::EMPTY);
    assert!(State::EMPTY.shift(f64::NAN).max.is_nan());
    assert!(State::one(f64::INFINITY).shift(f64::NEG_INFINITY).max.is_nan());
}
