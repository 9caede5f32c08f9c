//! Rows that have a class and lie across memory: strips of neighbouring rows, folded and spread together.
//!
//! What is computed of a row is what `plain` computes, bit for bit; the losses of all rows are kept, and added in the
//! blocks of rows that lie along memory.

use super::pair::{Pair, plus};
use super::plain::Waiting;
use super::targets::Target;
use super::{Bench, Work};
use crate::dispatch::fed::Ends;
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
        let masses = self.strip_masses::<T>(&places, width, alone);
        let mut columns = Columns::new(source.temperature);
        let mut rows: Vec<Option<Waiting>> = Vec::with_capacity(width);
        let mut slopes = vec![0.0; width];
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
            let x = self.element(&base, class);
            let mut row = Waiting { base, class, x, loss: None };
            if self.gradient.is_some() {
                let Some((inverse, slope)) = self.plan(&mut row, mass, &mut bench.double) else {
                    return self.one_by_one::<T>(first, width, bench);
                };
                enter::<T>(&mut columns, c, &inverse);
                slopes[c] = slope;
            }
            rows.push(Some(row));
        }
        let losses = self.strip_losses::<T>(&rows, &masses, bench);
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
            for (c, (row, slope)) in rows.iter().zip(&slopes).enumerate() {
                match row {
                    Some(row) => sink.scatter(&row.base, row.class, &[T::from_f64(*slope)]),
                    None => drop(self.ignored(&places.get(c))),
                }
            }
        }
        for (c, loss) in losses.iter().enumerate() {
            self.file(&places.get(c), *loss);
        }
        losses
    }

    fn strip_masses<T: Compute>(
        &self,
        places: &Places<'_>,
        width: usize,
        alone: bool,
    ) -> Vec<Mass> {
        let (source, base) = (&self.source, places.get(0));
        let mut masses = source.fold_strip::<T>(&base, width, alone, Care::Shares);
        if self.gradient.is_some() {
            source.mended_strip::<T>(&base, &mut masses, alone);
        }
        masses
    }

    /// The losses of the rows that wait for theirs.
    fn strip_losses<T: Compute>(
        &self,
        rows: &[Option<Waiting>],
        masses: &[Mass],
        bench: &mut Bench,
    ) -> Vec<Pair> {
        let trust = if self.gradient.is_some() { 0.0 } else { T::TRUSTED };
        let mut losses = vec![(0.0, 0.0); rows.len()];
        for start in (0..rows.len()).step_by(BATCH) {
            let end = rows.len().min(start + BATCH);
            let mut batch = Batch::new();
            for c in start..end {
                if rows[c].is_some() {
                    batch.set(c - start, masses[c]);
                }
            }
            self.source.finish(&mut batch, end - start, 0.0);
            for c in start..end {
                let Some(row) = &rows[c] else { continue };
                losses[c] = row.loss.unwrap_or_else(|| {
                    self.loss_of(&batch, c - start, row, trust, &mut bench.double)
                });
            }
        }
        losses
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
