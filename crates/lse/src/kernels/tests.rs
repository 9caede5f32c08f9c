//! Every kernel: the same bits on every table of this machine, and the answers of the naive one.

mod alone;
mod answers;
mod beside;
mod blend;
mod columns;
mod drive;
mod entropy;
mod errors;
mod logistic;
mod looks;
mod rows;
mod short;
mod weighted_columns;
