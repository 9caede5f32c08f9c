//! Rows that have a class and no smoothing: two reads of a row, and one number of it besides.
//!
//! ```text
//! loss       = w finish(fold(z), minus = z_y)
//! gradient_k = w p_k,  and at y minus w times the share of the others
//! ```
//!
//! The factor w / (divisor t) goes into the inverse of the mass, so that an element of the gradient is rounded once.

use super::pair::{Pair, plus};
use super::slope::Slope;
use super::targets::Target;
use super::waiting::{Room, Waiting};
use super::{Bench, Work};
use crate::dispatch::kept::Left;
use crate::dispatch::mend::Aim;
use crate::dispatch::{Compute, Sink, Source, map_chunks};
use crate::elementary::exp::Reference;
use crate::intake::{Offsets, X};
use crate::kernels::{BATCH, Batch, Care};
use crate::lanes::settle;
use crate::state::Mass;
use std::ops::Range;

/// How the rows of a question lie, and what a row leaves to the next.
struct Hand<T> {
    in_place: bool,
    /// No element of a row is seen again after its fold but by kernels that read cells.
    cells: bool,
    guess: Reference,
    scratch: Vec<T>,
}

impl<T: Compute> Hand<T> {
    /// Whether a row that has been folded is still in `scratch`.
    fn gathered(&self, length: usize) -> bool {
        !self.in_place && !self.cells && length <= T::CHUNK
    }
}

impl Work<'_, '_> {
    pub(super) fn plain<T: Compute>(&self, block: Range<usize>, bench: &mut Bench) -> Pair {
        let source = &self.source;
        let mut hand = Hand {
            in_place: source.in_place::<T>(),
            cells: self.in_cells::<T>(),
            guess: Reference::ZERO,
            scratch: Vec::new(),
        };
        let kept = self.gradient.is_some() && !bench.wide && !hand.cells;
        source.with_rests::<T, _>(kept, |mut rests| {
            let mut batch = Batch::new();
            let mut rows = [const { None::<Waiting> }; BATCH];
            let rows = &mut rows[..block.len()];
            for (i, index) in block.enumerate() {
                let base = source.rows.offsets(index);
                let Target::Class(class) = self.question.targets.at(&base) else {
                    self.file(&base, self.ignored(&base));
                    continue;
                };
                let [folded, mass] =
                    self.masses::<T>(&base, &mut hand, bench.wide, rests.as_deref_mut());
                let x = self.element::<T>(&base, class, hand.in_place);
                let mut row = Waiting::new(base, class, x, folded);
                if !mass.is_ordinary() {
                    row.loss = Some(self.careful(&base, Target::Class(class)));
                } else {
                    batch.set(i, mass);
                    if self.gradient.is_some() {
                        self.slope::<T>(&mut row, &mass, &mut hand, rests.as_deref(), bench);
                    }
                }
                rows[i] = Some(row);
            }
            self.settle::<T>(rows, &mut batch, &mut bench.double);
            let mut sum = (0.0, 0.0);
            for row in rows.iter().flatten() {
                let loss = row.loss.unwrap_or_default();
                if let Some(slope) = row.slope {
                    self.put::<T>(&row.base, row.class, slope);
                }
                self.file(&row.base, loss);
                sum = plus(sum, loss);
            }
            sum
        })
    }

    /// Write the gradient of a row while the row is in the cache, all but that at its target.
    fn slope<T: Compute>(
        &self,
        row: &mut Waiting,
        mass: &Mass,
        hand: &mut Hand<T>,
        rests: Option<&[T]>,
        bench: &mut Bench,
    ) {
        let length = self.source.rows.length;
        let gathered = hand.gathered(length) && !bench.wide;
        let (scratch, double) = (&mut hand.scratch, &mut bench.double);
        let mut room = Room::<T> { gathered, row: scratch, double };
        let Some(inverse) = self.inverse(row, mass, &mut room) else {
            row.loss = Some(self.smooth::<f64>(&row.base, Target::Class(row.class), bench));
            row.slope = None;
            return;
        };
        let slope = Slope { inverse: &inverse, class: row.class };
        if bench.wide {
            return drop(map_chunks(length, T::CHUNK, |range| {
                self.spread::<T>(&row.base, range, &slope, &mut Vec::new(), Left::NOTHING);
                settle();
            }));
        }
        let left = Left { gathered, rests };
        for start in (0..length).step_by(T::CHUNK) {
            let range = start..length.min(start + T::CHUNK);
            self.spread::<T>(&row.base, range, &slope, &mut hand.scratch, left);
        }
    }

    /// The mass of a row as it was folded, and mended.
    fn masses<T: Compute>(
        &self,
        base: &Offsets,
        hand: &mut Hand<T>,
        wide: bool,
        rests: Option<&mut [T]>,
    ) -> [Mass; 2] {
        let source: &Source<'_> = &self.source;
        if wide {
            let mass = source.fold_long::<T>(base, Care::Shares);
            return [mass, source.mended_long::<T>(base, mass, Aim::Shares)];
        }
        let gathered = hand.gathered(source.rows.length);
        let Hand { in_place, cells, guess, scratch } = hand;
        let mass = match rests {
            Some(rests) => source.fold_kept::<T>(base, *in_place, guess, rests, scratch),
            None if *cells => source.fold_once::<T>(base, *in_place, guess, Care::Shares, scratch),
            None => source.fold_row::<T>(base, *in_place, guess, Care::Shares, scratch),
        };
        [mass, source.mended::<T>(base, mass, Aim::Shares, guess, gathered, scratch)]
    }

    /// Whether no element of a row is seen again after its fold but by kernels that read cells.
    fn in_cells<T: Compute>(&self) -> bool {
        let sink = self.gradient.map(|out| Sink { out, rows: &self.source.rows });
        match sink {
            Some(sink) => self.source.cells_fit::<T>(&sink),
            None => self.source.cells::<T>().is_some(),
        }
    }

    /// One element of a row.
    pub(super) fn element<T: Compute>(&self, base: &Offsets, index: usize, in_place: bool) -> f64 {
        if in_place {
            // SAFETY: `in_place` was asked for this type; the view holds the row.
            return unsafe { *self.source.x.data.offset(base[X]).cast::<T>().add(index) }.into();
        }
        let mut x = [0.0];
        self.source.fill(base, index, &mut x);
        x[0]
    }
}
