//! spread: every element into its share of its row's mass, or the logarithm of it.

mod rare;
mod short;
mod strips;

use super::beside::Folded;
use super::extreme;
use super::job::Results;
use super::kept::Left;
use super::mend::Aim;
use super::{Compute, Job, OutOfMemory, Sink, Source, Special, each_row, map_chunks};
use crate::elementary::exp::Reference;
use crate::intake::{Offsets, Rows, ViewMut};
use crate::kernels::{BATCH, Care, Flow, Inverse, Level, SHORT};
use crate::lanes::settle;
use crate::state::{Mass, State, two_sum};
use std::ops::Range;

/// What an element becomes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// Its share of the mass.
    Shares,
    /// The logarithm of its share.
    Logarithms,
}

/// Fold every row and spread its elements.
pub(crate) fn spread(job: &Job<'_>, out: &ViewMut<'_>, scale: Scale) -> Result<(), OutOfMemory> {
    if job.is_extreme() {
        return extreme::spread(job, out, scale);
    }
    let log = scale == Scale::Logarithms;
    let operands = job.operands(Some((out, Results::Elements)));
    let rows = Rows::new(job.x.shape, job.axes, operands);
    let source = Source { narrow: out.kind.is_narrow(), ..job.source(rows) };
    let rows = &source.rows;
    if rows.count == 0 || rows.length == 0 {
        return Ok(());
    }
    let flow = flow_of(rows.count * rows.length * out.kind.size());
    let spread = Spread { source: &source, sink: Sink { out, rows }, log, flow };
    if job.in_float32(out) {
        spread.run::<f32>();
    } else {
        spread.run::<f64>();
    }
    Ok(())
}

/// Elements of a row that are converted, spread and converted back at a time: they stay in the first cache.
const PIECE: usize = 2048;

/// From this many bytes on results go past the caches, which they would only fill.
const LARGE: usize = 48 << 20;

/// Where results of this many bytes go.
pub(super) fn flow_of(bytes: usize) -> Flow {
    if bytes >= LARGE { Flow::Streamed } else { Flow::Kept }
}

/// Above this log(mass) - max/t any fold is known well enough for logarithms of shares of 16 bits: one that errs by
/// 4 * 2^-24 is 2^-18 of it.
const NARROW_GAP: f64 = 0.0625;

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
    pub flow: Flow,
}

impl Spread<'_, '_> {
    /// Choose how the rows are spread, as logsumexp chooses how they are folded.
    fn run<T: Compute>(&self) {
        let rows = &self.source.rows;
        if rows.length <= SHORT {
            each_row(rows.count, rows.length, BATCH, |range| {
                self.short::<T>(range);
            });
        } else if let Some(strips) = self.source.strips::<T>() {
            self.strips::<T>(strips);
        } else if rows.length > T::CHUNK && rows.count < 4 * crate::threads::get() {
            for row in 0..rows.count {
                let base = rows.offsets(row);
                let mut mass = self.source.fold_long::<T>(&base, self.care());
                if self.wants_mending::<T>() {
                    mass = self.source.mended_long::<T>(&base, mass, self.aim::<T>());
                }
                let way = self.way::<T>(&base, mass, &mut Buffers::default(), false);
                map_chunks(rows.length, T::CHUNK, |range| {
                    self.chunk::<T>(&base, range, &way, &mut Buffers::default(), Left::NOTHING);
                    settle();
                });
            }
        } else {
            each_row(rows.count, rows.length, 1, |range| {
                self.rows::<T>(range);
                settle();
            });
        }
    }

    fn rows<T: Compute>(&self, range: Range<usize>) {
        self.source.with_rests::<T, _>(!self.log, |mut rests| {
            let (mut guess, mut buffers) = (Reference::ZERO, Buffers::default());
            for row in range {
                self.row::<T>(row, &mut guess, &mut buffers, rests.as_deref_mut());
            }
        });
    }

    fn row<T: Compute>(
        &self,
        row: usize,
        guess: &mut Reference,
        buffers: &mut Buffers<T>,
        rests: Option<&mut [T]>,
    ) {
        let (source, length) = (self.source, self.source.rows.length);
        let (base, in_place) = (source.rows.offsets(row), source.in_place::<T>());
        let (x, cells) = (&mut buffers.x, source.cells_fit::<T>(&self.sink));
        let (mut mass, rests) = match rests {
            _ if cells => (source.fold_once::<T>(&base, in_place, guess, self.care(), x), None),
            Some(rests) => (source.fold_kept::<T>(&base, in_place, guess, rests, x), Some(&*rests)),
            None => (source.fold_row::<T>(&base, in_place, guess, self.care(), x), None),
        };
        // A gathered row of one chunk is still there.
        let gathered = !in_place && !cells && length <= T::CHUNK;
        if self.wants_mending::<T>() {
            mass = source.mended::<T>(&base, mass, self.aim::<T>(), guess, gathered, x);
        }
        let way = self.way::<T>(&base, mass, buffers, gathered);
        let left = Left { gathered, rests };
        for start in (0..length).step_by(T::CHUNK) {
            self.chunk::<T>(&base, start..length.min(start + T::CHUNK), &way, buffers, left);
        }
    }

    fn care(&self) -> Care {
        if self.log { Care::Fast } else { Care::Shares }
    }

    /// Logarithms of float64 shares have room for what a fold has lost, down to `TRUSTED_GAP`.
    fn wants_mending<T: Compute>(&self) -> bool {
        !self.log || T::KIND == f32::KIND
    }

    /// What a mass is good enough for once it is mended.
    fn aim<T: Compute>(&self) -> Aim {
        if self.log { Aim::Distances { from: self.trusted::<T>() } } else { Aim::Shares }
    }

    /// From which log(mass) - max/t on a fold is known well enough for logarithms of shares.
    fn trusted<T: Compute>(&self) -> f64 {
        if self.source.narrow { NARROW_GAP } else { T::TRUSTED_GAP }
    }

    /// What a folded row asks for; `gathered` says that it is still in the room for it.
    fn way<T: Compute>(
        &self,
        base: &Offsets,
        mass: Mass,
        buffers: &mut Buffers<T>,
        gathered: bool,
    ) -> Way {
        let (source, temperature) = (self.source, self.source.temperature);
        if !mass.is_ordinary() {
            return Way::Rare(source.special(base, &mut buffers.wide));
        }
        if !self.log {
            return Way::Shares(Inverse::of(&mass, temperature));
        }
        let t = temperature.value;
        let level = |(high, low)| Way::Logarithms(Level { high, low, temperature: t });
        if mass.gap_about(temperature) >= self.trusted::<T>() {
            return level(T::level(source.table, &mass, temperature));
        }
        // A confident row: the mass outside the top must be kept apart
        let scratch = &mut buffers.x;
        let mut folded = Folded { base, mass: &mass, aim: self.aim::<T>(), gathered, scratch };
        match source.level_beside(&mut folded) {
            Some(pair) => level(pair),
            None => {
                let state = source.split(base, mass.max, &mut buffers.wide);
                Way::Logarithms(self::level(state, t))
            }
        }
    }

    /// Spread one chunk of a row.
    pub(super) fn chunk<T: Compute>(
        &self,
        base: &Offsets,
        range: Range<usize>,
        way: &Way,
        buffers: &mut Buffers<T>,
        left: Left<'_, T>,
    ) {
        if let Way::Rare(special) = way {
            return self.rare(base, range, special);
        }
        let source = self.source;
        if source.cells_fit::<T>(&self.sink) {
            match way {
                Way::Shares(inverse) => {
                    source.share_cells(&self.sink, base, range, inverse, self.flow);
                }
                Way::Logarithms(level) => {
                    source.log_cells(&self.sink, base, range, level, self.flow);
                }
                Way::Rare(_) => {}
            }
            return;
        }
        let (from, into) = (source.in_place::<T>(), self.sink.in_place::<T>());
        let Buffers { x: room, out, .. } = buffers;
        let step = if from && into { range.len() } else { PIECE };
        for start in range.clone().step_by(step) {
            let count = step.min(range.end - start);
            let x = if left.gathered {
                room[start..].as_ptr()
            } else {
                source.piece::<T>(base, start, count, from, room).as_ptr()
            };
            let target = if into {
                self.sink.pointer::<T>(base, start)
            } else {
                out.resize(PIECE, T::default());
                out.as_mut_ptr()
            };
            let flow = if from && into { self.flow } else { Flow::Kept };
            // SAFETY: both hold `count` elements; they are the same place or do not overlap. The remainders are
            // followed by room for a vector.
            unsafe {
                match way {
                    Way::Shares(inverse) => match left.rests {
                        Some(rests) => {
                            let pieces = [x, rests[start..].as_ptr()];
                            T::share_kept(source.table, pieces, target, count, inverse, flow);
                        }
                        None => T::share(source.table, x, target, count, inverse, flow),
                    },
                    Way::Logarithms(level) => T::log(source.table, x, target, count, level, flow),
                    Way::Rare(_) => {}
                }
            }
            if !into {
                self.sink.scatter(base, start, &out[..count]);
            }
        }
    }
}

/// Scratch for rows that cannot be read or written where they lie.
#[derive(Default)]
pub(super) struct Buffers<T> {
    x: Vec<T>,
    out: Vec<T>,
    wide: Vec<f64>,
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
