//! weigh: rows with weights into log|sum(b exp(x))| and its sign.
//!
//! A sum in plain arithmetic answers most rows; what cancels, or is small, is asked again in more precision.

use super::job::Results;
use super::pairs::Pair;
use super::sums::QuickSum;
use super::{Compute, Job, OutOfMemory, SignedSum, each_row, signed_sum, store};
use crate::elementary::log::log_one;
use crate::intake::{OUT, Places, Rows, SIGN, Strides, View, ViewMut, WEIGHTS};
use crate::kernels::{BATCH, Batch, SHORT};
use crate::state::two_sum;
use std::ops::Range;

/// Where the results of weighted rows go.
struct Weigh<'a, 'b> {
    pair: Pair<'b>,
    weights: &'a View<'b>,
    out: &'a ViewMut<'b>,
    sign: Option<&'a ViewMut<'b>>,
}

/// log|sum(b exp(x))| of every row and, where asked for, its sign; without, a negative sum is nan.
pub(crate) fn weigh(
    job: &Job<'_>,
    weights: &View<'_>,
    out: &ViewMut<'_>,
    sign: Option<&ViewMut<'_>>,
) -> Result<(), OutOfMemory> {
    let mut operands = job.operands(Some((out, Results::Rows)));
    operands[WEIGHTS] = Strides::All(weights.strides);
    if let Some(sign) = sign {
        operands[SIGN] = Strides::Kept(sign.strides);
    }
    let pair = Pair::new(job.source(Rows::new(job.x.shape, job.axes, operands)), weights);
    let weigh = Weigh { pair, weights, out, sign };
    let rows = &weigh.pair.x.rows;
    let single = job.in_float32(out) && weights.kind.fits_float32();
    if rows.length <= SHORT {
        each_row(rows.count, rows.length, BATCH, |range| weigh.rows::<f64>(range));
    } else if single {
        weigh.long::<f32>();
    } else {
        weigh.long::<f64>();
    }
    Ok(())
}

impl Weigh<'_, '_> {
    /// Long rows: those that lie across memory a strip at a time, the others one by one.
    fn long<T: Compute>(&self) {
        let rows = &self.pair.x.rows;
        let Some(strips) = self.pair.x.strips::<T>() else {
            return each_row(rows.count, rows.length, 1, |range| self.rows::<T>(range));
        };
        strips.each_run(rows, |first, width, alone| {
            let mut batch = Batch::new();
            let mut sums = self.pair.strip::<T>(first, width, alone);
            let places = Places::of(rows, first, width, &mut []);
            for (i, sums) in sums.chunks_mut(BATCH).enumerate() {
                let at = i * BATCH;
                let places = places.part(at, at + sums.len());
                self.settle_all::<T>(first + at, &places, sums, &mut batch);
            }
        });
    }

    /// Rows, a batch at a time.
    fn rows<T: Compute>(&self, range: Range<usize>) {
        let (rows, mut list) = (&self.pair.x.rows, [Default::default(); BATCH]);
        let (mut batch, mut sums) = (Batch::new(), [QuickSum::default(); BATCH]);
        for first in range.clone().step_by(BATCH) {
            let count = BATCH.min(range.end - first);
            let places = Places::of(rows, first, count, &mut list);
            self.pair.quick::<T>(first, &places, &mut sums[..count]);
            self.settle_all::<T>(first, &places, &mut sums[..count], &mut batch);
        }
    }

    /// Store all rows of a batch, those again that are not known well enough.
    fn settle_all<T: Compute>(
        &self,
        first: usize,
        places: &Places<'_>,
        sums: &mut [QuickSum],
        batch: &mut Batch,
    ) {
        let mut unknown = self.settle(places, sums, batch, !0);
        // Rows across memory are read together; of others only those that need it.
        let many = unknown.count_ones() as usize > sums.len() / 4;
        if T::KIND != f64::KIND && many && self.pair.x.is_across() {
            self.pair.quick::<f64>(first, places, sums);
            unknown = self.settle(places, sums, batch, unknown);
        }
        if T::KIND == f64::KIND && unknown.count_ones() as usize > sums.len() / 4 {
            self.pair.careful(first, places, sums);
            unknown = self.settle(places, sums, batch, unknown);
        }
        for row in (0..sums.len()).filter(|row| unknown >> row & 1 == 1) {
            self.again::<T>(first + row, &places.part(row, row + 1), batch);
        }
    }

    /// Store those of the rows `among` that are known well enough; tell which are not.
    fn settle(&self, places: &Places<'_>, sums: &[QuickSum], batch: &mut Batch, among: u64) -> u64 {
        for (row, sum) in sums.iter().enumerate() {
            batch.set(row, sum.mass());
        }
        // SAFETY: no pointers.
        batch.replace(unsafe { self.pair.x.table.rare(batch, sums.len()) });
        self.pair.x.finish(batch, sums.len(), 0.0);
        let (length, mut unknown) = (self.pair.x.rows.length, 0);
        for (row, sum) in sums.iter().enumerate().filter(|(row, _)| among >> row & 1 == 1) {
            let answer = batch.log_high[row];
            if sum.is_known(length, answer, self.pair.x.temperature.value, self.out.kind) {
                self.store(places, row, answer, sum.sign());
            } else {
                unknown |= 1 << row;
            }
        }
        unknown
    }

    /// One row again: float32 in float64 first, then to 64 and to 110 bits.
    fn again<T: Compute>(&self, row: usize, place: &Places<'_>, batch: &mut Batch) {
        let mut sum = [QuickSum::default()];
        if T::KIND != f64::KIND {
            self.pair.quick::<f64>(row, place, &mut sum);
            if self.settle(place, &sum, batch, 1) == 0 {
                return;
            }
        }
        self.pair.careful(row, place, &mut sum);
        if self.settle(place, &sum, batch, 1) == 0 {
            return;
        }
        let (value, direction) = match signed_sum(&self.pair.x, self.weights, &place.get(0)) {
            SignedSum::Nan => (f64::NAN, f64::NAN),
            SignedSum::Infinite(direction) => (f64::INFINITY, direction),
            SignedSum::Finite { high: 0.0, .. } => (f64::NEG_INFINITY, 0.0),
            SignedSum::Finite { center, high, low } => {
                let (direction, t) = (high.signum(), self.pair.x.temperature.value);
                (finish(center, high * direction, low * direction, t), direction)
            }
        };
        self.store(place, 0, value, direction);
    }

    fn store(&self, places: &Places<'_>, row: usize, value: f64, direction: f64) {
        let value = match self.sign {
            Some(sign) => {
                store(sign, places.offset(SIGN, row), direction);
                value
            }
            None if direction < 0.0 => f64::NAN,
            None => value,
        };
        store(self.out, places.offset(OUT, row), value);
    }
}

/// center + t log(high + low).
fn finish(center: f64, high: f64, low: f64, t: f64) -> f64 {
    let (log, log_low) = log_one(high, low);
    let product = log * t;
    let error = log.mul_add(t, -product) + log_low * t;
    let (sum, rounding) = two_sum(center, product);
    if sum.is_finite() { sum + (rounding + error) } else { sum }
}
