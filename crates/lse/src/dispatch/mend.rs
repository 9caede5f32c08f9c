//! mend: the masses of confident rows, made good enough for shares.
//!
//! A fast fold rounds beside an element that is much of the sum. What it lost there is found by looking for that
//! element (a comparison a vector) and added to the mass.

use super::Compute;
use super::parallel::map_chunks;
use super::rows::Source;
use crate::elementary::exp::Reference;
use crate::intake::{Offsets, X};
use crate::kernels::table::Guess;
use crate::kernels::{Care, Columns, Strip};
use crate::state::Mass;

impl Source<'_> {
    /// The mass of a row, good enough for shares; `gathered` says that the row is still in `scratch`.
    pub(super) fn mended<T: Compute>(
        &self,
        base: &Offsets,
        mass: Mass,
        guess: &mut Reference,
        gathered: bool,
        scratch: &mut Vec<T>,
    ) -> Mass {
        if !mass.is_confident(self.temperature) {
            return mass;
        }
        let in_place = self.in_place::<T>();
        // Chunks that were centred apart from each other have errors of their own.
        if mass.reference.center != 0.0 {
            return self.fold_row::<T>(base, in_place, guess, Care::Fine, scratch);
        }
        let (length, measure) = (self.rows.length, self.measure(&mass));
        let limit = mass.confident_from(self.temperature);
        let mut sum = 0.0;
        for start in (0..length).step_by(T::CHUNK) {
            let count = T::CHUNK.min(length - start);
            let x = if gathered {
                &scratch[start..start + count]
            } else {
                self.piece(base, start, count, in_place, scratch)
            };
            sum += T::errors(self.table, x, &measure, limit);
        }
        Mass { low: mass.low + sum, ..mass }
    }

    /// The same for a row whose chunks are folded on all threads.
    pub(super) fn mended_long<T: Compute>(&self, base: &Offsets, mass: Mass) -> Mass {
        if !mass.is_confident(self.temperature) {
            return mass;
        }
        if mass.reference.center != 0.0 {
            return self.fold_long::<T>(base, Care::Fine);
        }
        let (in_place, measure) = (self.in_place::<T>(), self.measure(&mass));
        let limit = mass.confident_from(self.temperature);
        let sums = map_chunks(self.rows.length, T::CHUNK, |range| {
            let mut scratch = Vec::new();
            let x = self.piece::<T>(base, range.start, range.len(), in_place, &mut scratch);
            T::errors(self.table, x, &measure, limit)
        });
        Mass { low: mass.low + sums.iter().fold(0.0, |sum, part| sum + part), ..mass }
    }

    /// The same for the rows of a strip.
    pub(super) fn mended_strip<T: Compute>(
        &self,
        base: &Offsets,
        masses: &mut [Mass],
        alone: bool,
    ) {
        let (t, width) = (self.temperature, masses.len());
        let confident = |mass: &Mass| mass.is_confident(t);
        let centred = |mass: &Mass| mass.reference.center != 0.0 && confident(mass);
        if masses.iter().any(centred) {
            let fine = self.fold_strip::<T>(base, width, alone, Care::Fine);
            for (mass, fine) in masses.iter_mut().zip(fine).filter(|(mass, _)| centred(mass)) {
                *mass = fine;
            }
        }
        let plain = |mass: &Mass| mass.reference.center == 0.0 && confident(mass);
        if !masses.iter().any(plain) {
            return;
        }
        let work = |start: usize, end: usize| {
            let mut columns = Columns::new(t);
            columns.max.fill(f64::INFINITY);
            for (c, mass) in masses.iter().enumerate().filter(|(_, mass)| plain(mass)) {
                columns.exponent[c] = mass.reference.exponent;
                columns.max[c] = mass.confident_from(t);
            }
            // SAFETY: the strip lies within the view.
            let look = |strip: &Strip<T>, columns: &mut Columns| unsafe {
                T::errors_columns(self.table, strip, columns);
            };
            if self.plain_strips::<T>().is_some() {
                let strip = self.strip::<T>(self.x.data, X, base, width, start, end - start);
                look(&strip, &mut columns);
            } else {
                self.fold_fed::<T>(base, width, start, end - start, |strip| {
                    look(strip, &mut columns);
                });
            }
            columns
        };
        let length = self.rows.length;
        let parts = if alone {
            map_chunks(length, T::CHUNK, |range| work(range.start, range.end))
        } else {
            let starts = (0..length).step_by(T::CHUNK);
            starts.map(|start| work(start, length.min(start + T::CHUNK))).collect()
        };
        for (c, mass) in masses.iter_mut().enumerate().filter(|(_, mass)| plain(mass)) {
            mass.low += parts.iter().fold(0.0, |sum, part| sum + part.low[c]);
        }
    }

    fn measure(&self, mass: &Mass) -> Guess {
        Guess { reference: mass.reference, temperature: self.temperature }
    }
}
