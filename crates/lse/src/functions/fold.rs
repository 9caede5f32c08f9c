//! fold and spread with states that outlive a call: for streams, files and everything that is merged.

use crate::State;
use crate::dispatch::{Job, OutOfMemory, fold_states, spread_states};
use crate::intake::ViewMut;

/// One state a row, in C order of the kept axes.
pub fn fold(job: &Job<'_>) -> Result<Vec<State>, OutOfMemory> {
    fold_states(job)
}

/// The share of every element of `x` in the state of its row.
pub fn spread(states: &[State], job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    spread_states(states, job, out)
}
