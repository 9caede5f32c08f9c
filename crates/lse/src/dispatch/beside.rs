//! beside: confident rows with their top kept apart, from the masses that they have been folded into.
//!
//! What lies beside the largest element is looked for twice at most: first only next to that element, and then, where
//! another one is much of the others, next to such elements too.

use super::Compute;
use super::mend::Aim;
use super::rows::Source;
use crate::intake::Offsets;
use crate::kernels::table::Guess;
use crate::kernels::{Beside, Peak, Top};
use crate::state::{Mass, add};

/// Others that are less than this of the mass are not known well enough: the totals of a fold, in float64 or twice
/// that, keep 2^-52 or 2^-104 of it.
const ENOUGH_SINGLE: f64 = 1.0 / (1u64 << 20) as f64;
const ENOUGH_DOUBLE: f64 = 1.0 / (1u64 << 42) as f64;

/// So far below the maximum, in parts of it, an element is not taken for it.
const NEAR: f64 = 1.0 / (1u64 << 20) as f64;

/// A row that has been folded, and whether it is still in `scratch`.
pub(super) struct Folded<'a, T> {
    pub base: &'a Offsets,
    pub mass: &'a Mass,
    pub aim: Aim,
    pub gathered: bool,
    pub scratch: &'a mut Vec<T>,
}

impl Source<'_> {
    /// t log(mass), in two parts, of a confident row; none where only another fold can tell.
    pub(super) fn level_beside<T: Compute>(&self, row: &mut Folded<'_, T>) -> Option<(f64, f64)> {
        let Mass { max, reference, high, .. } = *row.mass;
        if reference.center != 0.0 {
            return None;
        }
        let enough = if T::KIND == f64::KIND { ENOUGH_DOUBLE } else { ENOUGH_SINGLE };
        // Just below the maximum, in float32 as well
        let mut found = self.look(row, max - (max.abs() * NEAR + 1e-30));
        if found.high < enough * high {
            return None;
        }
        // A gathered row of one chunk is still there.
        row.gathered |= !self.in_place::<T>() && self.rows.length <= T::CHUNK;
        let limit = Mass { high: found.high, ..*row.mass }.confident_from(self.temperature);
        if found.next > limit {
            found = self.look(row, limit);
        }
        let top = Top { max, count: found.top, reference, others: (found.high, found.low) };
        Some(T::level_beside(self.table, &top, self.temperature))
    }

    /// The others, with the groups of elements above a limit exchanged.
    fn look<T: Compute>(&self, row: &mut Folded<'_, T>, limit: f64) -> Beside {
        let guess = Guess { reference: row.mass.reference, temperature: self.temperature };
        let peak = Peak { guess, care: row.aim.care(), max: row.mass.max, limit };
        let (length, in_place) = (self.rows.length, self.in_place::<T>());
        let mut all =
            Beside { top: 0.0, high: row.mass.high, low: row.mass.low, next: f64::NEG_INFINITY };
        for start in (0..length).step_by(T::CHUNK) {
            let count = T::CHUNK.min(length - start);
            let x = if row.gathered {
                &row.scratch[start..start + count]
            } else {
                self.piece(row.base, start, count, in_place, row.scratch)
            };
            let part = T::beside(self.table, x, &peak);
            all.top += part.top;
            (all.high, all.low) = add((all.high, all.low), (part.high, part.low));
            all.next = all.next.max(part.next);
        }
        all
    }
}
