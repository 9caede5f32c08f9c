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

    /// Replace what is not a positive finite mass by 1, and tell which rows those were.
    pub fn ordinary(&mut self, rows: usize) -> u64 {
        let mut rare = 0;
        for row in 0..rows {
            let ordinary = self.high[row] > 0.0 && self.high[row] < f64::INFINITY;
            rare |= u64::from(!ordinary) << row;
        }
        if rare != 0 {
            for row in (0..rows).filter(|row| rare >> row & 1 == 1) {
                (self.high[row], self.low[row]) = (1.0, 0.0);
            }
        }
        rare
    }

    /// Divide the mass of a row by n.
    pub fn divide(&mut self, row: usize, n: f64) {
        (self.high[row], self.low[row]) = divide((self.high[row], self.low[row]), n);
    }

    /// Which rows have a result below `limit` in magnitude.
    pub fn below(&self, rows: usize, limit: f64) -> u64 {
        let mut found = 0;
        for row in 0..rows {
            found |= u64::from(self.log_high[row].abs() < limit) << row;
        }
        found
    }
}

/// Fill `log_high` and `log_low` of the first `rows` rows.
#[inline(always)]
pub(crate) fn finish<I: Isa>(batch: &mut Batch, rows: usize, temperature: Temperature) {
    for start in (0..rows).step_by(8) {
        let mass =
            Double { high: eight::<I::Double>(&batch.high, start), low: eight(&batch.low, start) };
        let (exponent, center) = (eight(&batch.exponent, start), eight(&batch.center, start));
        let answer = logarithm::<I::Double>(mass, exponent, center, temperature);
        batch.log_high[start..start + 8].copy_from_slice(answer.high.to_array().as_ref());
        batch.log_low[start..start + 8].copy_from_slice(answer.low.to_array().as_ref());
    }
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
