//! finish: the logarithms of a batch of masses, eight rows at a time.
//!
//! ```text
//! logsumexp = center + t (N ln2 + log(high + low))
//! ```

use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::Temperature;
use crate::elementary::log::log;
use crate::lanes::{Isa, Lanes};
use crate::state::{self, Mass};

/// Rows in a batch.
pub(crate) const BATCH: usize = 64;

/// Up to 64 masses, field by field, and their logarithms once finished.
pub(crate) struct Batch {
    pub max: [f64; BATCH],
    pub exponent: [f64; BATCH],
    pub center: [f64; BATCH],
    pub high: [f64; BATCH],
    pub low: [f64; BATCH],
    /// log mass times t, first part.
    pub log_high: [f64; BATCH],
    /// log mass times t, second part.
    pub log_low: [f64; BATCH],
}

impl Batch {
    pub fn new() -> Batch {
        let zero = [0.0; BATCH];
        Batch {
            max: zero,
            exponent: zero,
            center: zero,
            high: [1.0; BATCH],
            low: zero,
            log_high: zero,
            log_low: zero,
        }
    }

    pub fn set(&mut self, row: usize, mass: Mass) {
        self.max[row] = mass.max;
        self.exponent[row] = mass.reference.exponent;
        self.center[row] = mass.reference.center;
        self.high[row] = mass.high;
        self.low[row] = mass.low;
    }

    /// Replace the masses of some rows by 1.
    pub fn replace(&mut self, rows: u64) {
        for row in (0..BATCH).filter(|row| rows >> row & 1 == 1) {
            (self.high[row], self.low[row]) = (1.0, 0.0);
        }
    }

    /// Divide the mass of a row by n.
    pub fn divide(&mut self, row: usize, n: f64) {
        (self.high[row], self.low[row]) = divide((self.high[row], self.low[row]), n);
    }
}

/// The first `rows` bits.
#[inline(always)]
fn first(rows: usize) -> u64 {
    u64::MAX >> (BATCH - rows.clamp(1, BATCH))
}

/// Which of the first `rows` rows have no positive finite mass.
#[inline(always)]
pub(crate) fn rare<I: Isa>(batch: &Batch, rows: usize) -> u64 {
    let (zero, infinite) = (I::Double::splat(0.0), I::Double::splat(f64::INFINITY));
    let mut ordinary = 0;
    for start in (0..rows).step_by(8) {
        let high = eight::<I::Double>(&batch.high, start);
        let eight = high.exceeds(zero) & infinite.exceeds(high);
        ordinary |= u64::from(eight) << start;
    }
    !ordinary & first(rows)
}

/// Fill `log_high` and `log_low` of the first `rows` rows; answers which are below `limit` in magnitude.
#[inline(always)]
pub(crate) fn finish<I: Isa>(
    batch: &mut Batch,
    rows: usize,
    temperature: Temperature,
    limit: f64,
) -> u64 {
    let (zero, limit) = (I::Double::splat(0.0), I::Double::splat(limit));
    let mut below = 0;
    for start in (0..rows).step_by(8) {
        let mass =
            Double { high: eight::<I::Double>(&batch.high, start), low: eight(&batch.low, start) };
        let (exponent, center) = (eight(&batch.exponent, start), eight(&batch.center, start));
        let answer = logarithm::<I::Double>(mass, exponent, center, temperature);
        batch.log_high[start..start + 8].copy_from_slice(answer.high.to_array().as_ref());
        batch.log_low[start..start + 8].copy_from_slice(answer.low.to_array().as_ref());
        let size = answer.high.above(zero.sub(answer.high));
        below |= u64::from(limit.exceeds(size)) << start;
    }
    below & first(rows)
}

/// mass / n in two parts.
#[inline(always)]
pub(super) fn divide(mass: (f64, f64), n: f64) -> (f64, f64) {
    // Long division: the remainder is exact, so that n equal terms over n is one of them.
    let high = mass.0 / n;
    let remainder = (-high).mul_add(n, mass.0) + mass.1;
    state::two_sum(high, remainder / n)
}

/// center + t (N ln2 + log(mass)).
#[inline(always)]
pub(super) fn logarithm<L: Lanes<Real = f64>>(
    mass: Double<L>,
    exponent: L,
    center: L,
    temperature: Temperature,
) -> Double<L> {
    let answer = log(mass, exponent);
    let t = L::splat(temperature.value);
    let (product, error) = two_product(answer.high, t);
    let (sum, rounding) = two_sum(center, product);
    let low = rounding.add(answer.low.fma(t, error));
    let (high, low) = fast_two_sum(sum, low);
    Double { high, low }
}

#[inline(always)]
fn eight<L: Lanes<Real = f64, Array = [f64; 8]>>(field: &[f64; BATCH], start: usize) -> L {
    let mut part = [0.0; 8];
    part.copy_from_slice(&field[start..start + 8]);
    L::from_array(&part)
}
