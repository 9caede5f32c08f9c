//! short: rows of 64 elements or fewer, eight rows at a time, each in a lane of its own.
//!
//! Nothing is added across lanes, so a short row costs no horizontal sum and no logarithm of its own.
//! Everything is float64, also for float32 rows. The maximum is known before the first exponential, so
//! every row becomes a whole state at once:
//!
//! ```text
//! e_m  = e^(max/t) 2^-N                      N = round(max/t log2 e): e_m is in [0.7, 1.42]
//! rest = sum of e^(x/t) 2^-N over x < max, divided by e_m
//! mass = e_m (top + rest)
//! ```
//!
//! Price: 24 operations a vector, three of them for keeping the top apart, and about 90 a row of lanes.

use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::elementary::log::log;
use crate::lanes::{Isa, Lanes};

/// The longest row that this kernel takes.
pub(crate) const SHORT: usize = 64;
/// Rows in a tile.
const WIDTH: usize = 8;
/// Exponents are raised by this, so that a subnormal share is rounded once.
const LIFT: f64 = 512.0;
/// Beyond this |log2| a row is centred at its maximum.
const REACH: f64 = 1_048_576.0;

/// Eight short rows, element j of row i at `x[8 j + i]`, and what becomes of them.
pub(crate) struct Tile {
    pub x: [f64; SHORT * WIDTH],
    powers: [f64; SHORT * WIDTH],
    rests: [f64; SHORT * WIDTH],
    pub max: [f64; WIDTH],
    pub top: [f64; WIDTH],
    /// rest, in two parts
    pub rest: [[f64; WIDTH]; 2],
    /// max + t log(top + rest), in two parts
    pub log: [[f64; WIDTH]; 2],
    /// t log(top + rest)
    pub above_max: [f64; WIDTH],
}

impl Tile {
    pub fn new() -> Tile {
        let zero = [0.0; WIDTH];
        Tile {
            x: [0.0; SHORT * WIDTH],
            powers: [0.0; SHORT * WIDTH],
            rests: [0.0; SHORT * WIDTH],
            max: zero,
            top: zero,
            rest: [zero; 2],
            log: [zero; 2],
            above_max: zero,
        }
    }
}

/// The reference of each lane: N and the centre.
#[inline(always)]
fn references<L: Lanes<Real = f64>>(max: L, temperature: Temperature) -> (L, L) {
    let (zero, rounder) = (L::splat(0.0), L::splat(6_755_399_441_055_744.0));
    let power = max.mul(L::splat(temperature.inverse_high * core::f64::consts::LOG2_E));
    let limited = L::splat(-REACH).above(power);
    let limited = zero.sub(L::splat(-REACH).above(zero.sub(limited)));
    let rounded = limited.add(rounder).sub(rounder);
    let exponent = limited.choose_equal(power, rounded, zero);
    let center = limited.choose_equal(power, zero, max);
    // An infinite maximum is no centre: every difference from it would be nan.
    let center = max.choose_equal(L::splat(f64::NEG_INFINITY), zero, center);
    (exponent, center)
}

/// Fold eight rows of `count` elements; with `SHARES`, replace them by their shares.
#[inline(always)]
fn fold<L, const GENERAL: bool, const SHARES: bool>(
    tile: &mut Tile,
    count: usize,
    temperature: Temperature,
) where
    L: Lanes<Real = f64, Array = [f64; WIDTH]>,
{
    let (zero, one) = (L::splat(0.0), L::splat(1.0));
    let (rows, _) = tile.x.as_chunks::<WIDTH>();

    let mut max = L::splat(f64::NEG_INFINITY);
    for row in &rows[..count] {
        max = L::from_array(row).above(max);
    }
    let (exponent, center) = references(max, temperature);
    let guide = Guide::per_lane(exponent.sub(L::splat(LIFT)), center, temperature);

    // e_m, in two parts
    let Parts { power, first: rest, .. } = exp::<L, GENERAL>(max, &guide);
    let (product, error) = two_product(power, rest);
    let (peak, peak_low) = fast_two_sum(power, product);
    let peak = Double { high: peak, low: peak_low.add(error) };

    // the sum over x < max, powers of two and remainders apart
    let (mut top, mut powers, mut rests) = (zero, zero, zero);
    let mut lost = zero;
    for j in 0..count {
        let x = L::from_array(&rows[j]);
        let Parts { power, first: rest, .. } = exp::<L, GENERAL>(x, &guide);
        if SHARES {
            tile.powers[j * WIDTH..][..WIDTH].copy_from_slice(&power.to_array());
            tile.rests[j * WIDTH..][..WIDTH].copy_from_slice(&rest.to_array());
        }
        let (power, weight) = (x.choose_equal(max, zero, power), x.choose_equal(max, one, zero));
        top = top.add(weight);
        let (sum, error) = two_sum(powers, power);
        (powers, lost) = (sum, lost.add(error));
        rests = power.fma(rest, rests);
    }
    let (high, low) = fast_two_sum(powers, rests);
    let rest = Double { high, low: low.add(lost) }.mul(peak.inverse());
    let rest_low = rest.high.choose_equal(zero, zero, rest.low);

    // log(top + rest)
    let (mass, error) = two_sum(top, rest.high);
    let (mass, mass_low) = fast_two_sum(mass, error.add(rest_low));
    let mass = Double { high: mass, low: mass_low };
    let log = log(mass, zero);
    let t = L::splat(temperature.value);
    let (product, error) = two_product(log.high, t);
    let log_low = log.low.fma(t, error);
    let (sum, error) = two_sum(max, product);
    let (high, low) = fast_two_sum(sum, error.add(log_low));

    tile.max = max.to_array();
    tile.top = top.to_array();
    tile.rest = [rest.high.to_array(), rest_low.to_array()];
    tile.log = [high.to_array(), low.to_array()];
    tile.above_max = product.to_array();

    if SHARES {
        // share = (1 + rest) 2^k / (e_m (top + rest))
        let inverse = peak.mul(mass).inverse();
        for j in 0..count {
            let (powers, _) = tile.powers.as_chunks::<WIDTH>();
            let (rests, _) = tile.rests.as_chunks::<WIDTH>();
            let rest = L::from_array(&rests[j]);
            let share = inverse.high.fma(rest, inverse.low).add(inverse.high);
            let share = share.mul(L::from_array(&powers[j])).to_array();
            tile.x[j * WIDTH..][..WIDTH].copy_from_slice(&share);
        }
    }
}

/// Fold eight short rows.
#[inline(always)]
pub(crate) fn short<I: Isa>(tile: &mut Tile, count: usize, temperature: Temperature) {
    fold::<I::Double, true, false>(tile, count, temperature);
}

/// Fold eight short rows and replace them by their shares.
#[inline(always)]
pub(crate) fn short_shares<I: Isa>(tile: &mut Tile, count: usize, temperature: Temperature) {
    fold::<I::Double, true, true>(tile, count, temperature);
}
