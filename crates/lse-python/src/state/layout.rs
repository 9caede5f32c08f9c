//! Which axes of which array the states were folded over, so that `spread` knows its rows.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::{Array, Sizes};
use crate::axis::{Axes, all, contains};
use crate::message::shape;

/// Where the rows of the states came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// From nowhere yet: empty states.
    Unknown,
    /// From an array with so many dimensions, folded over these axes.
    Folded { dimensions: usize, axes: Axes },
    /// From several arrays, folded over different axes.
    Mixed,
}

impl Layout {
    /// The layout of merged states.
    pub fn merged(self, other: Self) -> Self {
        match (self, other) {
            (Layout::Unknown, known) | (known, Layout::Unknown) => known,
            (left, right) if left == right => left,
            _ => Layout::Mixed,
        }
    }

    /// The layout after broadcasting states of one shape to another.
    pub fn broadcast(self, from: &[usize], to: &[usize]) -> Self {
        if from == to || self == Layout::Unknown { self } else { Layout::Mixed }
    }

    /// The axes of `x` that belong to one state each, for states of shape `sizes`.
    pub fn axes_of(self, x: &Array<'_, '_>, sizes: &[usize]) -> PyResult<Axes> {
        let dimensions = x.sizes.len();
        // A single state: everything is its row, whatever the shape.
        if sizes.is_empty() {
            return Ok(all(dimensions));
        }
        let refuse = |text: String| Err(PyValueError::new_err(text));
        let states = shape(sizes);
        match self {
            Layout::Folded { dimensions: wanted, axes } => {
                if wanted == dimensions && kept(&x.sizes, axes)[..] == *sizes {
                    return Ok(axes);
                }
                let folded: Vec<usize> = (0..wanted).filter(|&axis| contains(axes, axis)).collect();
                refuse(format!(
                    "`x` has shape {}, but these states have shape {states}, folded over axis {} \
                     of an array with {wanted} dimensions",
                    shape(&x.sizes),
                    shape(&folded)
                ))
            }
            Layout::Mixed => refuse(format!(
                "these states of shape {states} were folded over different axes, so that the rows \
                 of `x` are not known: merge states that were folded over the same axes"
            )),
            Layout::Unknown => refuse(format!(
                "these states of shape {states} were not folded from an array, so that the rows \
                 of `x` are not known: fold one first"
            )),
        }
    }
}

/// The sizes of the axes that are not folded.
pub fn kept(sizes: &[usize], axes: Axes) -> Sizes {
    let kept = sizes.iter().enumerate().filter(|&(axis, _)| !contains(axes, axis));
    kept.map(|(_, &size)| size).collect()
}
