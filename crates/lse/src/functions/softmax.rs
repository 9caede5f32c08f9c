//! softmax(x) = spread(fold(x), x);  log_softmax(x)_i = -finish(fold(x), minus = x_i).

use super::{Job, OutOfMemory, Results};
use crate::dispatch::{Compute, Sink, Source, Special, each_row, map_chunks};
use crate::elementary::exp::Reference;
use crate::intake::{MASK, Offsets, Rows, ViewMut};
use crate::kernels::{Batch, Inverse, Level, SHORT};
use crate::state::{Mass, State, two_sum};
use std::ops::Range;

/// exp(x) / sum(exp(x)) along the rows.
pub fn softmax(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    run(job, out, false)
}

/// log(softmax(x)), never through the softmax.
pub fn log_softmax(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    run(job, out, true)
}

fn run(job: &Job<'_>, out: &ViewMut<'_>, log: bool) -> Result<(), OutOfMemory> {
    let operands = job.operands(Some((out, Results::Elements)));
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let rows = &source.rows;
    if rows.count == 0 || rows.length == 0 {
        return Ok(());
    }
    let spread = Spread { source: &source, sink: Sink { out, rows }, log };
    let grain = if rows.length <= SHORT { 8 } else { 1 };
    if job.in_float32(out) {
        spread.run::<f32>(grain);
    } else {
        spread.run::<f64>(grain);
    }
    Ok(())
}

/// How the elements of a row become results.
pub(super) enum Way {
    Shares(Inverse),
    Logarithms(Level),
    Rare(Special),
}

pub(super) struct Spread<'a, 'b> {
    pub source: &'a Source<'b>,
    pub sink: Sink<'a, 'b>,
    pub log: bool,
}

impl Spread<'_, '_> {
    fn run<T: Compute>(&self, grain: usize) {
        let rows = &self.source.rows;
        if rows.length <= SHORT {
            return each_row(rows.count, rows.length, grain, |range| self.short(range));
        }
        let pieces = rows.length.div_ceil(T::CHUNK);
        if pieces > 1 && rows.count < 4 * crate::threads::get() {
            for row in 0..rows.count {
                let base = rows.offsets(row);
                let mass = self.source.fold_long::<T>(&base);
                let way = self.way::<T>(&base, mass, &mut Vec::new());
                map_chunks(rows.length, T::CHUNK, |range| {
                    let mut buffers = Buffers::default();
                    self.chunk::<T>(&base, range, &way, &mut buffers);
                });
            }
            return;
        }
        each_row(rows.count, rows.length, grain, |range| {
            let in_place = self.source.in_place::<T>();
            let (mut guess, mut buffers) = (Reference::ZERO, Buffers::default());
            let mut wide = Vec::new();
            for row in range {
                let base = rows.offsets(row);
                let mass = self.source.fold_row::<T>(&base, in_place, &mut guess, &mut buffers.x);
                let way = self.way::<T>(&base, mass, &mut wide);
                for start in (0..rows.length).step_by(T::CHUNK) {
                    let end = rows.length.min(start + T::CHUNK);
                    self.chunk::<T>(&base, start..end, &way, &mut buffers);
                }
            }
        });
    }

    /// What a folded row asks for.
    fn way<T: Compute>(&self, base: &Offsets, mass: Mass, scratch: &mut Vec<f64>) -> Way {
        let source = self.source;
        if !mass.is_ordinary() {
            return Way::Rare(source.special(base, scratch));
        }
        if !self.log {
            return Way::Shares(Inverse::of(&mass, source.temperature));
        }
        let mut batch = Batch::new();
        batch.set(0, mass);
        source.table.finish(&mut batch, 1, source.temperature);
        let t = source.temperature.value;
        let (high, low) = (batch.log_high[0], batch.log_low[0]);
        if high - mass.max >= T::TRUSTED_GAP * t {
            return Way::Logarithms(Level { high, low, temperature: t });
        }
        // A confident row: the mass outside the top must be kept apart
        Way::Logarithms(level(source.split(base, mass.max, scratch), t))
    }

    /// Spread one chunk of a row.
    pub(super) fn chunk<T: Compute>(
        &self,
        base: &Offsets,
        range: Range<usize>,
        way: &Way,
        buffers: &mut Buffers<T>,
    ) {
        if let Way::Rare(special) = way {
            return self.rare(base, range, special);
        }
        let (source, count) = (self.source, range.len());
        let (from, into) = (source.in_place::<T>(), self.sink.in_place::<T>());
        let Buffers { x, out } = buffers;
        let x = source.piece::<T>(base, range.start, count, from, x).as_ptr();
        let target = if into {
            self.sink.pointer::<T>(base, range.start)
        } else {
            out.resize(T::CHUNK.min(source.rows.length), T::default());
            out.as_mut_ptr()
        };
        // SAFETY: both hold `count` elements; they are the same place or do not overlap.
        unsafe {
            match way {
                Way::Shares(inverse) => T::share(source.table, x, target, count, inverse),
                Way::Logarithms(level) => T::log(source.table, x, target, count, level),
                Way::Rare(_) => {}
            }
        }
        if !into {
            self.sink.scatter(base, range.start, &out[..count]);
        }
    }

    fn short(&self, range: Range<usize>) {
        let (source, count) = (self.source, self.source.rows.length);
        let t = source.temperature.value;
        let mut scratch = Vec::new();
        source.tiles(range, !self.log, |bases, tile| {
            for (lane, base) in bases.iter().enumerate() {
                if !tile.log[0][lane].is_finite() {
                    let special = source.special(base, &mut scratch);
                    self.rare(base, 0..count, &special);
                    continue;
                }
                let mut row = [0.0; SHORT];
                for (j, slot) in row[..count].iter_mut().enumerate() {
                    let x = tile.x[8 * j + lane];
                    *slot = if self.log {
                        let gap = (x - tile.log[0][lane]) - tile.log[1][lane];
                        if t == 1.0 { gap } else { gap / t }
                    } else {
                        x
                    };
                }
                self.sink.scatter(base, 0, &row[..count]);
            }
        });
    }

    /// The limits: rows that hold a nan, a +inf, or nothing but -inf.
    fn rare(&self, base: &Offsets, range: Range<usize>, special: &Special) {
        let (source, nothing) = (self.source, if self.log { f64::NEG_INFINITY } else { 0.0 });
        let peak = match (special.infinite == 1.0, self.log) {
            (false, _) => f64::NAN,
            (true, true) => 0.0,
            (true, false) => 1.0,
        };
        let mut start = range.start;
        while start < range.end {
            let mut block = [0.0; 256];
            let count = block.len().min(range.end - start);
            let block = &mut block[..count];
            source.fill(base, start, block);
            for x in &mut *block {
                *x = if special.nan || special.infinite == 0.0 {
                    f64::NAN
                } else if *x == f64::INFINITY {
                    peak
                } else {
                    nothing
                };
            }
            self.absent(base, start, block, nothing);
            self.sink.scatter(base, start, block);
            start += count;
        }
    }

    /// Elements that `where=` leaves out have no share, whatever the others hold.
    fn absent(&self, base: &Offsets, start: usize, block: &mut [f64], nothing: f64) {
        let Some(mask) = &self.source.mask else { return };
        self.source.rows.pieces(start, block.len(), |offsets, first, axis, count| {
            for (i, slot) in block[first..first + count].iter_mut().enumerate() {
                let offset = base[MASK] + offsets[MASK] + i as isize * axis.strides[MASK];
                // SAFETY: the offset addresses an element of the mask.
                if unsafe { *mask.data.offset(offset) } == 0 {
                    *slot = nothing;
                }
            }
        });
    }
}

/// Scratch for rows that cannot be read or written where they lie.
#[derive(Default)]
pub(super) struct Buffers<T> {
    x: Vec<T>,
    out: Vec<T>,
}

/// max + t log(top + rest), to subtract from elements.
pub(super) fn level(state: State, t: f64) -> Level {
    let (log, log_low) = state.log_scaled_mass();
    let product = log * t;
    let error = log.mul_add(t, -product) + log_low * t;
    let (high, rounding) = two_sum(state.max, product);
    let (high, low) = two_sum(high, rounding + error);
    Level { high, low, temperature: t }
}
