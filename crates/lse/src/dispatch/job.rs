//! A job: an array, the axes that make up a row, and two ways to bend it.

use super::Source;
use crate::elementary::exp::Temperature;
use crate::intake::{MASK, OPERANDS, OUT, Rows, Strides, View, ViewMut, X};

/// What a function works on: an array, the axes that make up a row, and two ways to bend it.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The numbers.
    pub x: View<'a>,
    /// Bit i is set where axis i is summed over.
    pub axes: u64,
    /// `where=`: booleans, broadcast (by zero strides) to the shape of `x`.
    pub mask: Option<View<'a>>,
    /// t in t log(sum(exp(x / t))); finite and > 0.
    pub temperature: f64,
}

/// Which results an output receives: one a row, or one an element.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Results {
    Rows,
    Elements,
}

impl<'a> Job<'a> {
    pub(super) fn operands(&self, out: Option<(&ViewMut<'a>, Results)>) -> [Strides<'a>; OPERANDS] {
        let mut operands = [Strides::None; OPERANDS];
        operands[X] = Strides::All(self.x.strides);
        if let Some(mask) = &self.mask {
            operands[MASK] = Strides::All(mask.strides);
        }
        match out {
            Some((out, Results::Rows)) => {
                let kept = (0..self.x.shape.len()).filter(|axis| self.axes >> axis & 1 == 0);
                let shape = kept.map(|axis| self.x.shape[axis]);
                assert!(shape.eq(out.shape.iter().copied()), "one result a row");
                operands[OUT] = Strides::Kept(out.strides);
            }
            Some((out, Results::Elements)) => {
                assert_eq!(out.shape, self.x.shape, "one result an element");
                operands[OUT] = Strides::All(out.strides);
            }
            None => {}
        }
        operands
    }

    pub(super) fn source(&self, rows: Rows) -> Source<'a> {
        Source {
            x: self.x,
            mask: self.mask,
            rows,
            temperature: Temperature::new(self.temperature),
            table: crate::isa::kernels(),
            narrow: false,
        }
    }

    /// Whether float32 kernels may serve: both ends fit, and 1/t is an ordinary float32.
    pub(super) fn in_float32(&self, out: &ViewMut<'_>) -> bool {
        self.x.kind.fits_float32()
            && out.kind.fits_float32()
            && (1e-30..1e30).contains(&self.temperature)
    }
}
