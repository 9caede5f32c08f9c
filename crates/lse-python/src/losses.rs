//! Losses: what the Python side has checked, into the mathematics.

pub mod cross_entropy;
pub mod logistic;
