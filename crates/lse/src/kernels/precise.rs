//! precise: a row folded to 110 bits, for results that almost vanish and for states.

use super::tile::{Tile, peaks};
use crate::elementary::double::{Double, two_sum};
use crate::elementary::exp::Temperature;
use crate::elementary::near::{HIGHEST, exp_near};
use crate::elementary::precise::{LOWER, RAISED, exp};
use crate::elementary::sum::{ROOM, Short, Sum};
use crate::lanes::portable::One;
use crate::lanes::{Isa, Lanes};

/// A precise sum under way: four parts a lane, and the count of the elements left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    parts: [[f64; 8]; 4],
    top: [f64; 8],
}

impl Running {
    pub const ZERO: Running = Running { parts: [[0.0; 8]; 4], top: [0.0; 8] };

    /// The sum of all lanes, in two parts, lowered again by what `precise` raised it.
    pub fn lowered(&self) -> (f64, f64) {
        let (high, low) = self.total();
        (high * LOWER, low * LOWER)
    }

    /// The sum of all lanes, in two parts.
    pub fn total(&self) -> (f64, f64) {
        let mut sum = Sum::<One>::zero();
        for lane in 0..8 {
            sum.add(self.parts.map(|part| One::splat(part[lane])));
        }
        sum.total()
    }

    /// How many elements were equal to the peak.
    pub fn top(&self) -> f64 {
        self.top.iter().sum()
    }

    #[inline(always)]
    pub fn sum<L: Lanes<Real = f64, Array = [f64; 8]>>(&self) -> Sum<L> {
        Sum::from_arrays(&self.parts)
    }

    #[inline(always)]
    pub fn set<L: Lanes<Real = f64, Array = [f64; 8]>>(&mut self, sum: Sum<L>) {
        self.parts = sum.to_arrays();
    }
}

/// Add the exponentials of one vector to a sum; lanes equal to `peak` are left out.
#[inline(always)]
fn add<L: Lanes<Real = f64>, const SPLIT: bool>(
    sum: &mut Sum<L>,
    x: L,
    minus_center: L,
    peak: L,
    temperature: Temperature,
) {
    let (zero, lowest) = (L::constant(0.0), L::constant(f64::NEG_INFINITY));
    let (gap, gap_low) = two_sum(x, minus_center);
    let [high, low, last] = if temperature == Temperature::ONE {
        [gap, gap_low, zero]
    } else {
        // (gap + gap_low) / t by three steps of long division, each remainder exact
        let inverse = L::constant(temperature.inverse_high);
        let minus_t = L::constant(-temperature.value);
        let high = gap.mul(inverse);
        let rest = high.fma(minus_t, gap);
        let (rest, error) = two_sum(rest, gap_low);
        let low = rest.mul(inverse);
        let last = low.fma(minus_t, rest).add(error).mul(inverse);
        [high, low, last]
    };
    // A gap of -inf leaves a nan in the lower parts.
    let low = gap.choose_equal(lowest, zero, low);
    let last = gap.choose_equal(lowest, zero, last);
    let [a, b, c, d] = exp(Double { high, low }, last);
    sum.add(if SPLIT {
        [
            x.choose_equal(peak, zero, a),
            x.choose_equal(peak, zero, b),
            x.choose_equal(peak, zero, c),
            x.choose_equal(peak, zero, d),
        ]
    } else {
        [a, b, c, d]
    });
}

/// Whether e^x of each of these is at most 2.
#[inline(always)]
fn is_near<I: Isa>(x: &[f64]) -> bool {
    let mut max = I::Double::constant(f64::NEG_INFINITY);
    let (vectors, rest) = x.as_chunks::<8>();
    for vector in vectors {
        max = I::Double::from_array(vector).above(max);
    }
    rest.iter().chain(&max.to_array()).all(|x| *x <= core::f64::consts::LN_2)
}

/// Add e^x of vectors one after the other, computed two at a time.
#[inline(always)]
fn add_near<L: Lanes<Real = f64, Array = [f64; 8]>>(vectors: &[[f64; 8]], short: &mut Short<L>) {
    let (pairs, last) = vectors.as_chunks::<2>();
    for [x, y] in pairs {
        let [x, y] = exp_near([L::from_array(x), L::from_array(y)]);
        short.add(x);
        short.add(y);
    }
    for x in last {
        let x = L::from_array(x);
        short.add(exp_near([x, x])[0]);
    }
}

/// Add e^x to a running sum, where all of them are at most 2; false, and nothing added, where one is not.
#[inline(always)]
pub(crate) fn near<I: Isa>(x: &[f64], running: &mut Running) -> bool {
    if !is_near::<I>(x) {
        return false;
    }
    let mut sum = running.sum::<I::Double>();
    let lowest = I::Double::constant(f64::NEG_INFINITY);
    for group in x.chunks(8 * ROOM) {
        let mut short = Short::<I::Double>::zero();
        let (vectors, rest) = group.as_chunks::<8>();
        add_near(vectors, &mut short);
        if !rest.is_empty() {
            // SAFETY: as many elements are left; -inf weighs nothing.
            let vector = unsafe { I::Double::load_part(rest.as_ptr(), rest.len(), lowest) };
            add_near(&[vector.to_array()], &mut short);
        }
        sum.add(short.raised(RAISED));
    }
    running.set(sum);
    true
}

/// Add e^((x - center) / t) to a running sum; elements equal to `peak` are counted instead.
/// A nan for `peak` leaves none out.
#[inline(always)]
pub(crate) fn precise<I: Isa>(
    x: &[f64],
    running: &mut Running,
    center: f64,
    peak: f64,
    temperature: Temperature,
) {
    let whole = temperature == Temperature::ONE && center == 0.0 && peak.is_nan();
    if whole && near::<I>(x, running) {
        return;
    }
    let (zero, one) = (I::Double::constant(0.0), I::Double::constant(1.0));
    let minus_center = I::Double::constant(-center);
    let mut sum = running.sum::<I::Double>();
    let peak = I::Double::constant(peak);
    let mut top = I::Double::from_array(&running.top);
    for piece in x.chunks(8) {
        let mut padded = [f64::NEG_INFINITY; 8];
        padded[..piece.len()].copy_from_slice(piece);
        let x = I::Double::from_array(&padded);
        top = top.add(x.choose_equal(peak, one, zero));
        add::<I::Double, true>(&mut sum, x, minus_center, peak, temperature);
    }
    running.set(sum);
    running.top = top.to_array();
}

/// The sums of e^(x/t) of eight short rows, in two parts; no sum above the number of elements. At t = 1 a row may hold
/// anything: the sum of one with an element above `HIGHEST` is nan, others that are too large are still about that.
#[inline(always)]
pub(crate) fn tile<I: Isa>(
    tile: &Tile<f64>,
    count: usize,
    temperature: Temperature,
) -> [[f64; 8]; 2] {
    let (rows, _) = tile.x.as_chunks::<8>();
    if temperature == Temperature::ONE {
        let mut short = Short::<I::Double>::zero();
        add_near(&rows[..count.min(ROOM)], &mut short);
        let (high, low) = short.totals();
        let (highest, nan) = (I::Double::constant(HIGHEST), I::Double::constant(f64::NAN));
        // SAFETY: as many vectors lie in the tile.
        let max = unsafe { peaks::<I::Double>(tile.x.as_ptr(), count.min(ROOM)) };
        let high = highest.above(max).choose_equal(highest, high, nan);
        return [high.to_array(), low.to_array()];
    }
    let (mut sum, zero) = (Sum::<I::Double>::zero(), I::Double::constant(0.0));
    for row in &rows[..count] {
        add::<I::Double, false>(&mut sum, I::Double::from_array(row), zero, zero, temperature);
    }
    let (high, low) = sum.totals();
    let lower = I::Double::constant(LOWER);
    [high.mul(lower).to_array(), low.mul(lower).to_array()]
}
