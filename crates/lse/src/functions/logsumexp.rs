//! logsumexp(x) = finish(fold(x));  logmeanexp(x) = finish(fold(x), minus = log n).

use super::{Job, OutOfMemory, Results};
use crate::dispatch::{Compute, Source, each_row, map_chunks, store};
use crate::elementary::double::Double;
use crate::elementary::exp::Reference;
use crate::elementary::log::log_one;
use crate::intake::{OUT, Offsets, Rows, ViewMut};
use crate::kernels::{BATCH, Batch, SHORT};
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::state::{Mass, multiply, two_sum};
use std::ops::Range;

/// log(sum(exp(x))) of every row.
pub fn logsumexp(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    run(job, out, false)
}

/// log(mean(exp(x))) of every row; masked elements are not counted.
pub fn logmeanexp(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    run(job, out, true)
}

fn run(job: &Job<'_>, out: &ViewMut<'_>, mean: bool) -> Result<(), OutOfMemory> {
    let operands = job.operands(Some((out, Results::Rows)));
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let rows = &source.rows;
    if rows.count == 0 {
        return Ok(());
    }
    let single = job.in_float32(out);
    let finish = Finish { source: &source, out, mean, single };
    if rows.length == 0 {
        for row in 0..rows.count {
            store(out, rows.offsets(row)[OUT], f64::NEG_INFINITY);
        }
    } else if rows.length <= SHORT {
        each_row(rows.count, rows.length, 8, |range| finish.short(range));
    } else if single {
        finish.long::<f32>();
    } else {
        finish.long::<f64>();
    }
    Ok(())
}

struct Finish<'a, 'b> {
    source: &'a Source<'b>,
    out: &'a ViewMut<'b>,
    mean: bool,
    single: bool,
}

impl Finish<'_, '_> {
    /// n in logmeanexp, 1 in logsumexp.
    fn divisor(&self, base: &Offsets) -> f64 {
        if self.mean { self.source.taking_part(base) as f64 } else { 1.0 }
    }

    fn short(&self, range: Range<usize>) {
        let source = self.source;
        let t = source.temperature.value;
        // The sum errs by less than 2^-53: below these limits that is more than half an ulp.
        let trusted = t * if self.single { 1e-6 } else { 1.0 };
        let mut scratch = Vec::new();
        source.tiles(range, false, |bases, tile| {
            for (lane, base) in bases.iter().enumerate() {
                let (mut high, mut low) = (tile.log[0][lane], tile.log[1][lane]);
                let divisor = if high.is_finite() { self.divisor(base) } else { 1.0 };
                if divisor != 1.0 {
                    (high, low) = minus_log(high, low, divisor, t);
                }
                let cancels = tile.max[lane] < 0.0 || divisor != 1.0;
                let answer = if !high.is_finite() {
                    self.rare(base, &mut scratch)
                } else if cancels && high.abs() < trusted {
                    self.refine(base, divisor, &mut scratch)
                } else {
                    high + low
                };
                store(self.out, base[OUT], answer);
            }
        });
    }

    fn long<T: Compute>(&self) {
        let rows = &self.source.rows;
        let pieces = rows.length.div_ceil(T::CHUNK);
        if pieces > 1 && rows.count < 4 * crate::threads::get() {
            for row in 0..rows.count {
                let base = rows.offsets(row);
                let mass = self.source.fold_long::<T>(&base);
                self.finish::<T>(&[(base, mass)]);
            }
            return;
        }
        each_row(rows.count, rows.length, 1, |range| {
            let in_place = self.source.in_place::<T>();
            let (mut guess, mut scratch) = (Reference::ZERO, Vec::new());
            let mut folded = Vec::with_capacity(BATCH);
            for row in range.clone() {
                let base = rows.offsets(row);
                let mass = self.source.fold_row::<T>(&base, in_place, &mut guess, &mut scratch);
                folded.push((base, mass));
                if folded.len() == BATCH || row + 1 == range.end {
                    self.finish::<T>(&folded);
                    folded.clear();
                }
            }
        });
    }

    /// Up to a batch of masses into results, redone where they are not known well enough.
    fn finish<T: Compute>(&self, folded: &[(Offsets, Mass)]) {
        let source = self.source;
        let t = source.temperature.value;
        let mut batch = Batch::new();
        for (i, (_, mass)) in folded.iter().enumerate() {
            if mass.is_ordinary() {
                batch.set(i, *mass);
            }
        }
        source.table.finish(&mut batch, folded.len(), source.temperature);
        let mut scratch = Vec::new();
        for (i, (base, mass)) in folded.iter().enumerate() {
            let answer = if mass.is_ordinary() {
                let (mut high, mut low) = (batch.log_high[i], batch.log_low[i]);
                let divisor = self.divisor(base);
                if divisor != 1.0 {
                    (high, low) = minus_log(high, low, divisor, t);
                }
                if high.abs() >= T::TRUSTED * t {
                    high + low
                } else if self.single && high.abs() > 1e-6 * t {
                    self.widened(base, divisor, &mut scratch)
                } else {
                    self.refine(base, divisor, &mut scratch)
                }
            } else {
                self.rare(base, &mut scratch)
            };
            store(self.out, base[OUT], answer);
        }
    }

    /// A float32 row again, in float64.
    fn widened(&self, base: &Offsets, divisor: f64, scratch: &mut Vec<f64>) -> f64 {
        let source = self.source;
        let mut guess = Reference::ZERO;
        let mass = source.fold_row::<f64>(base, source.in_place::<f64>(), &mut guess, scratch);
        let mut batch = Batch::new();
        batch.set(0, mass);
        source.table.finish(&mut batch, 1, source.temperature);
        let (high, low) = (batch.log_high[0], batch.log_low[0]);
        let t = source.temperature.value;
        let (high, low) =
            if divisor == 1.0 { (high, low) } else { minus_log(high, low, divisor, t) };
        if high.abs() < 1e-6 * t { self.refine(base, divisor, scratch) } else { high + low }
    }

    /// t log(sum / n) from a sum to 110 bits.
    fn refine(&self, base: &Offsets, divisor: f64, scratch: &mut Vec<f64>) -> f64 {
        let mut sum = self.source.precise_sum(base, scratch);
        if divisor != 1.0 {
            let n = Double { high: One::splat(divisor), low: One::splat(0.0) };
            let inverse = n.inverse();
            sum = multiply(sum, (inverse.high.to_array()[0], inverse.low.to_array()[0]));
        }
        let (high, low) = log_one(sum.0, sum.1);
        let t = self.source.temperature.value;
        let product = high * t;
        product + (high.mul_add(t, -product) + low * t)
    }

    /// A row with something in it that is not finite, or with nothing in it.
    fn rare(&self, base: &Offsets, scratch: &mut Vec<f64>) -> f64 {
        self.source.special(base, scratch).state().map_or(f64::NAN, |state| state.finish(0.0))
    }
}

/// (high + low) - t log n.
fn minus_log(high: f64, low: f64, n: f64, t: f64) -> (f64, f64) {
    let (log, log_low) = log_one(n, 0.0);
    let product = log * t;
    let error = log.mul_add(t, -product) + log_low * t;
    let (sum, rounding) = two_sum(high, -product);
    two_sum(sum, rounding + (low - error))
}

impl Source<'_> {
    /// Fold one long row, its chunks on all threads, merged in order.
    pub(crate) fn fold_long<T: Compute>(&self, base: &Offsets) -> Mass {
        let in_place = self.in_place::<T>();
        let parts = map_chunks(self.rows.length, T::CHUNK, |range| {
            let mut scratch = Vec::new();
            let x = self.piece(base, range.start, range.len(), in_place, &mut scratch);
            self.fold_chunk::<T>(x, &mut { Reference::ZERO })
        });
        let merge = |a: Mass, b: Mass| a.merge(b, self.temperature);
        parts.into_iter().reduce(merge).unwrap_or(Mass::EMPTY)
    }
}
