//! Dispatch: which kernel for which type and layout, and the cut of the work.
//!
//! A row is cut into chunks by its length alone; chunks are folded, on whatever thread, and merged in order.
//! Rows are cut among threads. Neither cut can change a bit of the answer.

mod bands;
mod beside;
mod cells;
mod columns;
mod compute;
mod extreme;
mod fed;
mod gather;
mod job;
mod kept;
mod logistic;
pub(crate) mod loss;
mod mend;
mod pairs;
mod parallel;
mod reduce;
mod rows;
mod scatter;
mod settle;
mod signed;
mod small;
mod special;
mod spread;
mod states;
mod sums;
#[cfg(test)]
pub(crate) mod tests;
mod tiles;
mod weigh;

pub use job::Job;
pub use logistic::Pairs;
pub(crate) use logistic::{logistic, logistic_hvp};
pub use loss::{CrossEntropy, LossError, Reduction, Targets};
pub(crate) use reduce::{Minus, reduce};
pub use small::SmallRow;
pub(crate) use spread::{Scale, spread};
pub(crate) use states::{fold_states, spread_states};
pub(crate) use weigh::weigh;

use columns::Strips;
use compute::Compute;
use parallel::{each_row, map_chunks};
use rows::Source;
use scatter::Sink;
pub(crate) use scatter::store;
use signed::{SignedSum, signed_sum};
use special::Special;
use tiles::with_bench;

/// Memory for scratch or results could not be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfMemory;

impl core::fmt::Display for OutOfMemory {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("not enough memory")
    }
}

impl std::error::Error for OutOfMemory {}
