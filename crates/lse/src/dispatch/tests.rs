//! Tests of dispatch, and rows folded with the kernels of a chosen table.

mod cells;
mod gather;
mod pairs;
mod scatter;
mod sources;

pub(crate) use sources::fold;
