//! pairs: rows of elements together with their weights, summed in plain arithmetic.

mod strips;

use super::Compute;
use super::bands::BAND;
use super::rows::Source;
use super::sums::{EMPTY, QuickSum};
use super::tiles::{Bench, with_bench};
use crate::elementary::exp::Reference;
use crate::intake::{MASK, Places, View, WEIGHTS, X};
use crate::kernels::table::{Guess, Table};
use crate::kernels::{Quick, SHORT};

/// Elements of a row that are summed at a time.
pub(super) const BLOCK: usize = 1024;

/// How blocks are summed, and what is known of the sums.
pub(super) struct Way<T> {
    fold: fn(&Table, &[T], &[T], &Guess) -> Quick,
    pub finish: fn(Quick) -> QuickSum,
}

/// Elements and their weights, cut into the same rows.
pub(super) struct Pair<'a> {
    pub x: Source<'a>,
    pub weights: Source<'a>,
}

impl<'a> Pair<'a> {
    pub fn new(x: Source<'a>, weights: &View<'a>) -> Pair<'a> {
        let mut rows = x.rows.clone();
        for axis in rows.kept.iter_mut().chain(&mut rows.reduced) {
            (axis.strides[X], axis.strides[MASK]) = (axis.strides[WEIGHTS], 0);
        }
        let (temperature, table, narrow) = (x.temperature, x.table, x.narrow);
        let weights = Source { x: *weights, mask: None, rows, temperature, table, narrow };
        Pair { x, weights }
    }

    /// The sums of rows `first ..`, as many as there are places.
    pub fn quick<T: Compute>(&self, first: usize, places: &Places<'_>, sums: &mut [QuickSum]) {
        match self.x.rows.length {
            0 => sums.fill(QuickSum::default()),
            1..=SHORT => self.short(first, places, sums),
            _ => self.long(first, places, sums, &Way { fold: T::quick, finish: QuickSum::of::<T> }),
        }
    }

    /// The same to 64 bits; nan where an element has to be centred or divided.
    pub fn careful(&self, first: usize, places: &Places<'_>, sums: &mut [QuickSum]) {
        // SAFETY: no pointers.
        let fold = |table: &Table, x: &[f64], b: &[f64], guess: &Guess| unsafe {
            let quick = table.careful(x, b, guess);
            if guess.is_plain() { quick } else { Quick { high: f64::NAN, ..quick } }
        };
        self.long(first, places, sums, &Way { fold, finish: QuickSum::careful });
    }

    fn long<T: Compute>(
        &self,
        first: usize,
        places: &Places<'_>,
        sums: &mut [QuickSum],
        way: &Way<T>,
    ) {
        let (mut guess, mut scratch) = (Reference::ZERO, Default::default());
        let across = self.x.is_across();
        for (band, sums) in sums.chunks_mut(BAND).enumerate() {
            let from = band * BAND;
            let places = places.part(from, from + sums.len());
            if across && sums.len() > 1 && places.steps().is_some() {
                self.band::<T>(first + from, &places, sums, &mut scratch, way);
                continue;
            }
            for (row, sum) in sums.iter_mut().enumerate() {
                let found = self.row::<T>(first + from + row, &mut guess, &mut scratch, way);
                *sum = (way.finish)(found);
            }
        }
    }

    /// Short rows, eight at a time, one a lane.
    fn short(&self, first: usize, places: &Places<'_>, sums: &mut [QuickSum]) {
        let (length, temperature) = (self.x.rows.length, self.x.temperature);
        let (x_layout, weights_layout) = (self.x.layout(), self.weights.layout());
        let mut list = [Default::default(); 8];
        with_bench(|Bench { tiles, .. }| {
            for (tile, sums) in sums.chunks_mut(8).enumerate() {
                let (at, count) = (8 * tile, sums.len());
                self.x.turn(&places.part(at, at + count), x_layout, &mut tiles.double);
                let rows = &self.weights.rows;
                let places = Places::of(rows, first + at, count, &mut list);
                self.weights.turn(&places, weights_layout, &mut tiles.again);
                let (x, weights) = (&tiles.double, &tiles.again);
                // SAFETY: no pointers.
                let found = unsafe { self.x.table.quick_tile(x, weights, length, temperature) };
                for (sum, quick) in sums.iter_mut().zip(found) {
                    *sum = QuickSum::short(quick);
                }
            }
        });
    }

    /// One row, again if its maximum asks for another reference than the guessed one.
    pub fn row<T: Compute>(
        &self,
        row: usize,
        guess: &mut Reference,
        scratch: &mut [Vec<T>; 2],
        way: &Way<T>,
    ) -> Quick {
        let bases = [self.x.rows.offsets(row), self.weights.rows.offsets(row)];
        let in_place = [self.x.in_place::<T>(), self.weights.in_place::<T>()];
        let [x_scratch, b_scratch] = scratch;
        loop {
            let mut total = Quick { reference: *guess, ..EMPTY };
            let length = self.x.rows.length;
            for start in (0..length).step_by(BLOCK) {
                let count = BLOCK.min(length - start);
                let x = self.x.piece(&bases[0], start, count, in_place[0], x_scratch);
                let b = self.weights.piece(&bases[1], start, count, in_place[1], b_scratch);
                total = self.block(total, x, b, way);
            }
            let wanted = Reference::of::<T>(total.max, self.x.temperature);
            if wanted == *guess {
                return total;
            }
            *guess = wanted;
        }
    }

    /// Add a block of a row.
    pub fn block<T: Compute>(&self, total: Quick, x: &[T], b: &[T], way: &Way<T>) -> Quick {
        let guess = Guess { reference: total.reference, temperature: self.x.temperature };
        let part = (way.fold)(self.x.table, x, b, &guess);
        total.and(&part)
    }
}
