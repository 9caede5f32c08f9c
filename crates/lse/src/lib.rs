//! Log-sum-exp as a mergeable state.
//!
//! ```text
//! array in -> intake -> dispatch -> kernels -> STATE -> functions -> result
//! ```
//!
//! The spine is [`State`] in `state.rs`. This crate knows no Python.

mod dispatch;
mod elementary;
pub mod functions;
pub mod intake;
pub mod isa;
mod kernels;
mod lanes;
mod state;
#[cfg(test)]
mod tests;
pub mod threads;

pub use state::State;
