//! The signed, weighted sum of a row: elements and weights gathered together.

use super::gather::gather;
use super::rows::Source;
use crate::intake::{MASK, Offsets, View, WEIGHTS, X};
use crate::kernels::{Running, Signed};

/// Elements gathered at a time.
const BLOCK: usize = 512;

/// A row's weighted sum: sign, logarithm of the magnitude in two parts (times t, in units of x).
#[derive(Clone, Copy, Debug)]
pub(crate) enum SignedSum {
    /// nan takes part, or infinities of both signs do.
    Nan,
    /// An infinity of this sign.
    Infinite(f64),
    /// e^(center / t) (high + low).
    Finite { center: f64, high: f64, low: f64 },
}

struct Block {
    x: [f64; BLOCK],
    mantissa: [f64; BLOCK],
    exponent: [f64; BLOCK],
}

/// Gather elements and weights; a weight that the mask leaves out becomes 0.
fn read(
    source: &Source<'_>,
    weights: &View<'_>,
    base: &Offsets,
    start: usize,
    x: &mut [f64],
    b: &mut [f64],
) {
    source.rows.pieces(start, x.len(), |offsets, first, axis, size| {
        let part = first..first + size;
        // SAFETY: the offsets address elements of the views.
        unsafe {
            let from = source.x.data.offset(base[X] + offsets[X]);
            gather(source.x.kind, source.x.swapped, from, axis.strides[X], &mut x[part.clone()]);
            let from = weights.data.offset(base[WEIGHTS] + offsets[WEIGHTS]);
            let b = &mut b[part];
            gather(weights.kind, weights.swapped, from, axis.strides[WEIGHTS], b);
            if let Some(mask) = &source.mask {
                let pointer = mask.data.offset(base[MASK] + offsets[MASK]);
                for (i, slot) in b.iter_mut().enumerate() {
                    if *pointer.offset(i as isize * axis.strides[MASK]) == 0 {
                        *slot = 0.0;
                    }
                }
            }
        }
    });
}

/// Gather `count` elements and weights; split each weight into mantissa and exponent.
fn fill(
    source: &Source<'_>,
    weights: &View<'_>,
    base: &Offsets,
    start: usize,
    count: usize,
    block: &mut Block,
) {
    read(source, weights, base, start, &mut block.x[..count], &mut block.mantissa[..count]);
    for i in 0..count {
        let (mantissa, exponent) = split(block.mantissa[i]);
        (block.mantissa[i], block.exponent[i]) = (mantissa, exponent);
        if mantissa == 0.0 {
            // A zero weight removes its element, even an inf or a nan.
            block.x[i] = f64::NEG_INFINITY;
        }
    }
}

/// x = mantissa 2^exponent, |mantissa| in [1, 2); zeros, infinities and nan as they are.
fn split(x: f64) -> (f64, f64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0.0);
    }
    let (x, lift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), -54.0) } else { (x, 0.0) };
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as f64 - 1023.0;
    (f64::from_bits(bits & !(0x7FF << 52) | 1023 << 52), exponent + lift)
}

/// The sum of b e^(x/t) over the row at `base`.
pub(crate) fn signed_sum(source: &Source<'_>, weights: &View<'_>, base: &Offsets) -> SignedSum {
    let length = source.rows.length;
    let temperature = source.temperature;
    let mut block = Block { x: [0.0; BLOCK], mantissa: [0.0; BLOCK], exponent: [0.0; BLOCK] };

    // The centre is the largest x/t + log|b|, not the largest x: a weight may dwarf its element.
    let (mut center, mut nan, mut signs) = (f64::NEG_INFINITY, false, [false; 2]);
    for start in (0..length).step_by(BLOCK) {
        let count = BLOCK.min(length - start);
        fill(source, weights, base, start, count, &mut block);
        for i in 0..count {
            let (x, b) = (block.x[i], block.mantissa[i]);
            if b == 0.0 {
                continue;
            }
            nan |= x.is_nan() || b.is_nan() || (b.is_infinite() && x == f64::NEG_INFINITY);
            if x == f64::INFINITY || b.is_infinite() {
                signs[usize::from(b < 0.0)] = true;
            }
            let height = block.exponent[i].mul_add(core::f64::consts::LN_2 * temperature.value, x);
            center = if height > center { height } else { center };
        }
    }
    match (nan, signs) {
        (true, _) | (_, [true, true]) => return SignedSum::Nan,
        (_, [true, false]) => return SignedSum::Infinite(1.0),
        (_, [false, true]) => return SignedSum::Infinite(-1.0),
        _ if center == f64::NEG_INFINITY => {
            return SignedSum::Finite { center: 0.0, high: 0.0, low: 0.0 };
        }
        _ => {}
    }

    let mut running = Running::ZERO;
    for start in (0..length).step_by(BLOCK) {
        let count = BLOCK.min(length - start);
        fill(source, weights, base, start, count, &mut block);
        let part = Signed {
            x: &block.x[..count],
            mantissa: &block.mantissa[..count],
            exponent: &block.exponent[..count],
        };
        // SAFETY: no pointers.
        unsafe { source.table.weighted(&part, &mut running, center, temperature) };
    }
    let (high, low) = running.lowered();
    SignedSum::Finite { center, high, low }
}
