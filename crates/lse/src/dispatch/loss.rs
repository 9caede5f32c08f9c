//! loss: the cross-entropy of rows, its gradient and its curvature, from the state of each row.
//!
//! With z = x / t, p = softmax(z), weights w, and a_k = w_k ((1 - e) q_k + e / n), where q is the target
//! (1 at its class, or probabilities) and e the label smoothing:
//!
//! ```text
//! loss     = sum_k a_k gap_k + v c lse(z)^2        gap_k = finish(fold(z), minus = z_k)
//! gradient = (p_k (A - a_k) - a_k (1 - p_k) + 2 v c lse(z) p_k) / t          A = sum a
//! ```
//!
//! c is the z-loss, v the weight of the target's class (1 for probabilities). Every term of the loss is >= 0,
//! and 1 - p_k is the share of the others: nothing cancels in a row that is sure of its target.

mod answers;
mod bent;
mod blend;
mod careful;
mod coefficients;
mod gaps;
mod numbers;
mod pair;
mod peak;
mod plain;
mod product;
mod short;
mod slope;
mod smooth;
mod strips;
mod targets;
mod tiled;
mod waiting;
mod work;

pub use targets::Targets;

use super::OutOfMemory;
use crate::intake::{Kind, MASK, SIGN, View, ViewMut, WEIGHTS};
use crate::kernels::{Flow, SHORT};
use pair::{divide, others};
use work::{Bench, Way, Work};

/// The places of the targets, of the losses and of the vector among the arrays that are walked together.
const TARGETS: usize = WEIGHTS;
const LOSSES: usize = SIGN;
const VECTOR: usize = MASK;

/// How the losses of rows become one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reduction {
    /// They do not.
    None,
    /// Their sum.
    Sum,
    /// Their sum over the sum of the weights of the targets' classes; over the number of rows for probabilities.
    Mean,
    /// Their sum over the number of rows that take part.
    MeanOfRows,
}

impl Reduction {
    /// Whether the sum is divided.
    pub(crate) fn is_mean(self) -> bool {
        matches!(self, Reduction::Mean | Reduction::MeanOfRows)
    }
}

/// From this many bytes on a gradient goes past the caches: below, the last of them still holds much of it.
const LARGE: usize = 1 << 27;

/// Where a gradient of this many bytes goes.
pub(super) fn flow_of(bytes: usize) -> Flow {
    if bytes >= LARGE { Flow::Streamed } else { Flow::Kept }
}

/// The cross-entropy of logits with targets.
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy<'a> {
    /// The numbers.
    pub logits: View<'a>,
    /// The axis of the classes.
    pub axis: usize,
    /// What they are compared with.
    pub targets: Targets<'a>,
    /// One weight a class, finite and >= 0.
    pub weight: Option<&'a [f64]>,
    /// What is taken from the target and given to all classes alike, in 0..=1.
    pub smoothing: f64,
    /// The weight of lse(x / t)^2, >= 0.
    pub z_loss: f64,
    /// t; finite and > 0.
    pub temperature: f64,
    /// How rows become one number.
    pub reduction: Reduction,
}

/// Why there is no loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LossError {
    /// Memory could not be had.
    OutOfMemory,
    /// The class of a row, counted in C order, is none.
    Target {
        /// The first such row.
        row: usize,
        /// Its class.
        class: i128,
    },
}

impl From<OutOfMemory> for LossError {
    fn from(_: OutOfMemory) -> LossError {
        LossError::OutOfMemory
    }
}

/// The losses of all rows, one a row or as one number, and their gradient.
pub(crate) fn cross_entropy(
    question: &CrossEntropy<'_>,
    losses: Option<&ViewMut<'_>>,
    gradient: Option<&ViewMut<'_>>,
) -> Result<f64, LossError> {
    let work = Work::new(question, losses, gradient, None)?;
    let rows = &work.source.rows;
    let extreme = !(1e-270..1e270).contains(&question.temperature);
    let classes = matches!(question.targets, Targets::Classes { .. });
    let single = question.logits.kind.fits_float32();
    let gentle = (1e-30..1e30).contains(&question.temperature);
    let way = if extreme {
        Way::Careful
    } else if rows.length <= SHORT {
        match classes && question.smoothing == 0.0 && question.z_loss == 0.0 {
            true if single => Way::TiledSingle,
            true => Way::TiledDouble,
            false => Way::Short,
        }
    } else if !classes || question.smoothing != 0.0 {
        match gradient {
            Some(out) if single && out.kind == Kind::Float32 => Way::SmoothSingle,
            Some(_) => Way::SmoothDouble,
            None if single && gentle => Way::BlendedSingle,
            None => Way::BlendedDouble,
        }
    } else if single && gentle {
        Way::PlainSingle
    } else {
        Way::PlainDouble
    };
    let total = work.run(way)?;
    Ok(match question.reduction {
        Reduction::None => f64::NAN,
        Reduction::Sum => total.0,
        Reduction::Mean | Reduction::MeanOfRows => divide(total, (work.divisor, 0.0)).0,
    })
}

/// The second derivative of the reduced loss, times a vector of the shape of the logits.
pub(crate) fn cross_entropy_product(
    question: &CrossEntropy<'_>,
    vector: &View<'_>,
    out: &ViewMut<'_>,
) -> Result<(), LossError> {
    let work = Work::new(question, None, Some(out), Some(vector))?;
    work.products(vector)
}
