//! cells: rows of narrow numbers, folded from where they lie instead of through scratch.

use super::Compute;
use super::rows::Source;
use crate::elementary::exp::Reference;
use crate::intake::{Kind, Offsets, X};
use crate::kernels::Care;
use crate::state::Mass;
use core::ops::Range;
use core::slice::from_raw_parts;

impl Source<'_> {
    /// Whether there is a kernel that folds rows in float32 from where they lie, though they are not that.
    pub fn in_cells<T: Compute>(&self) -> bool {
        let kernel = match self.x.kind {
            Kind::Float16 | Kind::BFloat16 => !self.x.swapped,
            Kind::Float32 => self.x.swapped,
            _ => false,
        };
        let size = self.x.kind.size() as isize;
        kernel
            && T::KIND == Kind::Float32
            && self.mask.is_none()
            && self.rows.run().is_some_and(|axis| axis.size == 1 || axis.strides[X] == size)
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
}
