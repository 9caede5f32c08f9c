//! Strips of columns into shares, and into their logarithms.

use super::{Columns, Strip, field, load, store};
use crate::kernels::spread::Factors;
use crate::lanes::{Isa, Lanes, Narrow, prefetch};

/// Rows that are spread together.
const BLOCK: usize = 8;

/// A vector of columns and its results: element `i` of each is `stride` places on.
struct Run<R> {
    x: *const R,
    out: *mut R,
    strides: [isize; 2],
    /// Columns in the vector, where it is not whole.
    width: usize,
}

impl<R> Run<R> {
    /// # Safety
    /// Element `i` must be readable.
    #[inline(always)]
    unsafe fn load<L: Lanes<Real = R>, const WHOLE: bool>(&self, i: usize) -> L {
        let x = self.x.wrapping_offset(i as isize * self.strides[0]);
        // SAFETY: handed on.
        unsafe {
            if WHOLE {
                L::load(x)
            } else {
                L::load_part(x, self.width, L::constant(f64::NEG_INFINITY))
            }
        }
    }

    /// # Safety
    /// Element `i` must be writable.
    #[inline(always)]
    unsafe fn store<L: Lanes<Real = R>, const WHOLE: bool>(&self, share: L, i: usize) {
        let out = self.out.wrapping_offset(i as isize * self.strides[1]);
        // SAFETY: handed on.
        unsafe { if WHOLE { share.store(out) } else { share.store_part(out, self.width) } }
    }

    /// The shares of `count` elements of these columns, the short way where none of them is rare.
    ///
    /// # Safety
    /// They must be readable, and their results writable.
    #[inline(always)]
    unsafe fn share<L: Lanes<Real = R>, const GENERAL: bool, const WHOLE: bool>(
        &self,
        count: usize,
        factors: &Factors<L>,
    ) {
        // SAFETY: handed on.
        unsafe {
            if WHOLE && count == BLOCK {
                let mut rarity = factors.rarity::<GENERAL>(self.load::<L, WHOLE>(0));
                for i in 1..BLOCK {
                    rarity = rarity.either(factors.rarity::<GENERAL>(self.load::<L, WHOLE>(i)));
                }
                if !rarity.has_sign() {
                    for i in 0..BLOCK {
                        // The next block lies in other pages, which the processor does not foresee.
                        prefetch(
                            self.x.wrapping_offset((i + BLOCK) as isize * self.strides[0]).cast(),
                        );
                        let x = self.load::<L, WHOLE>(i);
                        self.store::<L, WHOLE>(factors.ordinary_share::<GENERAL>(x), i);
                    }
                    return;
                }
            }
            for i in 0..count {
                let x = self.load::<L, WHOLE>(i);
                self.store::<L, WHOLE>(factors.share::<GENERAL>(x), i);
            }
        }
    }
}

/// Shares: every column has its own factors; `high` and `low` hold the inverse, `exponent` N + G.
#[inline(always)]
unsafe fn share<L: Lanes, const GENERAL: bool>(
    strip: &Strip<L::Real>,
    out: &Strip<L::Real>,
    columns: &Columns,
) {
    let (vectors, whole) = (strip.width.div_ceil(L::COUNT), strip.width / L::COUNT);
    let mut factors = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let at = v * L::COUNT;
        factors.push(Factors::<L>::per_lane(
            [field(&columns.exponent, at), field(&columns.center, at)],
            [field(&columns.high, at), field(&columns.low, at)],
            columns.temperature,
        ));
    }
    for first in (0..strip.length).step_by(BLOCK) {
        let count = BLOCK.min(strip.length - first);
        let mut run = Run {
            x: strip.start.wrapping_offset(first as isize * strip.stride).cast_const(),
            out: out.start.wrapping_offset(first as isize * out.stride),
            strides: [strip.stride, out.stride],
            width: strip.width - whole * L::COUNT,
        };
        // SAFETY: the rows lie within the strips, and the columns of all vectors but the last as well.
        unsafe {
            let mut v = 0;
            while v < whole {
                run.share::<L, GENERAL, true>(count, &factors[v]);
                (run.x, run.out) = (run.x.wrapping_add(L::COUNT), run.out.wrapping_add(L::COUNT));
                v += 1;
            }
            if v < vectors {
                run.share::<L, GENERAL, false>(count, &factors[v]);
            }
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
