//! mend: the masses of confident rows, made good enough for what is made of them.
//!
//! A fold rounds beside an element that is much of the sum. Where that shows, what it lost there is found by looking for
//! that element (a comparison a vector) and added to the mass.

use super::Compute;
use super::parallel::map_chunks;
use super::rows::Source;
use crate::elementary::exp::{Reference, Temperature};
use crate::intake::{Offsets, X};
use crate::kernels::table::Guess;
use crate::kernels::{Care, Columns, Strip};
use crate::state::Mass;

/// What is made of a mass; a logarithm is made of one that was folded with `Care::Fast`.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// Shares, of a fold with `Care::Shares`.
    Shares,
    /// log(mass).
    Logarithm,
    /// log(mass) less a number that is not known yet.
    Mean,
    /// log(mass) less the elements, where it is at least this above the largest: below, the top is kept apart.
    Distances { from: f64 },
}

/// From here on, in units of t, a logarithm does not feel what a fold has lost: three times 2^-24 of a float32 in [4, 8)
/// are 0.38 ulp, 3.7 * 2^-53 of a float64 are 0.46. The estimate is within 0.07.
const FELT: f64 = 4.1;

impl Aim {
    pub(super) fn care(self) -> Care {
        match self {
            Aim::Shares => Care::Shares,
            Aim::Logarithm | Aim::Mean | Aim::Distances { .. } => Care::Fast,
        }
    }

    /// Whether a mass is to be mended.
    fn asks(self, mass: &Mass, temperature: Temperature) -> bool {
        mass.is_confident(temperature)
            && match self {
                Aim::Shares | Aim::Mean => true,
                Aim::Logarithm => mass.log_about(temperature).abs() < FELT,
                Aim::Distances { from } => mass.gap_about(temperature) >= from,
            }
    }
}

impl Source<'_> {
    /// The mass of a row, good enough for its aim; `gathered` says that the row is still in `scratch`.
    pub(super) fn mended<T: Compute>(
        &self,
        base: &Offsets,
        mass: Mass,
        aim: Aim,
        guess: &mut Reference,
        gathered: bool,
        scratch: &mut Vec<T>,
    ) -> Mass {
        if !self.asks(aim, &mass) {
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
            sum += T::errors(self.table, x, &measure, limit, aim.care());
        }
        Mass { low: mass.low + sum, ..mass }
    }

    /// The same for a row whose chunks are folded on all threads.
    pub(super) fn mended_long<T: Compute>(&self, base: &Offsets, mass: Mass, aim: Aim) -> Mass {
        if !self.asks(aim, &mass) {
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
            T::errors(self.table, x, &measure, limit, aim.care())
        });
        Mass { low: mass.low + sums.iter().fold(0.0, |sum, part| sum + part), ..mass }
    }

    /// The same for the rows of a strip.
    pub(super) fn mended_strip<T: Compute>(
        &self,
        base: &Offsets,
        masses: &mut [Mass],
        aim: Aim,
        alone: bool,
    ) {
        let (t, width) = (self.temperature, masses.len());
        let confident = |mass: &Mass| self.asks(aim, mass);
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
            columns.care = aim.care();
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

    /// Whether a mass is to be mended: not for results that would not show it.
    fn asks(&self, aim: Aim, mass: &Mass) -> bool {
        !self.narrow && aim.asks(mass, self.temperature)
    }

    fn measure(&self, mass: &Mass) -> Guess {
        Guess { reference: mass.reference, temperature: self.temperature }
    }
}
