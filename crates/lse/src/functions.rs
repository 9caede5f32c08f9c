//! Functions: each is one sentence in the six words.

mod fold;
mod logsumexp;
mod settle;
mod softmax;
mod weighted;

pub use crate::dispatch::OutOfMemory;
pub use fold::{fold, spread};
pub use logsumexp::{logmeanexp, logsumexp};
pub use softmax::{log_softmax, softmax};
pub use weighted::logsumexp_weighted;

use crate::dispatch::Source;
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
enum Results {
    Rows,
    Elements,
}

impl<'a> Job<'a> {
    fn operands(&self, out: Option<(&ViewMut<'a>, Results)>) -> [Strides<'a>; OPERANDS] {
        let mut operands = [Strides::None; OPERANDS];
        operands[X] = Strides::All(self.x.strides);
        if let Some(mask) = &self.mask {
            operands[MASK] = Strides::All(mask.strides);
        }
        match out {
            Some((out, Results::Rows)) => operands[OUT] = Strides::Kept(out.strides),
            Some((out, Results::Elements)) => operands[OUT] = Strides::All(out.strides),
            None => {}
        }
        operands
    }

    fn source(&self, rows: Rows) -> Source<'a> {
        Source {
            x: self.x,
            mask: self.mask,
            rows,
            temperature: Temperature::new(self.temperature),
            table: crate::isa::kernels(),
        }
    }

    /// Whether float32 kernels may serve: both ends fit, and 1/t is an ordinary float32.
    fn in_float32(&self, out: &ViewMut<'_>) -> bool {
        self.x.kind.fits_float32()
            && out.kind.fits_float32()
            && (1e-30..1e30).contains(&self.temperature)
    }
}
