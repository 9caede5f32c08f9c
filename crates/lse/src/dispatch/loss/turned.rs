//! Rows that lie across memory, turned: a block of neighbours is copied into rows of its own, and its gradient back.
//!
//! A cache line then serves sixteen rows instead of one. The numbers and their order in a row stay the same, and so
//! do the bits.

use super::Work;
use crate::dispatch::Compute;
use crate::intake::{Kind, OUT, Offsets, X};
use std::ops::Range;

/// Neighbouring rows, one after the other.
pub(super) struct Turned<T> {
    length: usize,
    x: Vec<T>,
    /// The gradient under way.
    out: Vec<T>,
    /// The rows whose gradient is here, with their places.
    rows: Vec<(usize, Offsets)>,
}

impl<T: Compute> Turned<T> {
    /// One row.
    pub fn x(&self, row: usize) -> &[T] {
        &self.x[row * self.length..][..self.length]
    }

    /// One row, and room for its gradient, which will be copied back.
    pub fn both(&mut self, row: usize, base: &Offsets) -> (&[T], &mut [T]) {
        self.rows.push((row, *base));
        let range = row * self.length..(row + 1) * self.length;
        (&self.x[range.clone()], &mut self.out[range])
    }
}

impl Work<'_, '_> {
    /// The rows of a block, where they lie across memory.
    pub(super) fn turned<T: Compute>(&self, block: &Range<usize>) -> Option<Turned<T>> {
        let (source, length) = (&self.source, self.source.rows.length);
        let size = size_of::<T>() as isize;
        let (inner, run) = (source.rows.kept.last()?, source.rows.run()?);
        let plain = |kind: Kind, swapped: bool| kind == T::KIND && !swapped;
        let across = |operand: usize| inner.strides[operand] == size && run.strides[operand] > size;
        let fits = plain(source.x.kind, source.x.swapped)
            && across(X)
            && self.gradient.is_none_or(|out| plain(out.kind, out.swapped) && across(OUT));
        if !fits || block.len() < 4 {
            return None;
        }
        let bases: Vec<Offsets> = block.clone().map(|row| source.rows.offsets(row)).collect();
        let mut x = vec![T::default(); block.len() * length];
        for j in 0..length {
            for (i, base) in bases.iter().enumerate() {
                let offset = base[X] + j as isize * run.strides[X];
                // SAFETY: the offset addresses an element of the view; no alignment is asked for.
                x[i * length + j] =
                    unsafe { source.x.data.offset(offset).cast::<T>().read_unaligned() };
            }
        }
        let out = vec![T::default(); if self.gradient.is_some() { x.len() } else { 0 }];
        Some(Turned { length, x, out, rows: Vec::new() })
    }

    /// Copy the gradients of a block to their places.
    pub(super) fn turn_back<T: Compute>(&self, turned: &Turned<T>) {
        let (Some(out), Some(run)) = (self.gradient, self.source.rows.run()) else { return };
        for j in 0..turned.length {
            for (row, base) in &turned.rows {
                let offset = base[OUT] + j as isize * run.strides[OUT];
                // SAFETY: the offset addresses an element of the view; no alignment is asked for.
                unsafe {
                    let place = out.data.offset(offset).cast::<T>();
                    place.write_unaligned(turned.out[row * turned.length + j]);
                }
            }
        }
    }
}
