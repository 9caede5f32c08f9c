//! EMPTY is the identity; merge commutes exactly; a row's fold is the merge of its parts at any cut.

use super::{assert_close, cases, implementations, row, state};
use crate::state::State;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn empty_is_the_identity(row in row(40), a in state()) {
        for fold in implementations() {
            let state = fold.of(&row);
            prop_assert_eq!(state.merge(State::EMPTY), state, "{}", fold.name());
            prop_assert_eq!(State::EMPTY.merge(state), state, "{}", fold.name());
        }
        prop_assert_eq!(a.merge(State::EMPTY), a);
        prop_assert_eq!(State::EMPTY.merge(a), a);
    }

    #[test]
    fn merge_commutes_exactly(a in state(), b in state()) {
        prop_assert_eq!(a.merge(b), b.merge(a));
    }

    #[test]
    fn merge_is_associative_up_to_rounding(a in state(), b in state(), c in state()) {
        assert_close(a.merge(b).merge(c), a.merge(b.merge(c)), 27, "(a | b) | c");
    }

    #[test]
    fn a_fold_is_the_merge_of_its_parts(row in row(70), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(row.len() + 1);
        for fold in implementations() {
            let parts = fold.of(&row[..cut]).merge(fold.of(&row[cut..]));
            assert_close(fold.of(&row), parts, row.len(), fold.name());
        }
    }

    #[test]
    fn the_order_of_the_elements_does_not_matter(row in row(40), turn in any::<prop::sample::Index>()) {
        let mut turned = row.clone();
        turned.reverse();
        turned.rotate_left(turn.index(row.len() + 1));
        for fold in implementations() {
            assert_close(fold.of(&row), fold.of(&turned), row.len(), fold.name());
        }
    }
}

#[test]
fn nothing_folds_to_empty() {
    for fold in implementations() {
        for length in [0, 1, 7, 8, 9, 100] {
            assert_eq!(fold.of(&vec![f64::NEG_INFINITY; length]), State::EMPTY, "{}", fold.name());
        }
        assert_eq!(fold.of(&[2.5]), State::one(2.5), "{}", fold.name());
    }
    assert_eq!(State::EMPTY.merge(State::EMPTY), State::EMPTY);
}

#[test]
fn a_long_row_in_many_parts() {
    let mut random = crate::tests::random::Random(71);
    let row: Vec<f64> = (0..3_000).map(|_| 5.0 * random.normal()).collect();
    for fold in implementations() {
        let parts = row.chunks(37).map(|part| fold.of(part));
        let merged = parts.fold(State::EMPTY, State::merge);
        assert_close(fold.of(&row), merged, row.len(), fold.name());
    }
}
