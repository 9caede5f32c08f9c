//! settle: masses into results, each redone in more precision where it is not known well enough.
//!
//! A fast sum is right to about 2^-24 (float32) or 2^-53 of itself. Its logarithm is then within an ulp as long
//! as the result is not small. Rows whose result is small are folded again, float32 in float64, float64 to
//! 110 bits: detected from the result itself, so that ordinary rows pay one comparison.

mod near;

use super::tiles::{Layout, Tiles};
use super::{Compute, Source, store};
use crate::elementary::exact::Exact;
use crate::elementary::exp::{Reference, Temperature};
use crate::intake::{Kind, OUT, Offsets, Places, ViewMut};
use crate::kernels::{Abreast, BATCH, Batch, Care, Line, SHORT};
use crate::state::Mass;

/// Where results go, and what is known of the rows.
pub(super) struct Settle<'a, 'b> {
    pub source: &'a Source<'b>,
    pub out: &'a ViewMut<'b>,
    /// Whether log n is taken off.
    pub mean: bool,
}

/// Below this |result| / t a float64 sum is not enough for a float32 result: 0.45 ulp of it is 1.2 * 2^-53.
pub(super) const ENOUGH_FOR_SINGLE: f64 = 5e-9;

/// Below this |result| / t a sum to 110 bits is not enough for a float64 result: just above, the worst of 6000 was
/// 0.85 ulp.
const ENOUGH_FOR_DOUBLE: f64 = 2.2e-19;

/// Below this |result| / t no float64 sum of a row is enough for a float64 result, however the row is folded.
const SURELY_SMALL: f64 = f64::TRUSTED_CLOSE / 2.0;

/// What a sum to 110 bits is enough for.
pub(super) fn precise_enough<T: Compute>() -> f64 {
    if T::KIND == f64::KIND { ENOUGH_FOR_DOUBLE } else { 1e-24 }
}

impl Settle<'_, '_> {
    fn temperature(&self) -> Temperature {
        self.source.temperature
    }

    /// Divide masses by the number of elements that took part: log(sum / n).
    fn divide(&self, places: &Places<'_>, batch: &mut Batch) {
        for row in 0..places.len() {
            let n = self.source.taking_part(&places.get(row)).max(1) as f64;
            batch.divide(row, n);
        }
    }

    /// Finish a batch; store what is known well enough, and tell which rows are not.
    fn store(&self, places: &Places<'_>, batch: &mut Batch, trusted: f64) -> u64 {
        let rare = self.prepare(places, batch);
        let again = self.source.finish(batch, places.len(), trusted);
        self.put(places, batch, rare, again)
    }

    /// The masses before their logarithms; answers which rows have none.
    fn prepare(&self, places: &Places<'_>, batch: &mut Batch) -> u64 {
        // SAFETY: no pointers.
        let rare = unsafe { self.source.table.rare(batch, places.len()) };
        batch.replace(rare);
        if self.mean {
            self.divide(places, batch);
        }
        rare
    }

    /// Store a finished batch; answers which rows are to be done again.
    fn put(&self, places: &Places<'_>, batch: &Batch, rare: u64, again: u64) -> u64 {
        let count = places.len();
        let answers = &batch.log_high[..count];
        let (out, offset) = (self.out, |row| places.offset(OUT, row));
        match (out.kind, out.swapped) {
            (Kind::Float32, false) => match places.spaced(OUT, 4) {
                Some(start) => put_all(out, start, answers.iter().map(|x| *x as f32)),
                None => {
                    for (row, x) in answers.iter().enumerate() {
                        put(out, offset(row), *x as f32);
                    }
                }
            },
            (Kind::Float64, false) => match places.spaced(OUT, 8) {
                Some(start) => put_all(out, start, answers.iter().copied()),
                None => {
                    for (row, x) in answers.iter().enumerate() {
                        put(out, offset(row), *x);
                    }
                }
            },
            (kind, swapped) => match places.spaced(OUT, kind.size() as isize) {
                Some(start) => {
                    // SAFETY: the offset addresses an element of the view, and the others follow it.
                    unsafe {
                        let (start, stride) = (out.data.offset(start), kind.size() as isize);
                        let line = Line { start, kind, swapped, stride };
                        f64::write(self.source.table, answers, &line);
                    }
                }
                None => {
                    for (row, x) in answers.iter().enumerate() {
                        store(out, offset(row), *x);
                    }
                }
            },
        }
        for row in bits(rare) {
            store(out, offset(row), self.rare(&places.get(row)));
        }
        again & !rare
    }

    /// Masses of rows of any length; answers how many were small.
    pub fn masses<T: Compute>(&self, places: &Places<'_>, masses: &[Mass]) -> u32 {
        let (mut scratch, mut small) = (Vec::new(), 0);
        let mut batch = Batch::new();
        for (part, masses) in masses.chunks(BATCH).enumerate() {
            let places = places.part(part * BATCH, (part + 1) * BATCH);
            for (row, mass) in masses.iter().enumerate() {
                batch.set(row, *mass);
            }
            let again = self.store(&places, &mut batch, T::TRUSTED);
            for row in bits(again) {
                self.again::<T>(&places.get(row), batch.log_high[row], &mut scratch);
            }
            small += again.count_ones();
        }
        small
    }

    /// One row again: in float64 with care first, where that may be enough, then to 110 bits.
    fn again<T: Compute>(&self, base: &Offsets, answer: f64, scratch: &mut Vec<f64>) {
        let source = self.source;
        let place = [*base];
        let place = Places::listed(&place);
        let mut batch = Batch::new();
        let (in_place, mut guess) = (source.in_place::<f64>(), Reference::ZERO);
        let single = T::KIND != f64::KIND;
        if single || answer.abs() >= SURELY_SMALL * self.temperature().value {
            batch.set(0, source.fold_row::<f64>(base, in_place, &mut guess, Care::Fine, scratch));
            let enough = if single { ENOUGH_FOR_SINGLE } else { f64::TRUSTED_CLOSE };
            if self.store(&place, &mut batch, enough) == 0 {
                return;
            }
        }
        let (high, low) = source.precise_sum(base, scratch);
        batch.set(0, Mass { max: 0.0, reference: Reference::ZERO, high, low });
        if self.store(&place, &mut batch, precise_enough::<T>()) != 0 {
            self.exact(base, scratch);
        }
    }

    /// One row in long arithmetic: by chance one in hundreds of rows of log-probabilities.
    fn exact(&self, base: &Offsets, scratch: &mut Vec<f64>) {
        let mut exact = Exact::new(self.temperature().value);
        self.source.visit(base, scratch, &mut |x| exact.add(x));
        let n = if self.mean { self.source.taking_part(base) as f64 } else { 1.0 };
        store(self.out, base[OUT], exact.finish(n));
    }

    /// A batch of short rows, folded into `batch`; answers how many were small.
    pub fn short<T: Compute>(
        &self,
        places: &Places<'_>,
        layout: Layout,
        batch: &mut Batch,
        tiles: &mut Tiles,
    ) -> u32 {
        let rare = self.prepare(places, batch);
        let limit = T::TRUSTED_CLOSE * self.temperature().value;
        let below =
            T::finish_short(self.source.table, batch, places.len(), self.temperature(), limit);
        let mut again = self.put(places, batch, rare, below);
        let small = again.count_ones();
        if again == 0 {
            return small;
        }
        let mut lists = [[Offsets::default(); BATCH]; 2];
        let [first, second] = &mut lists;
        let mut places = *places;
        if T::KIND != f64::KIND {
            places = chosen(&places, again, first);
            again = self.short_again(&places, layout, batch, tiles, None);
            if again == 0 {
                return small;
            }
        }
        let places = chosen(&places, again, second);
        let enough = precise_enough::<T>();
        for row in bits(self.short_again(&places, layout, batch, tiles, Some(enough))) {
            self.exact(&places.get(row), &mut Vec::new());
        }
        small
    }

    /// Short rows again: to 110 bits where that is asked for, with what it is enough for, else in float64. Answers
    /// which are still not known well enough.
    fn short_again(
        &self,
        places: &Places<'_>,
        layout: Layout,
        batch: &mut Batch,
        tiles: &mut Tiles,
        precise: Option<f64>,
    ) -> u64 {
        for at in (0..places.len()).step_by(8) {
            let part = places.part(at, at + 8);
            self.fold_again(&part, layout, batch, at, tiles, precise.is_some());
        }
        self.store(places, batch, precise.unwrap_or(ENOUGH_FOR_SINGLE))
    }

    fn fold_again(
        &self,
        places: &Places<'_>,
        layout: Layout,
        batch: &mut Batch,
        at: usize,
        tiles: &mut Tiles,
        precise: bool,
    ) {
        let (source, count) = (self.source, self.source.rows.length);
        assert!(count <= SHORT, "a short row");
        let tile = &mut tiles.again;
        source.turn(places, layout, tile);
        if !precise {
            let abreast = Abreast::one(count);
            return f64::short(source.table, tile, abreast, self.temperature(), batch, at);
        }
        // SAFETY: no pointers.
        let [high, low] = unsafe { source.table.precise_tile(tile, count, self.temperature()) };
        let lanes = at..at + 8;
        batch.high[lanes.clone()].copy_from_slice(&high);
        batch.low[lanes.clone()].copy_from_slice(&low);
        batch.exponent[lanes.clone()].fill(0.0);
        batch.center[lanes].fill(0.0);
    }

    /// A row with something in it that is not finite, or with nothing in it.
    fn rare(&self, base: &Offsets) -> f64 {
        if self.mean && self.source.taking_part(base) == 0 {
            return f64::NAN;
        }
        let special = self.source.special(base, &mut Vec::new());
        special.state().map_or(f64::NAN, |state| state.finish(0.0))
    }
}

/// Some rows of a batch. All of them are turned as they were the first time: nothing is listed.
pub(super) fn chosen<'a>(
    places: &Places<'a>,
    rows: u64,
    list: &'a mut [Offsets; BATCH],
) -> Places<'a> {
    let count = rows.count_ones() as usize;
    if count == places.len() {
        return *places;
    }
    for (place, row) in list.iter_mut().zip(bits(rows)) {
        *place = places.get(row);
    }
    Places::listed(&list[..count])
}

/// The numbers of the bits that are set.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}

/// Store results whose type is that of the output, side by side.
#[inline(always)]
fn put_all<T>(out: &ViewMut<'_>, start: isize, values: impl Iterator<Item = T>) {
    // SAFETY: the offset addresses an element of the view, and the others follow it.
    let first = unsafe { out.data.offset(start).cast::<T>() };
    for (row, x) in values.enumerate() {
        // SAFETY: as above; no alignment is asked for.
        unsafe { first.add(row).write_unaligned(x) };
    }
}

/// Store a result whose type is that of the output.
#[inline(always)]
fn put<T>(out: &ViewMut<'_>, offset: isize, x: T) {
    // SAFETY: the offset addresses an element of the view.
    unsafe { out.data.offset(offset).cast::<T>().write_unaligned(x) }
}
