//! logistic: arrays of logits and targets through the kernels, block by block.
//!
//! The elements are numbered in C order, cut into chunks by their number alone, and the sums of the
//! chunks are added in order: neither threads nor layout can change a bit.

mod operand;
mod slopes;

use super::loss::flow_of;
use super::{OutOfMemory, map_chunks};
use crate::elementary::exp::Temperature;
use crate::intake::{Kind, View, ViewMut};
use crate::kernels::logistic::{BLOCK, Block, Wanted, join};
use crate::kernels::table::Table;
use operand::{Operand, Target};
use slopes::{Out, Slopes};
use std::ops::Range;

/// Elements in a chunk: with their targets, 128 KiB of float32.
const CHUNK: usize = 32 * BLOCK;

/// Logits and their targets, all of one shape (by zero strides).
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    /// The logits.
    pub logits: View<'a>,
    /// The probabilities of the first outcome.
    pub targets: View<'a>,
    /// What each element counts.
    pub weight: Option<View<'a>>,
    /// What the first outcome counts.
    pub pos_weight: Option<View<'a>>,
    /// Whether a result is wider than float32.
    pub fine: bool,
}

/// The operands, ready to be read.
struct Reader<'a> {
    x: Operand<'a>,
    z: Operand<'a>,
    weight: Option<Operand<'a>>,
    pos_weight: Option<Operand<'a>>,
    table: &'static Table,
}

impl<'a> Reader<'a> {
    fn new(pairs: &Pairs<'a>) -> Self {
        Reader {
            x: Operand::new(pairs.logits),
            z: Operand::new(pairs.targets),
            weight: pairs.weight.map(Operand::new),
            pos_weight: pairs.pos_weight.map(Operand::new),
            table: crate::isa::kernels(),
        }
    }

    /// Read elements from `start` on.
    fn read(&self, block: &mut Block, start: usize, count: usize) {
        self.x.read(start, &mut block.x[..count]);
        self.z.read(start, &mut block.z[..count]);
        if let Some(weight) = &self.weight {
            weight.read(start, &mut block.weight[..count]);
        }
        if let Some(weight) = &self.pos_weight {
            weight.read(start, &mut block.pos_weight[..count]);
        }
        block.weighted = self.weight.is_some() || self.pos_weight.is_some();
    }
}

/// 1 / n in two parts, or 1.
fn factor(pairs: &Pairs<'_>, mean: bool) -> (f64, f64) {
    let inverse = Temperature::new(pairs.logits.count().max(1) as f64);
    if mean { (inverse.inverse_high, inverse.inverse_low) } else { (1.0, 0.0) }
}

/// The sum or the mean of the losses; the losses and the gradient where wanted.
pub(crate) fn logistic(
    pairs: &Pairs<'_>,
    mean: bool,
    losses: Option<&ViewMut<'_>>,
    gradient: Option<&ViewMut<'_>>,
) -> Result<f64, OutOfMemory> {
    let total = losses_and_gradient(pairs, factor(pairs, mean), losses, gradient);
    let count = pairs.logits.count() as f64;
    Ok(if mean { divided(total, count) } else { total.0 + total.1 })
}

/// (high + low) / n; 0 / 0 is nan.
fn divided((high, low): (f64, f64), n: f64) -> f64 {
    let quotient = high / n;
    if !quotient.is_finite() {
        return quotient;
    }
    quotient + ((-quotient).mul_add(n, high) + low) / n
}

fn losses_and_gradient(
    pairs: &Pairs<'_>,
    factor: (f64, f64),
    losses: Option<&ViewMut<'_>>,
    gradient: Option<&ViewMut<'_>>,
) -> (f64, f64) {
    let reader = Reader::new(pairs);
    let count = pairs.logits.count();
    let wanted =
        Wanted { losses: losses.is_some(), gradient: gradient.is_some(), fine: pairs.fine, factor };
    let losses = losses.map(Target::new);
    let gradient = gradient.map(Target::new);
    if losses.is_none() && gradient.is_none() && in_float32(pairs) {
        return total(map_chunks(count, CHUNK, |range| sum(&reader, range)));
    }
    if let (None, Some(gradient)) = (&losses, &gradient)
        && let Some(out) = gradient.single().filter(|_| in_float32(pairs))
    {
        let flow = flow_of(count * size_of::<f32>());
        let slopes = Slopes { reader: &reader, wanted: &wanted, out: Out(out), flow };
        return total(map_chunks(count, CHUNK, |range| slopes.chunk(range)));
    }
    let parts = map_chunks(count, CHUNK, |range: Range<usize>| {
        let mut block = Block::new();
        let mut chunk = (0.0, 0.0);
        for start in range.clone().step_by(BLOCK) {
            let count = BLOCK.min(range.end - start);
            reader.read(&mut block, start, count);
            // SAFETY: no pointers.
            let part = unsafe { reader.table.logistic(&mut block, count, &wanted) };
            chunk = join(chunk, part);
            if let Some(losses) = &losses {
                losses.write(start, &block.losses[..count]);
            }
            if let Some(gradient) = &gradient {
                gradient.write(start, &block.gradient[..count]);
            }
        }
        chunk
    });
    total(parts)
}

/// The Hessian, which is diagonal, times `vector`.
pub(crate) fn logistic_hvp(
    pairs: &Pairs<'_>,
    mean: bool,
    vector: &View<'_>,
    out: &ViewMut<'_>,
) -> Result<(), OutOfMemory> {
    let (reader, factor) = (Reader::new(pairs), factor(pairs, mean));
    let (vector, out) = (Operand::new(*vector), Target::new(out));
    map_chunks(pairs.logits.count(), CHUNK, |range: Range<usize>| {
        let mut block = Block::new();
        for start in range.clone().step_by(BLOCK) {
            let count = BLOCK.min(range.end - start);
            reader.read(&mut block, start, count);
            vector.read(start, &mut block.vector[..count]);
            // SAFETY: no pointers.
            unsafe { reader.table.logistic_curvature(&mut block, count, factor) };
            out.write(start, &block.gradient[..count]);
        }
    });
    Ok(())
}

/// Whether the float32 kernel may sum: both arrays fit, and nothing is weighted.
fn in_float32(pairs: &Pairs<'_>) -> bool {
    let fits =
        |kind: Kind| kind.fits_float32() || matches!(kind, Kind::Bool | Kind::Int8 | Kind::Uint8);
    !pairs.fine
        && pairs.weight.is_none()
        && pairs.pos_weight.is_none()
        && pairs.logits.kind.fits_float32()
        && fits(pairs.targets.kind)
}

/// The sum of a chunk of losses, in float32 lanes.
fn sum(reader: &Reader<'_>, range: Range<usize>) -> (f64, f64) {
    let (start, count) = (range.start, range.len());
    let (mut scratch_x, mut scratch_z) = (Vec::new(), Vec::new());
    let x = reader.x.single(start, count, &mut scratch_x);
    let z = reader.z.single(start, count, &mut scratch_z);
    // SAFETY: no pointers.
    unsafe { reader.table.logistic_sum(x, z) }
}

/// The sum of the parts, in order.
fn total(parts: Vec<(f64, f64)>) -> (f64, f64) {
    parts.into_iter().fold((0.0, 0.0), join)
}
