//! The losses: the checks of their arguments, and one call into the mathematics each.
//!
//! A call whose arrays are exact is answered here; otherwise Python makes arrays of them and calls again.

mod arrays;
mod call;
pub mod cross_entropy;
pub mod logistic;
mod numbers;
mod options;
mod rows;
mod targets;
