//! Losses: what the Python side has checked, into the mathematics.

pub mod logistic;
