//! Dispatch: which kernel for which type and layout, and the cut of the work.
//!
//! A row is cut into chunks by its length alone; chunks are folded, on whatever thread, and merged in order.
//! Rows are cut among threads. Neither cut can change a bit of the answer.

mod columns;
mod compute;
mod gather;
mod parallel;
mod rows;
mod scatter;
mod signed;
mod special;
mod tiles;

pub(crate) use columns::Strips;
pub(crate) use compute::Compute;
pub(crate) use parallel::{each_row, map_chunks};
pub(crate) use rows::Source;
pub(crate) use scatter::{Sink, store};
pub(crate) use signed::{SignedSum, signed_sum};
pub(crate) use special::Special;
pub(crate) use tiles::{Tiles, with_tiles};

/// Memory for scratch or results could not be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfMemory;

impl core::fmt::Display for OutOfMemory {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("not enough memory")
    }
}

impl std::error::Error for OutOfMemory {}
