//! cells: rows that kernels in float32 read from where they lie, and write to where they belong, though they are not
//! float32: narrow numbers, and float32 of the other byte order.

use super::Compute;
use super::rows::Source;
use super::scatter::Sink;
use crate::elementary::exp::Reference;
use crate::intake::{Kind, OUT, Offsets, X};
use crate::kernels::{Care, Flow, Inverse, Level};
use crate::state::Mass;
use core::ops::Range;
use core::slice::from_raw_parts;

/// Whether there are kernels for cells of this kind.
fn are_cells(kind: Kind, swapped: bool) -> bool {
    match kind {
        Kind::Float16 | Kind::BFloat16 => !swapped,
        Kind::Float32 => swapped,
        _ => false,
    }
}

impl Source<'_> {
    /// Whether the elements of a row lie side by side.
    fn beside(&self, operand: usize, kind: Kind) -> bool {
        let size = kind.size() as isize;
        self.rows.run().is_some_and(|axis| axis.size == 1 || axis.strides[operand] == size)
    }

    /// Whether there is a kernel that folds rows in float32 from where they lie, though they are not that.
    pub fn in_cells<T: Compute>(&self) -> bool {
        are_cells(self.x.kind, self.x.swapped)
            && T::KIND == Kind::Float32
            && self.mask.is_none()
            && self.beside(X, self.x.kind)
    }

    /// Whether results go, besides, to cells of the same kind.
    pub fn into_cells<T: Compute>(&self, sink: &Sink<'_, '_>) -> bool {
        let same = sink.out.kind == self.x.kind && sink.out.swapped == self.x.swapped;
        same && self.in_cells::<T>() && self.beside(OUT, self.x.kind)
    }

    /// Fold elements `start .. start + count` of a row that is `in_cells`.
    pub fn fold_cells(
        &self,
        base: &Offsets,
        range: Range<usize>,
        reference: &mut Reference,
        care: Care,
    ) -> Mass {
        let (table, kind, count) = (self.table, self.x.kind, range.len());
        // SAFETY: the view holds the row, whose elements lie side by side; cells need no alignment.
        unsafe {
            let start = self.x.data.offset(base[X]).add(range.start * kind.size());
            self.guessed::<f32>(reference, |guess| match kind {
                Kind::Float16 => table.fold_half(from_raw_parts(start.cast(), count), guess, care),
                Kind::BFloat16 => {
                    table.fold_brain(from_raw_parts(start.cast(), count), guess, care)
                }
                _ => table.fold_swapped(from_raw_parts(start.cast(), count), guess, care),
            })
        }
    }

    /// Shares of elements of a row that goes `into_cells`.
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

    /// Logarithms of shares of elements of a row that goes `into_cells`.
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

    /// Where an element of a row that goes `into_cells` is read, and where its result goes.
    fn ends(&self, sink: &Sink<'_, '_>, base: &Offsets, start: usize) -> (*const u8, *mut u8) {
        let first = start * self.x.kind.size();
        // SAFETY: the views hold the row.
        unsafe {
            (self.x.data.offset(base[X]).add(first), sink.out.data.offset(base[OUT]).add(first))
        }
    }
}
