//! Rows compared with probabilities or with a smoothed class, and their gradient: every element counts.
//!
//! ```text
//! gradient_k = F p_k - f a_k        f = 1 / (divisor t), F = f (A + 2 v c lse(z))
//! ```
//!
//! In float64 whatever the elements. An entry is a difference: it is known as well as what is subtracted, and rounded
//! once; `peak` knows the entries that are not among the others.

use super::bent::Bent;
use super::blend::{Blend, Level};
use super::pair::{Pair, plus};
use super::targets::Target;
use super::waiting::GENTLE;
use super::{Bench, Work};
use crate::dispatch::{Compute, Sink};
use crate::intake::Offsets;
use crate::kernels::Bend;
use crate::state::{Mass, multiply};

/// The elements of a row, and what they are compared with.
pub(super) struct Row<'a, T> {
    pub base: &'a Offsets,
    pub target: Target,
    pub in_place: bool,
    /// Whether the row was gathered and still is there.
    pub held: bool,
    pub room: Vec<T>,
}

/// What a row has come to.
pub(super) struct Found {
    pub mass: Mass,
    pub level: Pair,
    /// A.
    pub all: Pair,
    /// 2 v c lse(z).
    pub z: f64,
}

impl Work<'_, '_> {
    /// One row: its loss; writes its gradient.
    pub(super) fn smooth<T: Bent>(
        &self,
        base: &Offsets,
        target: Target,
        bench: &mut Bench,
    ) -> Pair {
        let source = &self.source;
        let in_place = source.in_place::<T>();
        let held = !in_place && source.rows.length <= f64::CHUNK;
        let room = core::mem::take(T::room(bench));
        let mut row = Row { base, target, in_place, held, room };
        let loss = source.with_rests::<f64, _>(true, |rests| self.bent(&mut row, rests, bench));
        *T::room(bench) = row.room;
        loss
    }

    fn bent<T: Bent>(
        &self,
        row: &mut Row<'_, T>,
        mut rests: Option<&mut [f64]>,
        bench: &mut Bench,
    ) -> Pair {
        let &mut Row { base, target, in_place, held, .. } = row;
        self.question.targets.ask(&self.source.rows, base);
        let mass = self.mass_of(row, rests.as_deref_mut(), bench);
        if !mass.is_ordinary() {
            return self.careful(base, target);
        }
        let (source, room) = (&self.source, &mut row.room);
        let mass = T::mended_bent(source, base, mass, &mut bench.guess, held, room);
        let mut level = self.logarithm(mass, bench);
        // Only the z-loss asks for a logarithm that may be near 0
        let (t, z) = (self.question.temperature, self.z_weight(target));
        if z != 0.0 && level.0 - mass.max < f64::TRUSTED_GAP * t {
            level = self.split(base, mass.max, &mut bench.double);
        }
        let elements = Level { level, trusted: T::TRUSTED, in_place, room, held };
        let Blend { loss, all } = match self.blend(base, target, elements, bench) {
            Some(blend) => blend,
            None => match self.measure(base, bench) {
                Some((_, level)) => self.by_gaps(base, target, level, bench),
                None => return self.careful(base, target),
            },
        };
        let found = Found { mass, level, all, z: 2.0 * z * level.0 / t };
        self.write_bent(row, &found, rests.as_deref(), bench);
        loss
    }

    /// The mass of a row in float64.
    fn mass_of<T: Bent>(
        &self,
        row: &mut Row<'_, T>,
        mut rests: Option<&mut [f64]>,
        bench: &mut Bench,
    ) -> Mass {
        let (source, length) = (&self.source, self.source.rows.length);
        let rests = rests.as_mut().map_or(core::ptr::null_mut(), |rests| rests.as_mut_ptr());
        let mut total = Mass::EMPTY;
        for start in (0..length).step_by(f64::CHUNK) {
            let count = f64::CHUNK.min(length - start);
            let x = source.piece::<T>(row.base, start, count, row.in_place, &mut row.room);
            // SAFETY: where remainders are kept a row is a single chunk, and whole vectors can be written.
            let mass = source.guessed::<f64>(&mut bench.guess, |guess| unsafe {
                T::fold_bent(source.table, x, guess, rests)
            });
            total = if start == 0 { mass } else { total.merge(mass, source.temperature) };
        }
        total
    }

    fn write_bent<T: Bent>(
        &self,
        row: &mut Row<'_, T>,
        found: &Found,
        rests: Option<&[f64]>,
        bench: &mut Bench,
    ) {
        let Some(out) = self.gradient else { return };
        let (source, length) = (&self.source, self.source.rows.length);
        let (table, t) = (source.table, source.temperature);
        let &mut Row { base, target, in_place, held, .. } = row;
        let factor = multiply(self.scale, plus(found.all, (found.z, 0.0)));
        if !GENTLE.contains(&factor.0) || !GENTLE.contains(&self.scale.0) {
            return self.by_shares(base, target, found.all, bench);
        }
        // SAFETY: no pointers.
        let inverse = unsafe { table.inverse(&found.mass, factor, t) };
        let own = self.own::<T>(row, |x, given| {
            let mut slope = [x];
            let (place, by) = (slope.as_mut_ptr(), Bend { inverse, given });
            // SAFETY: one element on both sides, no remainders.
            unsafe { T::bend(table, place, core::ptr::null(), place, 1, &by) };
            slope[0].into()
        });
        let peak = self.peak(row, found, bench);
        let sink = Sink { out, rows: &source.rows };
        let into = sink.in_place::<T>();
        let mut results = Vec::new();
        for start in (0..length).step_by(f64::CHUNK) {
            let count = f64::CHUNK.min(length - start);
            let x = match held {
                true => &row.room[start..start + count],
                false => source.piece::<T>(base, start, count, in_place, &mut row.room),
            };
            let place = if into {
                sink.pointer::<T>(base, start)
            } else {
                results.resize(count, T::default());
                results.as_mut_ptr()
            };
            let rests = rests.map_or(core::ptr::null(), |rests| rests.as_ptr());
            let given = self.given(base, target, start, count, &mut bench.coefficients);
            // SAFETY: both hold `count` elements, which are the same or do not overlap; remainders are those of a row
            // of a single chunk, and followed by room for a vector.
            unsafe { T::bend(table, x.as_ptr(), rests, place, count, &Bend { inverse, given }) };
            if !into {
                sink.scatter(base, start, &results[..count]);
            }
        }
        for (k, slope) in [own, peak].into_iter().flatten() {
            self.put::<T>(base, k, slope);
        }
    }
}
