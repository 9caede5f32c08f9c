//! split: short rows with the mass at the top kept apart, for logarithms of shares.
//!
//! Eight rows of float64, one a lane. Every row becomes a whole state:
//!
//! ```text
//! e_m  = e^(max/t) 2^-N                      N = round(max/t log2 e): e_m is in [0.7, 1.42]
//! rest = sum of e^(x/t) 2^-N over x < max, divided by e_m
//! log share of x = x/t - (max/t + log(top + rest))
//! ```

use super::fold::{Chain, Compensated, LIFT, Totals};
use super::short::{SHORT, Tile, peaks, references};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, Temperature, exp};
use crate::elementary::log::log;
use crate::lanes::{Isa, Lanes};

/// Replace eight rows by the logarithms of their shares; answers max + t log(top + rest), which is
/// finite for ordinary rows.
#[inline(always)]
pub(crate) fn log_shares<I: Isa>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
) -> [f64; 8] {
    if temperature == Temperature::ONE {
        spread::<I::Double, false>(tile, count, temperature)
    } else {
        spread::<I::Double, true>(tile, count, temperature)
    }
}

#[inline(always)]
fn spread<L, const DIVIDE: bool>(
    tile: &mut Tile<f64>,
    count: usize,
    temperature: Temperature,
) -> [f64; 8]
where
    L: Lanes<Real = f64, Array = [f64; 8]>,
{
    assert!(count <= SHORT, "a short row");
    let (zero, one) = (L::constant(0.0), L::constant(1.0));
    // SAFETY: the tile holds 64 vectors.
    let max: L = unsafe { peaks(tile.x.as_ptr(), count) };
    let (exponent, center) = references(max, temperature);
    // Raised by 2^512, so that elements far below the maximum still weigh what they weigh
    let guide = Guide::per_lane(exponent.sub(L::constant(LIFT)), center, temperature);
    let back = L::constant(f64::from_bits((1023 - LIFT as u64) << 52));

    // e_m, in two parts
    let peak = exp::<L, true>(max, &Guide::per_lane(exponent, center, temperature));
    let (product, error) = two_product(peak.power, peak.rest);
    let (high, low) = fast_two_sum(peak.power, product);
    let peak = Double { high, low: low.add(error) };

    // the sum over x < max, powers of two and remainders apart
    let mut top = zero;
    let mut totals = <Compensated<L> as Totals<L>>::zero();
    for j in 0..count {
        // SAFETY: j < 64.
        let x = unsafe { L::load(tile.x.as_ptr().add(8 * j)) };
        let parts = exp::<L, true>(x, &guide);
        let power = x.choose_equal(max, zero, parts.power);
        top = top.add(x.choose_equal(max, one, zero));
        totals.add(Chain::one(power, &parts));
    }
    let (high, low) = totals.lanes();
    let rest = Double { high, low }.mul(peak.inverse());
    let rest = Double { high: rest.high.mul(back), low: rest.low.mul(back) };

    // max + t log(top + rest)
    let (mass, error) = two_sum(top, rest.high);
    let (high, low) = fast_two_sum(mass, error.add(rest.low));
    let log = log(Double { high, low }, zero);
    let t = L::constant(temperature.value);
    let (product, error) = two_product(log.high, t);
    let (sum, rounding) = two_sum(max, product);
    let (high, low) = fast_two_sum(sum, rounding.add(log.low.fma(t, error)));

    for j in 0..count {
        // SAFETY: j < 64.
        unsafe {
            let place = tile.x.as_mut_ptr().add(8 * j);
            let gap = L::load(place).sub(high).sub(low);
            let gap = if DIVIDE { gap.div(t) } else { gap };
            gap.store(place);
        }
    }
    high.to_array()
}
