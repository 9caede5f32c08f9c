//! Infinities are limits, and nan sticks.

use super::{cases, implementations, number, state};
use crate::state::State;
use crate::tests::random::Random;
use crate::tests::rows::{LENGTHS, special};
use proptest::prelude::*;

const INF: f64 = f64::INFINITY;

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn nan_sticks(a in state(), c in number()) {
        let nan = State::one(f64::NAN);
        for state in [a.merge(nan), nan.merge(a), nan.merge(nan), nan.shift(c), a.shift(f64::NAN)] {
            prop_assert!(state.max.is_nan());
            prop_assert!(state.finish(0.0).is_nan() && state.share(c).is_nan());
            prop_assert!(state.merge(State::one(INF)).finish(c).is_nan());
        }
        prop_assert!(a.finish(f64::NAN).is_nan());
        prop_assert!(a.share(f64::NAN).is_nan());
    }

    #[test]
    fn one_infinity_dwarfs_everything(a in state(), c in number()) {
        let state = a.merge(State::one(INF));
        prop_assert_eq!(state.finish(0.0), INF);
        prop_assert_eq!(state.finish(c), INF);
        prop_assert_eq!(state.finish(INF), 0.0);
        prop_assert_eq!(state.share(INF), 1.0);
        prop_assert_eq!(state.share(c), 0.0);
        prop_assert_eq!(state.share(-INF), 0.0);
        prop_assert_eq!(state, State::one(INF).merge(a));
    }

    #[test]
    fn several_infinities_have_no_share(a in state(), c in number()) {
        let state = State::one(INF).merge(a).merge(State::one(INF));
        prop_assert_eq!(state.finish(c), INF);
        prop_assert!(state.share(INF).is_nan() && state.finish(INF).is_nan());
        prop_assert_eq!(state.share(c), 0.0);
    }

    #[test]
    fn minus_infinity_weighs_nothing(a in state()) {
        prop_assume!(!a.is_empty());
        prop_assert_eq!(a.merge(State::one(-INF)), a);
        prop_assert_eq!(a.share(-INF), 0.0);
        prop_assert_eq!(a.finish(-INF), INF);
        prop_assert_eq!(a.finish(INF), -INF);
    }
}

#[test]
fn nothing_has_no_share() {
    assert_eq!(State::EMPTY.finish(0.0), -INF);
    assert_eq!(State::EMPTY.finish(1e308), -INF);
    assert!(State::EMPTY.share(0.0).is_nan());
    assert!(State::EMPTY.share(-INF).is_nan());
    assert_eq!(State::one(-INF), State::EMPTY);
}

#[test]
fn special_rows_on_every_implementation() {
    let mut random = Random(91);
    for length in LENGTHS {
        for (name, row) in special(&mut random, length) {
            let nan = row.iter().any(|x| x.is_nan());
            let infinite = row.iter().filter(|x| **x == INF).count() as f64;
            for fold in implementations() {
                let state = fold.of(&row);
                let what = format!("{}: {name}, {length}", fold.name());
                if nan {
                    assert!(state.max.is_nan() && state.finish(0.0).is_nan(), "{what}");
                } else if infinite > 0.0 {
                    assert_eq!((state.max, state.top), (INF, infinite), "{what}");
                } else {
                    assert_eq!(state, State::EMPTY, "{what}");
                }
            }
        }
    }
}

#[test]
fn overflow_is_the_infinity_it_rounds_to() {
    let state = State::one(1.7e308).merge(State::one(1.7e308));
    assert_eq!(state.finish(0.0), 1.7e308);
    assert_eq!(state.finish(-1.7e308), INF);
    assert_eq!(State::one(-1.7e308).finish(1.7e308), -INF);
    assert_eq!(State::one(1.7e308).share(-1.7e308), 0.0);
    assert_eq!(State::one(-1.7e308).merge(State::one(1.7e308)), State::one(1.7e308));
}
