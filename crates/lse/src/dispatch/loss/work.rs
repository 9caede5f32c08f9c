//! work: the rows of a question in blocks, each in its way, and the sum of their losses in order.

use super::coefficients::Coefficients;
use super::pair::{Pair, divide, plus, tidy};
use super::targets::Target;
use super::{CrossEntropy, LOSSES, LossError, Reduction, TARGETS, Targets, VECTOR, flow_of};
use crate::dispatch::{Compute, OutOfMemory, Source, each_row};
use crate::elementary::exp::{Reference, Temperature};
use crate::intake::{OPERANDS, OUT, Offsets, Rows, Strides, View, ViewMut, X};
use crate::kernels::{Batch, Flow, SHORT};
use crate::lanes::settle;
use crate::state::multiply;
use std::ops::Range;
use std::sync::Mutex;

/// How rows are worked on.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    TiledSingle,
    TiledDouble,
    Short,
    PlainSingle,
    PlainDouble,
    BlendedSingle,
    BlendedDouble,
    SmoothSingle,
    SmoothDouble,
    Careful,
}

/// A question, its rows, and where the answers go.
pub(super) struct Work<'a, 'b> {
    pub(super) question: &'a CrossEntropy<'b>,
    pub(super) source: Source<'b>,
    pub(super) losses: Option<&'a ViewMut<'a>>,
    pub(super) gradient: Option<&'a ViewMut<'a>>,
    /// Where the gradient goes: one that is larger than the caches goes past them.
    pub(super) flow: Flow,
    /// What the sum of all losses is divided by.
    pub(super) divisor: f64,
    /// 1 / (divisor t).
    pub(super) scale: Pair,
    /// 1 - e.
    pub(super) kept: Pair,
    /// e / n.
    pub(super) given: Pair,
}

impl<'a, 'b> Work<'a, 'b> {
    pub(super) fn new(
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
            narrow: [losses, gradient].iter().flatten().all(|out| out.kind.is_narrow())
                && question.logits.kind.is_narrow(),
            rows,
        };
        let t = source.temperature.value;
        let scale = divide((1.0, 0.0), multiply((divisor, 0.0), (t, 0.0)));
        let kept = tidy(1.0, -question.smoothing);
        let given = divide((question.smoothing, 0.0), (source.rows.length as f64, 0.0));
        let elements = source.rows.count * source.rows.length;
        let flow = flow_of(gradient.map_or(0, |out| elements * out.kind.size()));
        Ok(Work { question, source, losses, gradient, flow, divisor, scale, kept, given })
    }

    /// Rows whose losses are added before others join: a function of the length alone.
    pub(super) fn grain(&self) -> usize {
        let length = self.source.rows.length;
        // The logarithms of short rows are many, and cheap together.
        let most = if length <= SHORT { 512 } else { 64 };
        (32_768 / length.max(1)).clamp(1, most)
    }

    /// All rows, in blocks whose sums are added in order.
    pub(super) fn run(&self, way: Way) -> Result<Pair, LossError> {
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
    pub(super) fn is_wide<T: Compute>(&self) -> bool {
        let rows = &self.source.rows;
        rows.length > T::CHUNK && rows.count < 4 * crate::threads::get()
    }

    pub(super) fn block(&self, way: Way, block: Range<usize>, bench: &mut Bench) -> Pair {
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
            Way::BlendedSingle => {
                each(&mut |base, target, bench| self.blended::<f32>(base, target, bench), bench)
            }
            Way::BlendedDouble => {
                each(&mut |base, target, bench| self.blended::<f64>(base, target, bench), bench)
            }
            Way::SmoothSingle => {
                each(&mut |base, target, bench| self.smooth::<f32>(base, target, bench), bench)
            }
            Way::SmoothDouble => {
                each(&mut |base, target, bench| self.smooth::<f64>(base, target, bench), bench)
            }
            Way::Careful => each(&mut |base, target, _| self.careful(base, target), bench),
        }
    }
}

/// What a thread keeps from row to row.
#[derive(Default)]
pub(super) struct Bench {
    /// Whether all threads share each row.
    pub(super) wide: bool,
    /// What the last row was measured in.
    pub(super) guess: Reference,
    pub(super) single: Vec<f32>,
    pub(super) double: Vec<f64>,
    pub(super) coefficients: Coefficients,
    pub(super) shares: Vec<f64>,
    pub(super) gaps: Vec<f64>,
    pub(super) batch: Option<Box<Batch>>,
}
