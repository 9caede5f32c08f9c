//! Strips of columns into shares, and into their logarithms.

use super::{Columns, Strip, field, load, store};
use crate::kernels::spread::Factors;
use crate::lanes::{Isa, Lanes, Narrow};

/// Shares: every column has its own factors; `high` and `low` hold the inverse, `exponent` N + G.
#[inline(always)]
unsafe fn share<L: Lanes, const GENERAL: bool>(
    strip: &Strip<L::Real>,
    out: &Strip<L::Real>,
    columns: &Columns,
) {
    let vectors = strip.width.div_ceil(L::COUNT);
    let mut factors = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let at = v * L::COUNT;
        factors.push(Factors::<L>::per_lane(
            [field(&columns.exponent, at), field(&columns.center, at)],
            [field(&columns.high, at), field(&columns.low, at)],
            columns.temperature,
        ));
    }
    for i in 0..strip.length as isize {
        let mut v = 0;
        while v < vectors {
            // SAFETY: i < length and the columns are within the strips.
            unsafe {
                let x: L = load(strip.start.offset(i * strip.stride), v * L::COUNT, strip.width);
                let share = factors[v].share::<GENERAL>(x);
                store(share, out.start.offset(i * out.stride), v * L::COUNT, out.width);
            }
            v += 1;
        }
    }
}

/// Shares of float32 columns.
#[inline(always)]
pub(crate) unsafe fn share_single<I: Isa>(x: &Strip<f32>, out: &Strip<f32>, columns: &Columns) {
    // SAFETY: handed on.
    unsafe {
        if columns.general {
            share::<I::Single, true>(x, out, columns);
        } else {
            share::<I::Single, false>(x, out, columns);
        }
    }
}

/// Shares of float64 columns.
#[inline(always)]
pub(crate) unsafe fn share_double<I: Isa>(x: &Strip<f64>, out: &Strip<f64>, columns: &Columns) {
    // SAFETY: handed on.
    unsafe {
        if columns.general {
            share::<I::Double, true>(x, out, columns);
        } else {
            share::<I::Double, false>(x, out, columns);
        }
    }
}

/// Logarithms of shares of float32 columns; `high` and `low` hold logsumexp. Computed in float64.
#[inline(always)]
pub(crate) unsafe fn log_single<I: Isa>(x: &Strip<f32>, out: &Strip<f32>, columns: &Columns) {
    let t = I::Double::constant(columns.temperature.value);
    let whole = x.width / 8 * 8;
    for i in 0..x.length as isize {
        // SAFETY: i < length, and whole <= width.
        let (from, into) =
            unsafe { (x.start.offset(i * x.stride), out.start.offset(i * out.stride)) };
        for c in (0..whole).step_by(8) {
            // SAFETY: c + 8 <= width.
            unsafe {
                let gap = I::Single::load_wide(from.add(c))
                    .sub(I::Double::load(columns.high.as_ptr().add(c)))
                    .sub(I::Double::load(columns.low.as_ptr().add(c)));
                let gap = if columns.temperature.value == 1.0 { gap } else { gap.div(t) };
                I::Single::store_narrow(gap, into.add(c));
            }
        }
        for c in whole..x.width {
            // SAFETY: c < width.
            unsafe {
                let gap = (f64::from(*from.add(c)) - columns.high[c]) - columns.low[c];
                *into.add(c) = (gap / columns.temperature.value) as f32;
            }
        }
    }
}

/// Logarithms of shares of float64 columns; `high` and `low` hold logsumexp.
#[inline(always)]
pub(crate) unsafe fn log_double<I: Isa>(x: &Strip<f64>, out: &Strip<f64>, columns: &Columns) {
    let t = I::Double::constant(columns.temperature.value);
    for i in 0..x.length as isize {
        let mut c = 0;
        while c < x.width {
            // SAFETY: i < length and the columns are within the strips.
            unsafe {
                let gap: I::Double = load(x.start.offset(i * x.stride), c, x.width);
                let gap = gap.sub(field(&columns.high, c)).sub(field(&columns.low, c));
                let gap = if columns.temperature.value == 1.0 { gap } else { gap.div(t) };
                store(gap, out.start.offset(i * out.stride), c, out.width);
            }
            c += 8;
        }
    }
}
