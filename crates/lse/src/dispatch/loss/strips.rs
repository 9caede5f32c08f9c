//! Rows that have a class and lie across memory: strips of neighbouring rows, folded and spread together.
//!
//! What is computed of a row is what `plain` computes, bit for bit; the losses of all rows are kept, and added in the
//! blocks of rows that lie along memory.

use super::pair::{Pair, plus};
use super::targets::Target;
use super::waiting::{Room, Waiting};
use super::{Bench, Work};
use crate::dispatch::fed::Ends;
use crate::dispatch::mend::Aim;
use crate::dispatch::{Compute, OutOfMemory, Sink, each_row, map_chunks};
use crate::intake::Places;
use crate::kernels::{BATCH, Batch, Care, Columns, Inverse};
use crate::lanes::settle;
use crate::state::Mass;
use std::ops::Range;
use std::sync::Mutex;

/// Elements of a strip that one thread spreads at a time.
const ROWS: usize = 256;

impl Work<'_, '_> {
    /// Work on the rows a strip at a time, where they lie so; answers whether they did.
    pub(super) fn across<T: Compute>(&self, sums: &mut [Pair]) -> Result<bool, OutOfMemory> {
        let (source, rows) = (&self.source, &self.source.rows);
        let Some(strips) = source.plain_strips::<T>() else { return Ok(false) };
        let mut losses: Vec<Pair> = Vec::new();
        losses.try_reserve_exact(rows.count).map_err(|_| OutOfMemory)?;
        losses.resize(rows.count, (0.0, 0.0));
        let places = Mutex::new(&mut losses);
        let alone = strips.count < crate::threads::get();
        let work = |range: Range<usize>| {
            let mut bench = Bench::default();
            for index in range {
                let (first, width) = strips.strip(index);
                let found = self.strip::<T>(first, width, alone, &mut bench);
                let mut losses = places.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                losses[first..first + width].copy_from_slice(&found);
            }
            settle();
        };
        if alone {
            work(0..strips.count);
        } else {
            let width = rows.count.div_ceil(strips.count.max(1));
            each_row(strips.count, rows.length * width, 1, work);
        }
        for (sum, block) in sums.iter_mut().zip(losses.chunks(self.grain())) {
            *sum = block.iter().fold((0.0, 0.0), |sum, loss| plus(sum, *loss));
        }
        Ok(true)
    }

    /// The losses of a strip; writes its gradient.
    fn strip<T: Compute>(
        &self,
        first: usize,
        width: usize,
        alone: bool,
        bench: &mut Bench,
    ) -> Vec<Pair> {
        let source = &self.source;
        let places = Places::of(&source.rows, first, width, &mut []);
        let [folded, masses] = self.strip_masses::<T>(&places, width, alone);
        let mut columns = Columns::new(source.temperature);
        let mut rows: Vec<Option<Waiting>> = Vec::with_capacity(width);
        let (in_place, mut scratch) = (source.in_place::<T>(), Vec::new());
        for (c, mass) in masses.iter().enumerate() {
            let base = places.get(c);
            let class = match self.question.targets.at(&base) {
                Target::Class(class) if mass.is_ordinary() => class,
                Target::Ignored => {
                    (columns.high[c], columns.low[c]) = (1.0, 0.0);
                    rows.push(None);
                    continue;
                }
                _ => return self.one_by_one::<T>(first, width, bench),
            };
            let x = self.element::<T>(&base, class, in_place);
            let mut row = Waiting::new(base, class, x, folded[c]);
            if self.gradient.is_some() {
                let (scratch, double) = (&mut scratch, &mut bench.double);
                let mut room = Room::<T> { gathered: false, row: scratch, double };
                let Some(inverse) = self.inverse(&mut row, mass, &mut room) else {
                    return self.one_by_one::<T>(first, width, bench);
                };
                enter::<T>(&mut columns, c, &inverse);
            }
            rows.push(Some(row));
        }
        self.settle_strip::<T>(&mut rows, &masses, bench);
        if let Some(out) = self.gradient {
            let sink = Sink { out, rows: &source.rows };
            let base = places.get(0);
            let spread = |range: Range<usize>| {
                let ends = Ends { source, sink: &sink, base: &base, width };
                ends.spread::<T>(range.start, range.len(), &columns, false);
            };
            if alone {
                map_chunks(source.rows.length, ROWS, spread);
            } else {
                spread(0..source.rows.length);
            }
        }
        let mut losses = Vec::with_capacity(width);
        for (c, row) in rows.iter().enumerate() {
            let base = places.get(c);
            let loss = match row {
                Some(row) => row.loss.unwrap_or_default(),
                None => self.ignored(&base),
            };
            if let Some((row, slope)) = row.as_ref().and_then(|row| Some((row, row.slope?))) {
                self.put::<T>(&base, row.class, slope);
            }
            self.file(&base, loss);
            losses.push(loss);
        }
        losses
    }

    /// The masses of a strip as they were folded, and mended.
    fn strip_masses<T: Compute>(
        &self,
        places: &Places<'_>,
        width: usize,
        alone: bool,
    ) -> [Vec<Mass>; 2] {
        let (source, base) = (&self.source, places.get(0));
        let folded = source.fold_strip::<T>(&base, width, alone, Care::Shares);
        let mut masses = folded.clone();
        source.mended_strip::<T>(&base, &mut masses, Aim::Shares, alone);
        [folded, masses]
    }

    /// What the rows of a strip wait for.
    fn settle_strip<T: Compute>(
        &self,
        rows: &mut [Option<Waiting>],
        masses: &[Mass],
        bench: &mut Bench,
    ) {
        for (rows, masses) in rows.chunks_mut(BATCH).zip(masses.chunks(BATCH)) {
            let mut batch = Batch::new();
            for (i, mass) in masses.iter().enumerate().filter(|(i, _)| rows[*i].is_some()) {
                batch.set(i, *mass);
            }
            self.settle::<T>(rows, &mut batch, &mut bench.double);
        }
    }

    /// The rows of a strip, one of which is not ordinary.
    #[cold]
    fn one_by_one<T: Compute>(&self, first: usize, width: usize, bench: &mut Bench) -> Vec<Pair> {
        (first..first + width).map(|row| self.plain::<T>(row..row + 1, bench)).collect()
    }
}

/// Enter what the elements of a row are spread by.
fn enter<T: Compute>(columns: &mut Columns, c: usize, inverse: &Inverse) {
    let reference = inverse.reference();
    columns.general |= reference.center != 0.0;
    (columns.exponent[c], columns.center[c]) = (reference.exponent, reference.center);
    (columns.high[c], columns.low[c]) = inverse.factors::<T>();
}
