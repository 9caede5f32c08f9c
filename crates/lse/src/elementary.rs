//! Elementary functions, each with its error bound and the input that attains it.
//!
//! They are written over [`crate::lanes::Lanes`], so that the same code serves a vector of eight
//! rows and, with one lane, a single state.

pub(crate) mod close;
pub(crate) mod double;
pub(crate) mod exact;
pub(crate) mod exp;
mod fixed;
pub(crate) mod log;
pub(crate) mod near;
pub(crate) mod precise;
pub(crate) mod ratio;
mod register;
pub(crate) mod sum;
mod table;
#[cfg(test)]
mod tests;
