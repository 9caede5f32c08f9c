//! peak: the entries of a gradient that are written after the others: at the class of a row, which has a coefficient of
//! its own, and at an element that is nearly all of its row.
//!
//! ```text
//! f (p_k (A - a_k) - a_k (1 - p_k) + z p_k)        1 - p_k from the state of the row
//! ```
//!
//! Where p_k is nearly 1 and a_k nearly A, that is the difference of what is left of both.

use super::bent::Bent;
use super::pair::{divide, others, plus};
use super::smooth::{Found, Row};
use super::targets::Target;
use super::{Bench, Work};
use crate::dispatch::Compute;
use crate::kernels::Given;
use crate::state::multiply;

/// An element may be more than half of its row that is no further from all of it: log 2, in units of t.
const SURE: f64 = 0.7;

/// Elements that are compared at once.
const FEW: usize = 64;

impl Work<'_, '_> {
    /// The entry at the class of a row, which has a coefficient of its own.
    pub(super) fn own<T: Bent>(
        &self,
        row: &Row<'_, T>,
        slope: impl FnOnce(T, Given<'_>) -> f64,
    ) -> Option<(usize, f64)> {
        let Target::Class(class) = row.target else { return None };
        let x = T::from_f64(self.element::<T>(row.base, class, row.in_place));
        let whole = multiply(self.scale, plus(self.kept, self.given));
        let given = multiply(whole, (self.weight(class), 0.0)).0;
        Some((class, slope(x, Given::Alike(given))))
    }

    /// The entry at an element that is more than half of its row, where it is not known from the difference.
    pub(super) fn peak<T: Bent>(
        &self,
        row: &mut Row<'_, T>,
        found: &Found,
        bench: &mut Bench,
    ) -> Option<(usize, f64)> {
        let (max, t) = (found.mass.max, self.question.temperature);
        let gap = found.level.0 - max;
        if gap >= SURE * t {
            return None;
        }
        let whole = (1.0 - others((gap / t, 0.0)).0) * (found.all.0 + found.z);
        let felt = |a: f64| (whole - a).abs() < T::FELT * whole.abs();
        let k = match row.target {
            Target::Class(class) if self.question.weight.is_none() => {
                let x = self.element::<T>(row.base, class, row.in_place);
                if x != max && !felt(self.given.0) {
                    return None;
                }
                if x == max { class } else { self.find(row, max)? }
            }
            _ => self.find(row, max)?,
        };
        self.coefficients(row.base, row.target, k, 1, &mut bench.coefficients);
        if !felt(bench.coefficients.all[0]) {
            return None;
        }
        let (high, low) = self.split(row.base, max, &mut bench.double);
        let (gap, low) = divide(plus((high, low), (-max, 0.0)), (t, 0.0));
        let mut slope = [1.0 - others((gap, low)).0];
        self.bend(&mut slope, &[gap], &bench.coefficients, found.all, found.z);
        Some((k, slope[0]))
    }

    /// Where an element is.
    fn find<T: Bent>(&self, row: &mut Row<'_, T>, max: f64) -> Option<usize> {
        let (source, length) = (&self.source, self.source.rows.length);
        let max = T::from_f64(max);
        for start in (0..length).step_by(f64::CHUNK) {
            let count = f64::CHUNK.min(length - start);
            let x = match row.held {
                true => &row.room[start..start + count],
                false => source.piece::<T>(row.base, start, count, row.in_place, &mut row.room),
            };
            let few =
                x.chunks(FEW).position(|few| few.iter().fold(false, |any, x| any | (*x == max)));
            if let Some(few) = few {
                let first = few * FEW;
                return x[first..].iter().position(|x| *x == max).map(|i| start + first + i);
            }
        }
        None
    }
}
