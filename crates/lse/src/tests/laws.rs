//! The laws of the State, on everything that folds a row: the naive kernel and every table of this machine.
//!
//! An implementation joins with one line in [`implementations`].

mod finish;
mod limits;
mod merge;
mod shift;
mod spread;

use super::exact::Exact;
use super::worst::power;
use crate::kernels::naive;
use crate::kernels::table::Table;
use crate::state::State;
use proptest::prelude::*;
use proptest::test_runner::Config;

/// A way to fold a row into a state.
#[derive(Clone, Copy)]
pub(super) enum Fold {
    Naive,
    Kernels(&'static Table),
}

impl Fold {
    pub fn name(self) -> &'static str {
        match self {
            Fold::Naive => "naive",
            Fold::Kernels(table) => table.name,
        }
    }

    pub fn of(self, row: &[f64]) -> State {
        match self {
            Fold::Naive => naive::fold(row),
            Fold::Kernels(table) => crate::dispatch::tests::fold(table, row),
        }
    }
}

/// Every way to fold a row on this machine.
pub(super) fn implementations() -> Vec<Fold> {
    let tables = crate::isa::tests::tables().into_iter().map(Fold::Kernels);
    std::iter::once(Fold::Naive).chain(tables).collect()
}

/// As many cases as the time of a test run allows.
pub(crate) fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// A finite number, of one size or another.
pub(super) fn number() -> BoxedStrategy<f64> {
    prop_oneof![
        4 => -20.0..20.0,
        2 => -800.0..800.0,
        1 => -1e5..1e5,
        1 => (-4i32..4).prop_map(f64::from),
        1 => proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO,
    ]
    .boxed()
}

/// A row of finite numbers, all of one size so that several of them matter; -inf here and there.
pub(super) fn row(longest: usize) -> BoxedStrategy<Vec<f64>> {
    let sizes = 0..=longest;
    let of = |element: BoxedStrategy<f64>| prop::collection::vec(element, sizes.clone()).boxed();
    prop_oneof![
        3 => of((-8.0..8.0).boxed()),
        2 => of((-500.0..500.0).boxed()),
        1 => of((1e4..1.001e4).boxed()),
        1 => of((-3i32..3).prop_map(f64::from).boxed()),
        1 => of(prop_oneof![9 => -40.0..-30.0, 1 => Just(0.0)].boxed()),
        1 => of((-1e-300..1e-300).boxed()),
        1 => of(prop_oneof![3 => -2.0..2.0, 1 => Just(f64::NEG_INFINITY)].boxed()),
        1 => of(number()),
    ]
    .boxed()
}

/// A state that rows can have.
pub(super) fn state() -> BoxedStrategy<State> {
    (row(9), number()).prop_map(|(row, c)| naive::fold(&row).shift(c.clamp(-1e300, 1e300))).boxed()
}

/// What two states of the same `count` elements may differ by: the roundings of their sums.
pub(crate) fn assert_close(one: State, other: State, count: usize, what: &str) {
    assert_eq!(one.max, other.max, "{what}: max");
    assert_eq!(one.top, other.top, "{what}: top");
    let rest = |state: State| Exact::sum(&[state.rest, state.rest_low]);
    let gap = (&rest(one) - &rest(other)).near().abs();
    let count = (count + 8) as f64;
    // A product of what is subnormal loses the last bits of the least float.
    let allowed = count * (power(-98) * one.rest + 4.0 * power(-1074));
    assert!(gap <= allowed, "{what}: rest {one:?} and {other:?} differ by {gap:e}");
}

#[test]
fn the_naive_kernel_and_every_table_are_tried() {
    let names: Vec<&str> = implementations().into_iter().map(Fold::name).collect();
    assert_eq!(names[0], "naive");
    assert_eq!(names[1..], crate::isa::supported());
}

#[test]
fn a_state_that_lost_an_element_is_caught() {
    let row = [0.3, -1.0, -7.0, 0.3];
    for fold in implementations() {
        let caught = std::panic::catch_unwind(|| {
            assert_close(fold.of(&row), fold.of(&row[..2]).merge(fold.of(&row[3..])), 4, "lost");
        });
        assert!(caught.is_err(), "{}", fold.name());
        let state = fold.of(&row);
        let wrong = State { rest: state.rest * (1.0 + 1e-15), ..state };
        assert!(std::panic::catch_unwind(|| assert_close(state, wrong, 4, "wrong")).is_err());
    }
}
