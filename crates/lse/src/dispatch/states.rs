//! states: fold and spread with states, for streams, files and everything that is kept longer than a call.
//!
//! A state is folded to 110 bits whatever the elements, since nobody knows what it will be merged with
//! or measured against.

use super::job::Results;
use super::kept::Left;
use super::spread::{Buffers, Spread, Way};
use super::{Compute, Job, OutOfMemory, Sink, Special, each_row};
use crate::State;
use crate::elementary::exp::Temperature;
use crate::intake::{Rows, ViewMut};
use crate::kernels::{Flow, Inverse};
use crate::state::Mass;
use std::sync::Mutex;

/// One state a row, in C order of the kept axes.
pub(crate) fn fold_states(job: &Job<'_>) -> Result<Vec<State>, OutOfMemory> {
    let source = job.source(Rows::new(job.x.shape, job.axes, job.operands(None)));
    let rows = &source.rows;
    let mut states = Vec::new();
    states.try_reserve_exact(rows.count).map_err(|_| OutOfMemory)?;
    states.resize(rows.count, State::EMPTY);
    let places = Mutex::new(&mut states);
    each_row(rows.count, rows.length, 1, |range| {
        let mut scratch = Vec::new();
        let mut part = Vec::with_capacity(range.len());
        for row in range.clone() {
            part.push(source.state(&rows.offsets(row), &mut scratch));
        }
        let mut places = places.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        places[range].copy_from_slice(&part);
    });
    Ok(states)
}

/// The share of every element of `x` in the state of its row.
pub(crate) fn spread_states(
    states: &[State],
    job: &Job<'_>,
    out: &ViewMut<'_>,
) -> Result<(), OutOfMemory> {
    let operands = job.operands(Some((out, Results::Elements)));
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let rows = &source.rows;
    assert_eq!(states.len(), rows.count, "one state a row");
    let spread = Spread { source: &source, sink: Sink { out, rows }, log: false, flow: Flow::Kept };
    if job.in_float32(out) {
        run::<f32>(&spread, states);
    } else {
        run::<f64>(&spread, states);
    }
    Ok(())
}

fn run<T: Compute>(spread: &Spread<'_, '_>, states: &[State]) {
    let rows = &spread.source.rows;
    each_row(rows.count, rows.length, 1, |range| {
        let mut buffers = Buffers::default();
        for row in range {
            let base = rows.offsets(row);
            let state = states[row];
            let way = if state.max.is_finite() {
                Way::Shares(Inverse::of(&Mass::of::<T>(state), Temperature::ONE))
            } else {
                let infinite = if state.max == f64::INFINITY { state.top } else { 0.0 };
                Way::Rare(Special {
                    max: state.max,
                    min: state.max,
                    nan: state.max.is_nan(),
                    infinite,
                })
            };
            for start in (0..rows.length).step_by(T::CHUNK) {
                let end = rows.length.min(start + T::CHUNK);
                spread.chunk::<T>(&base, start..end, &way, &mut buffers, Left::NOTHING);
            }
        }
    });
}
