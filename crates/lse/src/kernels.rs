//! Kernels: rows of contiguous numbers in, masses, states and shares out.
//!
//! Each is written once, over the lanes of `crate::lanes`; `table` instantiates them for every
//! instruction set and `crate::isa` chooses one table, once.

mod alone;
mod apart;
mod bend;
mod beside;
mod blend;
mod brief;
mod careful;
mod cells;
mod columns;
mod convert;
mod each;
mod entropy;
mod errors;
mod finish;
mod fold;
mod grid;
mod level;
pub(crate) mod logistic;
mod mask;
#[cfg(test)]
pub(crate) mod naive;
mod precise;
mod quick;
mod round;
mod shares;
mod short;
mod split;
mod spread;
pub(crate) mod table;
mod target;
#[cfg(test)]
mod tests;
mod tile;
mod totals;
mod turn;
mod weighted;

pub(crate) use bend::{Bend, Given};
pub(crate) use beside::{Beside, Peak};
pub(crate) use blend::{Dots, Numbers};
pub(crate) use columns::{Columns, STRIP, Strip, WeightedColumns};
pub(crate) use convert::Line;
pub(crate) use each::Flow;
pub(crate) use entropy::Entropy;
pub(crate) use finish::{BATCH, Batch};
pub(crate) use fold::{Care, LIFT};
pub(crate) use level::Top;
pub(crate) use precise::Running;
pub(crate) use quick::Quick;
pub(crate) use round::to_odd;
pub(crate) use spread::{Inverse, Level};
pub(crate) use target::Peaks;
pub(crate) use tile::{Abreast, SHORT, Tile};
pub(crate) use totals::CHAIN;
pub(crate) use turn::Bundle;
pub(crate) use weighted::Signed;
