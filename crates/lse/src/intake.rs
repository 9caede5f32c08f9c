//! Intake: a borrowed, strided array of any element kind, and its cut into rows.
//!
//! Nothing here computes. A [`View`] says where the numbers lie; [`Rows`] says which
//! axes are summed over (a *row* is everything that goes into one result) and which are
//! kept. The elements of a row are numbered in logical (C) order whatever the memory
//! layout, so that the layout cannot change a bit of the answer.

mod places;
mod rows;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use places::Places;
pub(crate) use rows::{Axis, MASK, OPERANDS, OUT, Offsets, Rows, SIGN, Strides, WEIGHTS, X};
pub use view::{Kind, View, ViewMut};
