//! naive: the oracle of the kernels. One element at a time, in the six words and nothing else.
//!
//! ```text
//! fold(row) = merge(merge(merge(EMPTY, one(x0)), one(x1)), one(x2)) ...
//! ```
//!
//! Price: two exponentials of 110 bits an element. It is compiled for tests only.

use crate::state::State;

/// The state of a row.
pub(crate) fn fold(row: &[f64]) -> State {
    row.iter().fold(State::EMPTY, |state, &x| state.merge(State::one(x)))
}

/// Each element's share of the mass.
pub(crate) fn shares(row: &[f64]) -> Vec<f64> {
    let state = fold(row);
    row.iter().map(|&x| state.share(x)).collect()
}

/// The logarithm of each element's share.
pub(crate) fn log_shares(row: &[f64]) -> Vec<f64> {
    let state = fold(row);
    row.iter().map(|&x| -state.finish(x)).collect()
}
