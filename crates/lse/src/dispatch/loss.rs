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

mod careful;
mod coefficients;
mod pair;
mod plain;
mod product;
mod short;
mod slope;
mod smooth;
mod strips;
mod targets;
mod tiled;

pub use targets::Targets;

use super::{Compute, OutOfMemory, Sink, Source, each_row};
use crate::elementary::exp::Temperature;
use crate::elementary::precise::exp_one;
use crate::intake::{MASK, OPERANDS, OUT, Offsets, Rows, SIGN, Strides, View, ViewMut, WEIGHTS, X};
use crate::kernels::{Flow, SHORT};
use crate::lanes::settle;
use crate::state::multiply;
use pair::{Pair, divide, plus, tidy};
use std::ops::Range;
use std::sync::Mutex;
use targets::Target;

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
    let way = if extreme {
        Way::Careful
    } else if rows.length <= SHORT {
        match classes && question.smoothing == 0.0 && question.z_loss == 0.0 {
            true if question.logits.kind.fits_float32() => Way::TiledSingle,
            true => Way::TiledDouble,
            false => Way::Short,
        }
    } else if !classes || question.smoothing != 0.0 {
        Way::Smooth
    } else if question.logits.kind.fits_float32() && (1e-30..1e30).contains(&question.temperature) {
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

/// How rows are worked on.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    TiledSingle,
    TiledDouble,
    Short,
    PlainSingle,
    PlainDouble,
    Smooth,
    Careful,
}

/// A question, its rows, and where the answers go.
struct Work<'a, 'b> {
    question: &'a CrossEntropy<'b>,
    source: Source<'b>,
    losses: Option<&'a ViewMut<'a>>,
    gradient: Option<&'a ViewMut<'a>>,
    /// Where the gradient goes: one that is larger than the caches goes past them.
    flow: Flow,
    /// What the sum of all losses is divided by.
    divisor: f64,
    /// 1 - e.
    kept: Pair,
    /// e / n.
    given: Pair,
}

impl<'a, 'b> Work<'a, 'b> {
    fn new(
        question: &'a CrossEntropy<'b>,
        losses: Option<&'a ViewMut<'a>>,
        gradient: Option<&'a ViewMut<'a>>,
        vector: Option<&View<'_>>,
    ) -> Result<Self, LossError> {
        let mut operands = [Strides::None; OPERANDS];
        operands[X] = Strides::All(question.logits.strides);
        operands[TARGETS] = match &question.targets {
            Targets::Classes { view, .. } => Strides::Kept(view.strides),
            Targets::Probabilities(view) => Strides::All(view.strides),
        };
        if let Some(losses) = losses {
            operands[LOSSES] = Strides::Kept(losses.strides);
        }
        if let Some(gradient) = gradient {
            assert_eq!(gradient.shape, question.logits.shape, "one result an element");
            operands[OUT] = Strides::All(gradient.strides);
        }
        if let Some(vector) = vector {
            assert_eq!(vector.shape, question.logits.shape, "one number an element");
            operands[VECTOR] = Strides::All(vector.strides);
        }
        let rows = Rows::new(question.logits.shape, 1 << question.axis, operands);
        let (count, weights) = question.targets.check(&rows, question.weight)?;
        let divisor = match question.reduction {
            Reduction::Mean => weights,
            Reduction::MeanOfRows => count,
            Reduction::None | Reduction::Sum => 1.0,
        };
        let source = Source {
            x: question.logits,
            mask: None,
            temperature: Temperature::new(question.temperature),
            table: crate::isa::kernels(),
            rows,
        };
        let kept = tidy(1.0, -question.smoothing);
        let given = divide((question.smoothing, 0.0), (source.rows.length as f64, 0.0));
        let elements = source.rows.count * source.rows.length;
        let flow = flow_of(gradient.map_or(0, |out| elements * out.kind.size()));
        Ok(Work { question, source, losses, gradient, flow, divisor, kept, given })
    }

    /// Rows whose losses are added before others join: a function of the length alone.
    fn grain(&self) -> usize {
        let length = self.source.rows.length;
        // The logarithms of short rows are many, and cheap together.
        let most = if length <= SHORT { 512 } else { 64 };
        (32_768 / length.max(1)).clamp(1, most)
    }

    /// All rows, in blocks whose sums are added in order.
    fn run(&self, way: Way) -> Result<Pair, LossError> {
        let rows = &self.source.rows;
        let grain = self.grain();
        let mut sums: Vec<Pair> = Vec::new();
        let blocks = rows.count.div_ceil(grain);
        sums.try_reserve_exact(blocks).map_err(|_| OutOfMemory)?;
        sums.resize(blocks, (0.0, 0.0));
        let across = match way {
            Way::PlainSingle => self.across::<f32>(&mut sums)?,
            Way::PlainDouble => self.across::<f64>(&mut sums)?,
            _ => false,
        };
        let total = |sums: Vec<Pair>| sums.into_iter().fold((0.0, 0.0), plus);
        if across {
            return Ok(total(sums));
        }
        let places = Mutex::new(&mut sums);
        let wide = match way {
            Way::PlainSingle => self.is_wide::<f32>(),
            Way::PlainDouble => self.is_wide::<f64>(),
            _ => false,
        };
        let work = |range: Range<usize>| {
            let mut bench = Bench { wide, ..Bench::default() };
            for start in range.clone().step_by(grain) {
                let block = start..range.end.min(start + grain);
                let sum = self.block(way, block, &mut bench);
                places.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[start / grain] = sum;
            }
            settle();
        };
        if wide {
            work(0..rows.count)
        } else {
            each_row(rows.count, rows.length, grain, work)
        }
        Ok(total(sums))
    }

    /// Whether a row is so long, and rows so few, that all threads share each row.
    fn is_wide<T: Compute>(&self) -> bool {
        let rows = &self.source.rows;
        rows.length > T::CHUNK && rows.count < 4 * crate::threads::get()
    }

    fn block(&self, way: Way, block: Range<usize>, bench: &mut Bench) -> Pair {
        let each = |row: &mut dyn FnMut(&Offsets, Target, &mut Bench) -> Pair,
                    bench: &mut Bench| {
            let mut sum = (0.0, 0.0);
            for index in block.clone() {
                let base = self.source.rows.offsets(index);
                let loss = match self.question.targets.at(&base) {
                    Target::Ignored => self.ignored(&base),
                    target => row(&base, target, bench),
                };
                self.file(&base, loss);
                sum = plus(sum, loss);
            }
            sum
        };
        match way {
            Way::TiledSingle => self.tiled::<f32>(block.clone()),
            Way::TiledDouble => self.tiled::<f64>(block.clone()),
            Way::Short => self.short(block.clone()),
            Way::PlainSingle => self.plain::<f32>(block.clone(), bench),
            Way::PlainDouble => self.plain::<f64>(block.clone(), bench),
            Way::Smooth => each(&mut |base, target, bench| self.smooth(base, target, bench), bench),
            Way::Careful => each(&mut |base, target, _| self.careful(base, target), bench),
        }
    }

    /// The loss of a row to its place, where there is one.
    #[inline]
    fn file(&self, base: &Offsets, loss: Pair) {
        if let Some(losses) = self.losses {
            super::store(losses, base[LOSSES], loss.0);
        }
    }

    /// A row that takes no part: nothing in the loss, zeros in the gradient, whatever it holds.
    fn ignored(&self, base: &Offsets) -> Pair {
        if self.gradient.is_some() {
            let length = self.source.rows.length;
            for start in (0..length).step_by(1024) {
                self.write(base, start, &[0.0; 1024][..1024.min(length - start)]);
            }
        }
        (0.0, 0.0)
    }

    /// Write a piece of a row of the gradient.
    fn write(&self, base: &Offsets, start: usize, values: &[f64]) {
        let Some(out) = self.gradient else { return };
        let sink = Sink { out, rows: &self.source.rows };
        if sink.in_place::<f32>() {
            let place = sink.pointer::<f32>(base, start);
            for (i, value) in values.iter().enumerate() {
                // SAFETY: the row holds these elements, as float32 in a row.
                unsafe { place.add(i).write(*value as f32) };
            }
        } else {
            sink.scatter(base, start, values);
        }
    }

    /// The weight of a class.
    #[inline]
    fn weight(&self, class: usize) -> f64 {
        self.question.weight.map_or(1.0, |weight| weight[class])
    }

    /// The weight of lse^2 in a row: c v.
    fn z_weight(&self, target: Target) -> f64 {
        match target {
            Target::Class(class) if self.question.z_loss != 0.0 => {
                self.question.z_loss * self.weight(class)
            }
            _ => self.question.z_loss,
        }
    }

    /// w gap / t + c w lse^2 for a row with a class, where the gap is not yet divided by t.
    #[inline]
    fn plain_loss(&self, gap: Pair, lse: f64, weight: f64) -> Pair {
        if weight == 0.0 {
            return (0.0, 0.0);
        }
        let t = self.question.temperature;
        let mut loss = if t == 1.0 { gap } else { divide(gap, (t, 0.0)) };
        if self.question.z_loss != 0.0 {
            let lse = lse / t;
            loss = plus(loss, (self.question.z_loss * lse * lse, 0.0));
        }
        match () {
            () if weight == 1.0 => loss,
            () if loss.0.is_finite() => multiply(loss, (weight, 0.0)),
            () => (loss.0 * weight, 0.0),
        }
    }
}

/// What a thread keeps from row to row.
#[derive(Default)]
struct Bench {
    /// Whether all threads share each row.
    wide: bool,
    double: Vec<f64>,
    coefficients: coefficients::Coefficients,
    shares: Vec<f64>,
    gaps: Vec<f64>,
}

/// 1 - e^-gap: the share of all others, for gap >= 0.
fn others(gap: Pair) -> Pair {
    if gap.0 > 800.0 {
        return (1.0, 0.0);
    }
    if gap.0 < 1e-8 {
        // e^-gap - 1 loses more here than its series
        let square = gap.0 * gap.0;
        return tidy(gap.0, gap.1 - square / 2.0 + square * gap.0 / 6.0);
    }
    let (high, low) = exp_one(-gap.0, -gap.1);
    let (rest, error) = tidy(1.0, -high);
    tidy(rest, error - low)
}
