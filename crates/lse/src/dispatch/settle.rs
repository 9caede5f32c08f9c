//! settle: masses into results, each redone in more precision where it is not known well enough.
//!
//! A fast sum is right to about 2^-24 (float32) or 2^-53 of itself. Its logarithm is then within an ulp as long
//! as the result is not small. Rows whose result is small are folded again, float32 in float64, float64 to
//! 110 bits: detected from the result itself, so that ordinary rows pay one comparison.

use super::tiles::Tiles;
use super::{Compute, Source, store};
use crate::elementary::double::Double;
use crate::elementary::exp::{Reference, Temperature};
use crate::intake::{OUT, Offsets, ViewMut};
use crate::kernels::{BATCH, Batch, SHORT};
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::state::{Mass, multiply};

/// Where results go, and what is known of the rows.
pub(super) struct Settle<'a, 'b> {
    pub source: &'a Source<'b>,
    pub out: &'a ViewMut<'b>,
    /// Whether log n is taken off.
    pub mean: bool,
}

/// Below this |result| / t a float64 sum is not enough for a float32 result.
const ENOUGH_FOR_SINGLE: f64 = 1e-6;

impl Settle<'_, '_> {
    fn temperature(&self) -> Temperature {
        self.source.temperature
    }

    /// Divide masses by the number of elements that took part: log(sum / n).
    fn divide(&self, bases: &[Offsets], batch: &mut Batch) {
        if !self.mean {
            return;
        }
        for (row, base) in bases.iter().enumerate() {
            let n = self.source.taking_part(base).max(1) as f64;
            let inverse = Double { high: One::splat(n), low: One::splat(0.0) }.inverse();
            let inverse = (inverse.high.to_array()[0], inverse.low.to_array()[0]);
            let mass = (batch.high[row], batch.low[row]);
            (batch.high[row], batch.low[row]) = multiply(mass, inverse);
        }
    }

    /// Finish a batch; store what is known well enough, and tell which rows are not.
    fn store(&self, bases: &[Offsets], batch: &mut Batch, trusted: f64) -> u64 {
        let rare = batch.ordinary(bases.len());
        self.divide(bases, batch);
        self.source.finish(batch, bases.len());
        let limit = trusted * self.temperature().value;
        let mut again = 0;
        for (row, base) in bases.iter().enumerate() {
            let high = batch.log_high[row];
            if rare >> row & 1 == 1 {
                store(self.out, base[OUT], self.rare(base));
            } else if high.abs() >= limit {
                store(self.out, base[OUT], high + batch.log_low[row]);
            } else {
                again |= 1 << row;
            }
        }
        again
    }

    /// Masses of rows of any length.
    pub fn masses<T: Compute>(&self, bases: &[Offsets], masses: &[Mass]) {
        let mut scratch = Vec::new();
        for (bases, masses) in bases.chunks(BATCH).zip(masses.chunks(BATCH)) {
            let mut batch = Batch::new();
            for (row, mass) in masses.iter().enumerate() {
                batch.set(row, *mass);
            }
            let again = self.store(bases, &mut batch, T::TRUSTED);
            for (_, base) in bases.iter().enumerate().filter(|(row, _)| again >> row & 1 == 1) {
                self.again::<T>(base, &mut scratch);
            }
        }
    }

    /// One row again: float32 in float64 first, then to 110 bits.
    fn again<T: Compute>(&self, base: &Offsets, scratch: &mut Vec<f64>) {
        let source = self.source;
        let mut batch = Batch::new();
        if T::KIND != f64::KIND {
            let (in_place, mut guess) = (source.in_place::<f64>(), Reference::ZERO);
            batch.set(0, source.fold_row::<f64>(base, in_place, &mut guess, scratch));
            if self.store(&[*base], &mut batch, ENOUGH_FOR_SINGLE) == 0 {
                return;
            }
        }
        let (high, low) = source.precise_sum(base, scratch);
        batch.set(0, Mass { max: 0.0, reference: Reference::ZERO, high, low });
        self.store(&[*base], &mut batch, 0.0);
    }

    /// A batch of short rows, folded into `batch`.
    pub fn short<T: Compute>(&self, bases: &[Offsets], batch: &mut Batch, tiles: &mut Tiles) {
        let again = self.store(bases, batch, T::TRUSTED);
        if again == 0 {
            return;
        }
        let mut chosen = [Offsets::default(); BATCH];
        let mut count = pick(bases, again, &mut chosen);
        let rounds = if T::KIND == f64::KIND { 1..2 } else { 0..2 };
        for round in rounds {
            let precise = round == 1;
            let chosen_now = chosen;
            let bases = &chosen_now[..count];
            for at in (0..count).step_by(8) {
                self.fold_again(&bases[at..count.min(at + 8)], batch, at, tiles, precise);
            }
            let trusted = if precise { 0.0 } else { ENOUGH_FOR_SINGLE };
            count = pick(bases, self.store(bases, batch, trusted), &mut chosen);
        }
    }

    fn fold_again(
        &self,
        bases: &[Offsets],
        batch: &mut Batch,
        at: usize,
        tiles: &mut Tiles,
        precise: bool,
    ) {
        let (source, count) = (self.source, self.source.rows.length);
        assert!(count <= SHORT, "a short row");
        let tile = &mut tiles.again;
        source.turn(bases, source.in_place::<f64>(), tile);
        if !precise {
            return f64::short(source.table, tile, count, self.temperature(), batch, at);
        }
        // SAFETY: no pointers.
        let [high, low] = unsafe { source.table.precise_tile(tile, count, self.temperature()) };
        let lanes = at..at + 8;
        batch.high[lanes.clone()].copy_from_slice(&high);
        batch.low[lanes.clone()].copy_from_slice(&low);
        batch.exponent[lanes.clone()].fill(0.0);
        batch.center[lanes].fill(0.0);
    }

    /// A row with something in it that is not finite, or with nothing in it.
    fn rare(&self, base: &Offsets) -> f64 {
        let special = self.source.special(base, &mut Vec::new());
        special.state().map_or(f64::NAN, |state| state.finish(0.0))
    }
}

/// The places of the rows whose bit is set.
fn pick(bases: &[Offsets], rows: u64, chosen: &mut [Offsets; BATCH]) -> usize {
    let mut count = 0;
    for (row, base) in bases.iter().enumerate() {
        if rows >> row & 1 == 1 {
            chosen[count] = *base;
            count += 1;
        }
    }
    count
}
