//! pairs: rows of elements together with their weights, summed in plain arithmetic.

use super::Compute;
use super::fed::with_room;
use super::rows::Source;
use super::tiles::{Bench, with_bench};
use crate::elementary::exp::Reference;
use crate::intake::{Kind, MASK, Offsets, Places, View, WEIGHTS, X};
use crate::kernels::table::Guess;
use crate::kernels::{Quick, SHORT};
use crate::state::{Mass, add};
use std::ops::Range;

/// Elements of a row that are summed at a time.
const BLOCK: usize = 512;
/// Rows across memory that are turned together.
const BAND: usize = 64;
/// From row to row of a band: no power of two, which would put all rows into the same lines of the cache.
const ROOM: usize = BLOCK + 16;
/// Elements of each that are turned at a time.
const TURN: usize = 32;

/// A row's weighted sum, and how much it errs.
#[derive(Clone, Copy)]
pub(super) struct QuickSum {
    quick: Quick,
    /// The error of the sum, relative to the sum of the magnitudes.
    error: f64,
    /// Below this, times the largest weight, an element may have vanished.
    floor: f64,
}

impl Default for QuickSum {
    fn default() -> QuickSum {
        QuickSum { quick: EMPTY, error: 0.0, floor: 0.0 }
    }
}

const EMPTY: Quick = Quick {
    max: f64::NEG_INFINITY,
    reference: Reference::ZERO,
    high: 0.0,
    low: 0.0,
    negative: 0.0,
    biggest: 0.0,
};

impl QuickSum {
    fn of<T: Compute>(quick: Quick) -> QuickSum {
        // exp errs by less than 0.3 units, eight remainders of a twentieth in a row by less than 0.25.
        // An element vanishes below 2^-126 (2^-1022) of the reference: 2^-27 (2^-60) of that does not matter.
        let (error, floor) = if T::KIND == f64::KIND {
            (0.6 * f64::EPSILON / 2.0, 2f64.powi(-962))
        } else {
            (0.6 * f64::from(f32::EPSILON) / 2.0, 2f64.powi(-99))
        };
        QuickSum { quick, error, floor }
    }

    /// A short row: each remainder is added exactly.
    fn short(quick: Quick) -> QuickSum {
        QuickSum { error: 0.4 * f64::EPSILON / 2.0, ..QuickSum::of::<f64>(quick) }
    }

    /// 1 or -1.
    pub fn sign(&self) -> f64 {
        self.quick.high.signum()
    }

    /// The magnitude of the sum.
    pub fn mass(&self) -> Mass {
        let Quick { max, reference, high, low, .. } = self.quick;
        Mass { max, reference, high: high.abs(), low: low * self.sign() }
    }

    /// Whether the sum is known well enough for this logarithm of it.
    ///
    /// The sum errs by a part of the sum of the magnitudes, its logarithm by that over |sum|. Together with the
    /// rounding of the result it must stay within an ulp.
    pub fn is_known(&self, length: usize, answer: f64, t: f64, kind: Kind) -> bool {
        let Quick { high, negative, biggest, .. } = self.quick;
        let (size, finite) = (high.abs(), biggest < f64::INFINITY && answer.is_finite());
        let magnitude = size + 2.0 * negative;
        let unit = if kind == Kind::Float64 { f64::EPSILON } else { f64::from(f32::EPSILON) };
        // The power of two below |answer|, times the unit: its ulp.
        let ulp = f64::from_bits(answer.to_bits() & (0x7FF << 52)) * unit;
        finite
            && size < f64::INFINITY
            && size > length as f64 * biggest.max(1.0) * self.floor
            && self.error * magnitude * t <= 0.45 * ulp * size
    }
}

/// Elements and their weights, cut into the same rows.
pub(super) struct Pair<'a> {
    pub x: Source<'a>,
    weights: Source<'a>,
}

impl<'a> Pair<'a> {
    pub fn new(x: Source<'a>, weights: &View<'a>) -> Pair<'a> {
        let mut rows = x.rows.clone();
        for axis in rows.kept.iter_mut().chain(&mut rows.reduced) {
            (axis.strides[X], axis.strides[MASK]) = (axis.strides[WEIGHTS], 0);
        }
        let (temperature, table) = (x.temperature, x.table);
        let weights = Source { x: *weights, mask: None, rows, temperature, table };
        Pair { x, weights }
    }

    /// The sums of rows `first ..`, as many as there are places.
    pub fn quick<T: Compute>(&self, first: usize, places: &Places<'_>, sums: &mut [QuickSum]) {
        match self.x.rows.length {
            0 => return sums.fill(QuickSum::default()),
            1..=SHORT => return self.short(first, places, sums),
            _ => {}
        }
        let (mut guess, mut scratch) = (Reference::ZERO, Default::default());
        let across = self.x.is_across();
        for (band, sums) in sums.chunks_mut(BAND).enumerate() {
            let from = band * BAND;
            let places = places.part(from, from + sums.len());
            if across && sums.len() > 1 && places.steps().is_some() {
                self.band::<T>(first + from, &places, sums, &mut scratch);
                continue;
            }
            for (row, sum) in sums.iter_mut().enumerate() {
                *sum =
                    QuickSum::of::<T>(self.row::<T>(first + from + row, &mut guess, &mut scratch));
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
    fn row<T: Compute>(
        &self,
        row: usize,
        guess: &mut Reference,
        scratch: &mut [Vec<T>; 2],
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
                total = self.block(total, x, b);
            }
            let wanted = Reference::of::<T>(total.max, self.x.temperature);
            if wanted == *guess {
                return total;
            }
            *guess = wanted;
        }
    }

    /// Add a block of a row.
    fn block<T: Compute>(&self, total: Quick, x: &[T], b: &[T]) -> Quick {
        let guess = Guess { reference: total.reference, temperature: self.x.temperature };
        let part = T::quick(self.x.table, x, b, &guess);
        let (high, low) = add((total.high, total.low), (part.high, part.low));
        Quick {
            max: if part.max > total.max { part.max } else { total.max },
            high,
            low,
            negative: total.negative + part.negative,
            biggest: if part.biggest > total.biggest { part.biggest } else { total.biggest },
            ..total
        }
    }

    /// Rows that lie across memory, turned a block at a time.
    fn band<T: Compute>(
        &self,
        first: usize,
        places: &Places<'_>,
        sums: &mut [QuickSum],
        scratch: &mut [Vec<T>; 2],
    ) {
        let (length, width) = (self.x.rows.length, sums.len());
        let bases = [places.get(0), self.weights.rows.offsets(first)];
        let mut totals = [EMPTY; BAND];
        let band = BAND * ROOM;
        with_room::<T, ()>(2 * band + BAND * TURN, |room| {
            let (x, rest) = room.split_at_mut(band);
            let (b, tile) = rest.split_at_mut(band);
            for start in (0..length).step_by(BLOCK) {
                let count = BLOCK.min(length - start);
                self.x.turn_block(&bases[0], width, start..start + count, tile, x);
                self.weights.turn_block(&bases[1], width, start..start + count, tile, b);
                for (row, total) in totals[..width].iter_mut().enumerate() {
                    let part = row * ROOM..row * ROOM + count;
                    *total = self.block(*total, &x[part.clone()], &b[part]);
                }
            }
        });
        for (row, (sum, total)) in sums.iter_mut().zip(totals).enumerate() {
            let mut wanted = Reference::of::<T>(total.max, self.x.temperature);
            let known = wanted == Reference::ZERO;
            let total =
                if known { total } else { self.row::<T>(first + row, &mut wanted, scratch) };
            *sum = QuickSum::of::<T>(total);
        }
    }
}

impl Source<'_> {
    /// Convert elements of neighbouring rows: row i from `i * ROOM` on.
    fn turn_block<T: Compute>(
        &self,
        base: &Offsets,
        width: usize,
        range: Range<usize>,
        tile: &mut [T],
        out: &mut [T],
    ) {
        for start in range.clone().step_by(TURN) {
            let count = TURN.min(range.end - start);
            // SAFETY: a tile holds TURN elements of BAND rows.
            unsafe { self.fetch(base, width, start, count, tile.as_mut_ptr()) };
            for row in 0..width {
                let at = row * ROOM + start - range.start;
                for (slot, line) in out[at..at + count].iter_mut().zip(tile.chunks_exact(width)) {
                    *slot = line[row];
                }
            }
        }
    }
}
