//! Rows that lie across memory: strips of neighbouring rows, folded together.

use super::Compute;
use super::fed::FED;
use super::parallel::{each_row, map_chunks};
use super::rows::Source;
use crate::elementary::exp::Reference;
use crate::intake::{Kind, Offsets, Places, Rows, X};
use crate::kernels::{Care, Columns, STRIP, Strip};
use crate::state::Mass;
use std::ops::Range;

/// Strips narrower than this are not worth a vector of columns.
const NARROW: usize = 8;

/// Strips of this width are as fast as any.
const WIDE: usize = 128;

/// Strips of rows whose neighbours lie next to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strips {
    /// Neighbouring rows.
    inner: usize,
    /// Strips in `inner`.
    blocks: usize,
    /// Strips in all.
    pub count: usize,
}

impl Strips {
    /// Whether an array with these strides lies across memory for elements of `T`.
    pub fn of<T: Compute>(
        rows: &Rows,
        operand: usize,
        kind: Kind,
        data: *const u8,
    ) -> Option<Strips> {
        let size = size_of::<T>() as isize;
        let inner = rows.kept.last()?;
        let run = rows.run()?;
        let whole = rows.kept.iter().all(|axis| axis.strides[operand] % size == 0)
            && run.strides[operand] % size == 0
            && (data as usize).is_multiple_of(align_of::<T>());
        if kind != T::KIND || !whole || inner.strides[operand] != size || inner.size < NARROW {
            return None;
        }
        Some(Strips::cut(rows, inner.size, STRIP))
    }

    /// Strips that are fed.
    pub fn fed(rows: &Rows) -> Option<Strips> {
        let inner = rows.kept.last()?.size;
        (inner >= NARROW).then(|| Strips::cut(rows, inner, FED))
    }

    /// As few strips as there may be, but one a thread where they stay wide enough.
    fn cut(rows: &Rows, inner: usize, widest: usize) -> Strips {
        let runs = rows.count / inner;
        let shared = crate::threads::get().div_ceil(runs.max(1)).min(inner / WIDE);
        let blocks = inner.div_ceil(widest).max(shared);
        Strips { inner, blocks, count: runs * blocks }
    }

    /// Work on every strip: strips on all threads, or one after the other (`alone`), each with all threads, where they
    /// are few.
    pub fn each(&self, rows: &Rows, work: impl Fn(&Places<'_>, bool) + Sync) {
        self.each_run(rows, |first, width, alone| {
            work(&Places::of(rows, first, width, &mut []), alone);
        });
    }

    /// The same, each strip as its first row and its width.
    pub fn each_run(&self, rows: &Rows, work: impl Fn(usize, usize, bool) + Sync) {
        let alone = self.count < crate::threads::get();
        let range = |range: Range<usize>| {
            for index in range {
                let (first, width) = self.strip(index);
                work(first, width, alone);
            }
        };
        if alone {
            range(0..self.count);
        } else {
            let width = rows.count.div_ceil(self.count.max(1));
            each_row(self.count, rows.length * width, 1, range);
        }
    }

    /// The first row of a strip, and its width.
    pub fn strip(&self, index: usize) -> (usize, usize) {
        // Strips of one run have the same width, or one less vector.
        let width = self.inner.div_ceil(self.blocks).next_multiple_of(16).min(STRIP);
        let (outer, block) = (index / self.blocks, index % self.blocks);
        let first = (block * width).min(self.inner);
        (outer * self.inner + first, width.min(self.inner - first))
    }
}

impl Source<'_> {
    /// The strips of `x`, where it lies across memory.
    pub fn strips<T: Compute>(&self) -> Option<Strips> {
        self.plain_strips::<T>().or_else(|| self.fed_strips())
    }

    /// The strips of `x`, where it lies across memory and can be read in place.
    pub fn plain_strips<T: Compute>(&self) -> Option<Strips> {
        if self.x.swapped || self.mask.is_some() {
            return None;
        }
        Strips::of::<T>(&self.rows, X, self.x.kind, self.x.data)
    }

    /// Elements `start .. start + length` of the strip whose first row is at `base`.
    pub fn strip<T: Compute>(
        &self,
        data: *const u8,
        operand: usize,
        base: &Offsets,
        width: usize,
        start: usize,
        length: usize,
    ) -> Strip<'static, T> {
        let stride =
            self.rows.run().map_or(0, |axis| axis.strides[operand]) / size_of::<T>() as isize;
        // SAFETY: the offsets address an element of the array.
        let first =
            unsafe { data.offset(base[operand]).cast::<T>().offset(start as isize * stride) };
        Strip { start: first.cast_mut(), stride, length, width, feed: None }
    }

    /// Fold the rows of a strip; chunks of long ones on all threads.
    pub fn fold_strip<T: Compute>(
        &self,
        base: &Offsets,
        width: usize,
        alone: bool,
        care: Care,
    ) -> Vec<Mass> {
        let (length, plain) = (self.rows.length, self.plain_strips::<T>().is_some());
        let chunk = |start: usize, end: usize| {
            let mut columns = Columns::new(self.temperature);
            columns.care = care;
            if plain {
                let strip = self.strip::<T>(self.x.data, X, base, width, start, end - start);
                self.fold_columns(&strip, &mut columns);
            } else {
                self.fold_fed::<T>(base, width, start, end - start, |strip| {
                    self.fold_columns(strip, &mut columns);
                });
            }
            (0..width).map(|c| columns.mass(c)).collect::<Vec<Mass>>()
        };
        let parts = if alone {
            map_chunks(length, T::CHUNK, |range| chunk(range.start, range.end))
        } else {
            let starts = (0..length).step_by(T::CHUNK);
            starts.map(|start| chunk(start, length.min(start + T::CHUNK))).collect()
        };
        let mut parts = parts.into_iter();
        let mut masses = parts.next().unwrap_or_default();
        for part in parts {
            for (mass, other) in masses.iter_mut().zip(part) {
                *mass = mass.merge(other, self.temperature);
            }
        }
        masses
    }

    /// Fold a strip of at most a chunk, again if a maximum asks for another reference.
    fn fold_columns<T: Compute>(&self, strip: &Strip<T>, columns: &mut Columns) {
        loop {
            // SAFETY: the strip lies within the view.
            unsafe { T::fold_columns(self.table, strip, columns) };
            let mut settled = true;
            for c in 0..strip.width {
                let wanted = Reference::of::<T>(columns.max[c], self.temperature);
                settled &=
                    wanted.exponent == columns.exponent[c] && wanted.center == columns.center[c];
                (columns.exponent[c], columns.center[c]) = (wanted.exponent, wanted.center);
                columns.general |= wanted.center != 0.0;
            }
            if settled {
                return;
            }
        }
    }
}
