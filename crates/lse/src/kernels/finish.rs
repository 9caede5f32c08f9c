//! finish: the logarithms of a batch of masses, eight rows at a time.
//!
//! ```text
//! logsumexp = center + t (N ln2 + log(high + low))
//! ```

use super::tile::{file, filed, is_plain};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::Temperature;
use crate::elementary::log::{log, log_coarsely};
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
        let high = filed::<I::Double>(&batch.high, start);
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
            Double { high: filed::<I::Double>(&batch.high, start), low: filed(&batch.low, start) };
        let (exponent, center) = (filed(&batch.exponent, start), filed(&batch.center, start));
        let answer = logarithm::<I::Double>(mass, exponent, center, temperature);
        file(&mut batch.log_high, start, answer.high);
        file(&mut batch.log_low, start, answer.low);
        let size = answer.high.above(zero.sub(answer.high));
        below |= u64::from(limit.exceeds(size)) << start;
    }
    below & first(rows)
}

/// As `finish`, for results of float32: only `high` counts, and `log_low` stays as it is.
#[inline(always)]
pub(crate) fn finish_coarsely<I: Isa>(
    batch: &mut Batch,
    rows: usize,
    temperature: Temperature,
    limit: f64,
) -> u64 {
    let (zero, limit) = (I::Double::splat(0.0), I::Double::splat(limit));
    let mut below = 0;
    for start in (0..rows).step_by(8) {
        let (exponent, center) = (filed(&batch.exponent, start), filed(&batch.center, start));
        let mass = filed::<I::Double>(&batch.high, start);
        let [high, _] = coarse_logarithm(mass, exponent, center, temperature);
        file(&mut batch.log_high, start, high);
        let size = high.above(zero.sub(high));
        below |= u64::from(limit.exceeds(size)) << start;
    }
    below & first(rows)
}

/// center + t (N ln2 + log(mass)), the logarithm to 2^-39.
#[inline(always)]
pub(super) fn coarse_logarithm<L: Lanes<Real = f64>>(
    mass: L,
    exponent: L,
    center: L,
    temperature: Temperature,
) -> [L; 2] {
    let log = log_coarsely(mass, exponent).mul(L::splat(temperature.value));
    let (high, low) = two_sum(center, log);
    [high, low]
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
    if is_plain(center, temperature) {
        return answer;
    }
    let t = L::splat(temperature.value);
    let (product, error) = two_product(answer.high, t);
    let (sum, rounding) = two_sum(center, product);
    let low = rounding.add(answer.low.fma(t, error));
    let (high, low) = fast_two_sum(sum, low);
    Double { high, low }
}
