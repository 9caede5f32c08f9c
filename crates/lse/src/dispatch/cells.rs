//! cells: rows that kernels read from where they lie, though they are not the compute type side by side: narrow
//! numbers, float32 of the other byte order, and every second number. All but the last are written like that, too.

use super::Compute;
use super::rows::Source;
use super::scatter::Sink;
use crate::elementary::exp::Reference;
use crate::intake::{Axis, Kind, OUT, Offsets, X};
use crate::kernels::{Care, Flow, Inverse, Level};
use crate::state::Mass;
use core::ops::Range;
use core::slice::from_raw_parts;

/// What numbers are where they lie.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Cells {
    Half,
    Brain,
    Swapped,
    /// Every second float32 or float64.
    Seconds,
}

impl Source<'_> {
    /// The cells that rows of `T` can be folded from.
    pub fn cells<T: Compute>(&self) -> Option<Cells> {
        let (kind, swapped) = (self.x.kind, self.x.swapped);
        let axis = self.rows.run().filter(|_| self.mask.is_none())?;
        let (size, stride) = (kind.size() as isize, axis.strides[X]);
        if kind == T::KIND && !swapped && stride == 2 * size {
            return Some(Cells::Seconds);
        }
        if T::KIND != Kind::Float32 || stride != size && axis.size != 1 {
            return None;
        }
        match (kind, swapped) {
            (Kind::Float16, false) => Some(Cells::Half),
            (Kind::BFloat16, false) => Some(Cells::Brain),
            (Kind::Float32, true) => Some(Cells::Swapped),
            _ => None,
        }
    }

    /// Whether rows of cells are spread into cells of the same kind.
    pub fn cells_fit<T: Compute>(&self, sink: &Sink<'_, '_>) -> bool {
        let (kind, size) = (self.x.kind, self.x.kind.size() as isize);
        let beside = |axis: Axis| axis.size == 1 || axis.strides[OUT] == size;
        sink.out.kind == kind
            && sink.out.swapped == self.x.swapped
            && self.cells::<T>().is_some_and(|cells| cells != Cells::Seconds)
            && self.rows.run().is_some_and(beside)
    }

    /// Fold elements `start .. start + count` of a row of cells.
    pub fn fold_cells<T: Compute>(
        &self,
        cells: Cells,
        base: &Offsets,
        range: Range<usize>,
        reference: &mut Reference,
        care: Care,
    ) -> Mass {
        let (table, size, count) = (self.table, self.x.kind.size(), range.len());
        let step = if cells == Cells::Seconds { 2 * size } else { size };
        // SAFETY: the view holds the row; cells need no alignment.
        unsafe {
            let start = self.x.data.offset(base[X]).add(range.start * step);
            self.guessed::<T>(reference, |guess| match cells {
                Cells::Half => table.fold_half(from_raw_parts(start.cast(), count), guess, care),
                Cells::Brain => table.fold_brain(from_raw_parts(start.cast(), count), guess, care),
                Cells::Swapped => {
                    table.fold_swapped(from_raw_parts(start.cast(), count), guess, care)
                }
                Cells::Seconds => T::seconds(table, start.cast(), count, guess, care),
            })
        }
    }

    /// Shares of elements of a row whose `cells_fit`.
    pub fn share_cells(
        &self,
        sink: &Sink<'_, '_>,
        base: &Offsets,
        range: Range<usize>,
        inverse: &Inverse,
        flow: Flow,
    ) {
        let (table, kind, n) = (self.table, self.x.kind, range.len());
        let (x, out) = self.ends(sink, base, range.start);
        // SAFETY: both views hold the row, whose elements lie side by side; they are the same place or do not
        // overlap, and cells need no alignment.
        unsafe {
            match kind {
                Kind::Float16 => table.share_half(x.cast(), out.cast(), n, inverse, flow),
                Kind::BFloat16 => table.share_brain(x.cast(), out.cast(), n, inverse, flow),
                _ => table.share_swapped(x.cast(), out.cast(), n, inverse, flow),
            }
        }
    }

    /// Logarithms of shares of elements of a row whose `cells_fit`.
    pub fn log_cells(
        &self,
        sink: &Sink<'_, '_>,
        base: &Offsets,
        range: Range<usize>,
        level: &Level,
        flow: Flow,
    ) {
        let (table, kind, n) = (self.table, self.x.kind, range.len());
        let (x, out) = self.ends(sink, base, range.start);
        // SAFETY: as above.
        unsafe {
            match kind {
                Kind::Float16 => table.log_half(x.cast(), out.cast(), n, level, flow),
                Kind::BFloat16 => table.log_brain(x.cast(), out.cast(), n, level, flow),
                _ => table.log_swapped(x.cast(), out.cast(), n, level, flow),
            }
        }
    }

    /// Where an element of a row whose `cells_fit` is read, and where its result goes.
    fn ends(&self, sink: &Sink<'_, '_>, base: &Offsets, start: usize) -> (*const u8, *mut u8) {
        let first = start * self.x.kind.size();
        // SAFETY: the views hold the row.
        unsafe {
            (self.x.data.offset(base[X]).add(first), sink.out.data.offset(base[OUT]).add(first))
        }
    }
}
