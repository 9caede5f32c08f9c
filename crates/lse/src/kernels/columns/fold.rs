//! Strips of columns into masses.

use super::{Columns, Strip, brief, field, load};
use crate::elementary::double::{fast_two_sum, join};
use crate::elementary::exp::{Guide, Parts};
use crate::kernels::fold::{Care, headroom, powers};
use crate::kernels::totals::{CHAIN, Chain, Compensated, Pairs, Totals, Widened, pairwise};
use crate::lanes::{Isa, Lanes, Real, prefetch};

/// Load a vector of columns, look at its maximum, add its remainders to a chain; answers its parts.
#[inline(always)]
unsafe fn step<L: Lanes, const GENERAL: bool, const CLOSE: bool>(
    strip: &Strip<L::Real>,
    [i, c]: [usize; 2],
    guide: &Guide<L>,
    peak: &mut L,
    chain: &mut Chain<L>,
) -> Parts<L> {
    // SAFETY: i < length and the columns are within the strip.
    let x: L =
        unsafe { load(strip.start.wrapping_offset(i as isize * strip.stride), c, strip.width) };
    // The next row lies in another page, which the processor does not foresee.
    prefetch(strip.start.wrapping_offset((i as isize + 1) * strip.stride).wrapping_add(c).cast());
    *peak = x.above(*peak);
    let parts = powers::<L, GENERAL, CLOSE>(x, guide);
    chain.add_rest(&parts);
    parts
}

/// Fold a strip; a vector of columns has a total for each lane of a row, merged by `total`.
#[inline(always)]
unsafe fn fold<L: Lanes, T: Totals<L>, const GENERAL: bool, const CLOSE: bool>(
    strip: &Strip<L::Real>,
    columns: &mut Columns,
    total: impl Fn(&[T], usize, &mut Columns),
) {
    let vectors = strip.width.div_ceil(L::COUNT);
    let mut guides = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let (exponent, center): (L, L) =
            (field(&columns.exponent, v * L::COUNT), field(&columns.center, v * L::COUNT));
        let exponent = exponent.sub(L::constant(headroom::<L::Real>(CLOSE)));
        guides.push(Guide::<L>::per_lane(exponent, center, columns.temperature));
    }
    let mut max = vec![L::constant(f64::NEG_INFINITY); vectors];
    // totals[v * lanes + lane]
    let mut totals = vec![T::zero(); vectors * L::COUNT];

    let fine = columns.care == Care::Fine;
    let group = CHAIN * L::COUNT;
    let mut first = 0;
    while first < strip.length {
        let strip = &strip.ready(first, group.min(strip.length - first));
        for lane in 0..L::COUNT.min(strip.length - first) {
            let links = (strip.length - first - lane).div_ceil(L::COUNT).min(CHAIN);
            let mut v = 0;
            while v < vectors {
                let (mut peak, guide) = (max[v], &guides[v]);
                let total = &mut totals[v * L::COUNT + lane];
                let (row, c) = (first + lane, v * L::COUNT);
                let mut chain = Chain::zero();
                // SAFETY: the rows lie within the strip.
                unsafe {
                    if fine {
                        for link in 0..links {
                            let at = [row + link * L::COUNT, c];
                            let parts =
                                step::<L, GENERAL, CLOSE>(strip, at, guide, &mut peak, &mut chain);
                            chain.powers = parts.power;
                            total.add(chain);
                            chain = Chain::zero();
                        }
                    } else if links == CHAIN {
                        chain.powers = pairwise!(link => {
                            let at = [row + link * L::COUNT, c];
                            step::<L, GENERAL, CLOSE>(strip, at, guide, &mut peak, &mut chain).power
                        });
                        total.add(chain);
                    } else {
                        let mut powers = Pairs::zero();
                        for link in 0..links {
                            let at = [row + link * L::COUNT, c];
                            let parts =
                                step::<L, GENERAL, CLOSE>(strip, at, guide, &mut peak, &mut chain);
                            powers.push(link, parts.power);
                        }
                        chain.powers = powers.total();
                        total.add(chain);
                    }
                }
                max[v] = peak;
                v += 1;
            }
        }
        first += group;
    }

    for v in 0..vectors {
        let peaks = max[v].to_array();
        for (slot, x) in columns.max[v * L::COUNT..].iter_mut().zip(peaks.as_ref()) {
            *slot = x.to_f64();
        }
        total(&totals[v * L::COUNT..(v + 1) * L::COUNT], v, columns);
    }
    if CLOSE {
        for sum in columns.high.iter_mut().chain(&mut columns.low) {
            *sum *= L::Real::BACK;
        }
    }
}

/// The tree of `Widened::total`, a column a lane.
#[inline(always)]
fn total_single<I: Isa>(totals: &[Widened<I::Double>], v: usize, columns: &mut Columns) {
    for half in 0..2 {
        let mut eight = [I::Double::constant(0.0); 8];
        for (j, slot) in eight.iter_mut().enumerate() {
            *slot = totals[j].lanes()[half].add(totals[j + 8].lanes()[half]);
        }
        let [a, b, c, d, e, f, g, h] = eight;
        let (a, b, c, d) = (a.add(e), b.add(f), c.add(g), d.add(h));
        let sum = a.add(c).add(b.add(d));
        let at = 16 * v + 8 * half;
        columns.high[at..at + 8].copy_from_slice(&sum.to_array());
        columns.low[at..at + 8].fill(0.0);
    }
}

/// The tree of `Compensated::total`, a column a lane.
#[inline(always)]
fn total_double<I: Isa>(totals: &[Compensated<I::Double>], v: usize, columns: &mut Columns) {
    let zero = I::Double::constant(0.0);
    let mut four = [(zero, zero); 4];
    for (j, slot) in four.iter_mut().enumerate() {
        *slot = join(totals[j].lanes(), totals[j + 4].lanes());
    }
    let (a, b) = (join(four[0], four[2]), join(four[1], four[3]));
    let (high, low) = join(a, b);
    let (high, low) = fast_two_sum(high, low);
    columns.high[8 * v..8 * v + 8].copy_from_slice(&high.to_array());
    columns.low[8 * v..8 * v + 8].copy_from_slice(&low.to_array());
}

/// Fold float32 columns.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(strip: &Strip<f32>, columns: &mut Columns) {
    type Sums<I> = Widened<<I as Isa>::Double>;
    // SAFETY: handed on.
    unsafe {
        let total = total_single::<I>;
        match (columns.general, columns.care) {
            (true, Care::Brief) => brief::fold::<I::Single, Sums<I>, true>(strip, columns, total),
            (false, Care::Brief) => brief::fold::<I::Single, Sums<I>, false>(strip, columns, total),
            (true, _) => fold::<I::Single, Sums<I>, true, true>(strip, columns, total),
            (false, _) => fold::<I::Single, Sums<I>, false, true>(strip, columns, total),
        }
    }
}

/// Fold float64 columns.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(strip: &Strip<f64>, columns: &mut Columns) {
    type Sums<I> = Compensated<<I as Isa>::Double>;
    // SAFETY: handed on.
    unsafe {
        match (columns.general, columns.care) {
            (true, Care::Fast | Care::Brief) => {
                fold::<I::Double, Sums<I>, true, false>(strip, columns, total_double::<I>)
            }
            (false, Care::Fast | Care::Brief) => {
                fold::<I::Double, Sums<I>, false, false>(strip, columns, total_double::<I>)
            }
            (true, _) => fold::<I::Double, Sums<I>, true, true>(strip, columns, total_double::<I>),
            (false, _) => {
                fold::<I::Double, Sums<I>, false, true>(strip, columns, total_double::<I>)
            }
        }
    }
}
