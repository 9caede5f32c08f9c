//! numbers: probabilities as they lie, in the type that they have, wherever a kernel can read them so.

use super::TARGETS;
use super::coefficients::{Coefficients, times};
use super::targets::{Target, Targets};
use super::work::Work;
use crate::dispatch::Compute;
use crate::intake::{Offsets, Rows, View};
use crate::kernels::{Given, Numbers};
use crate::lanes::prefetch;
use crate::state::multiply;

/// Bytes that are asked for ahead, and those of a cache line.
const AHEAD: usize = 8 << 10;
const LINE: usize = 64;

impl Targets<'_> {
    /// Probabilities from `start` on, as they lie where that is possible, else gathered into `single` or `double`.
    pub(super) fn numbers<'s>(
        &'s self,
        rows: &Rows,
        base: &Offsets,
        start: usize,
        count: usize,
        (single, double): (&'s mut Vec<f32>, &'s mut Vec<f64>),
    ) -> Numbers<'s> {
        match self {
            Targets::Probabilities(view) if view.kind.fits_float32() => {
                Numbers::Single(self.piece(rows, base, start, count, single))
            }
            _ => Numbers::Double(self.piece(rows, base, start, count, double)),
        }
    }

    /// Ask for the probabilities of a row ahead of their use: they lie far from its elements, whose fold takes as long
    /// as they need to come.
    pub(super) fn ask(&self, rows: &Rows, base: &Offsets) {
        let (Targets::Probabilities(view), Some(run)) = (self, rows.run()) else { return };
        let size = view.kind.size();
        if run.strides[TARGETS] != size as isize {
            return;
        }
        for place in (0..AHEAD.min(rows.length * size)).step_by(LINE) {
            prefetch(view.data.wrapping_offset(base[TARGETS]).wrapping_add(place));
        }
    }

    fn piece<'s, T: Compute>(
        &'s self,
        rows: &Rows,
        base: &Offsets,
        start: usize,
        count: usize,
        room: &'s mut Vec<T>,
    ) -> &'s [T] {
        if let Targets::Probabilities(view) = self
            && in_place::<T>(view, rows)
        {
            // SAFETY: the probabilities of a row are `T`, side by side.
            return unsafe {
                let row = view.data.offset(base[TARGETS]).cast::<T>();
                core::slice::from_raw_parts(row.add(start), count)
            };
        }
        if room.len() < count {
            room.resize(count, T::default());
        }
        self.fill(rows, base, start, &mut room[..count]);
        &room[..count]
    }
}

/// Whether the probabilities of rows can be read where they lie.
fn in_place<T: Compute>(view: &View<'_>, rows: &Rows) -> bool {
    let (size, align) = (size_of::<T>() as isize, align_of::<T>());
    view.kind == T::KIND
        && !view.swapped
        && rows.run().is_some_and(|axis| axis.size == 1 || axis.strides[TARGETS] == size)
        && (view.data as usize).is_multiple_of(align)
        && rows.kept.iter().all(|axis| axis.strides[TARGETS] % align as isize == 0)
}

impl Work<'_, '_> {
    /// w q of a piece of a row that has probabilities.
    pub(super) fn first<'s>(
        &'s self,
        base: &Offsets,
        start: usize,
        count: usize,
        room: &'s mut Coefficients,
    ) -> Numbers<'s> {
        let (targets, rows) = (&self.question.targets, &self.source.rows);
        let Coefficients { first, single, .. } = room;
        let Some(weight) = self.question.weight else {
            return targets.numbers(rows, base, start, count, (single, first));
        };
        first.resize(count, 0.0);
        targets.fill(rows, base, start, first);
        first.iter_mut().zip(&weight[start..]).for_each(|(q, w)| *q = times(*w, *q));
        Numbers::Double(first)
    }

    /// f a of a piece of a row but for its class, f being the factor of the gradient.
    pub(super) fn given<'s>(
        &'s self,
        base: &Offsets,
        target: Target,
        start: usize,
        count: usize,
        room: &'s mut Coefficients,
    ) -> Given<'s> {
        let factor = self.scale.0;
        let given = multiply(self.scale, self.given).0;
        match (target, self.question.weight) {
            (Target::Class(_), None) => Given::Alike(given),
            (Target::Class(_), Some(weight)) => {
                let numbers = Numbers::Double(&weight[start..start + count]);
                Given::Each { factor: given, term: 0.0, numbers }
            }
            (_, None) => {
                let factor = multiply(self.scale, self.kept).0;
                let numbers = self.first(base, start, count, room);
                Given::Each { factor, term: given, numbers }
            }
            (_, Some(_)) => {
                self.coefficients(base, target, start, count, room);
                Given::Each { factor, term: 0.0, numbers: Numbers::Double(&room.all[..count]) }
            }
        }
    }
}
