//! Strips of columns into masses.

use super::group::{Brief, Group, Links, Ordinary};
use super::{Columns, Strip, field};
use crate::elementary::double::{fast_two_sum, join};
use crate::elementary::exp::Guide;
use crate::kernels::fold::{Care, headroom};
use crate::kernels::totals::{CHAIN, Compensated, Totals, Widened};
use crate::lanes::{Isa, Lanes, Real};

/// Lanes of the widest vector.
const WIDEST: usize = 16;

/// Fold a strip by its groups; a vector of columns has a total for each lane of a row, merged by `total`.
#[inline(always)]
unsafe fn fold<L: Lanes, T: Totals<L>, G: Group<L, T>>(
    strip: &Strip<L::Real>,
    columns: &mut Columns,
    group: &G,
    total: impl Fn(&[T], usize, &mut Columns),
) {
    let (vectors, whole) = (strip.width.div_ceil(L::COUNT), strip.width / L::COUNT);
    let mut guides = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let (exponent, center): (L, L) =
            (field(&columns.exponent, v * L::COUNT), field(&columns.center, v * L::COUNT));
        let exponent = exponent.sub(L::constant(headroom::<L::Real>(G::CLOSE)));
        guides.push(Guide::<L>::per_lane(exponent, center, columns.temperature));
    }
    let mut max = vec![L::constant(f64::NEG_INFINITY); vectors];
    // totals[lane * vectors + v]: those of a lane follow each other, as they are asked for.
    let mut totals = vec![T::zero(); vectors * L::COUNT];

    let size = CHAIN * L::COUNT;
    for first in (0..strip.length).step_by(size) {
        let strip = &strip.ready(first, size.min(strip.length - first));
        let lanes = L::COUNT.min(strip.length - first);
        for (lane, totals) in totals.chunks_exact_mut(vectors).enumerate().take(lanes) {
            let mut links = Links::of::<L>(strip, first + lane);
            // SAFETY: the rows lie within the strip, and the columns of all vectors but the last as well.
            unsafe {
                let mut v = 0;
                while v < whole {
                    group.add::<true>(&links, &guides[v], &mut max[v], &mut totals[v]);
                    links.first = links.first.wrapping_add(L::COUNT);
                    v += 1;
                }
                if v < vectors {
                    group.add::<false>(&links, &guides[v], &mut max[v], &mut totals[v]);
                }
            }
        }
    }

    for v in 0..vectors {
        let peaks = max[v].to_array();
        for (slot, x) in columns.max[v * L::COUNT..].iter_mut().zip(peaks.as_ref()) {
            *slot = x.to_f64();
        }
        let mut lanes = [T::zero(); WIDEST];
        for (lane, slot) in lanes[..L::COUNT].iter_mut().enumerate() {
            *slot = totals[lane * vectors + v];
        }
        total(&lanes[..L::COUNT], v, columns);
    }
    if G::CLOSE {
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
    let (total, fine) = (total_single::<I>, columns.care == Care::Fine);
    // SAFETY: handed on.
    unsafe {
        match (columns.general, columns.care) {
            (true, Care::Brief) => {
                fold::<I::Single, _, _>(strip, columns, &Brief::<true>, total);
            }
            (false, Care::Brief) => {
                fold::<I::Single, _, _>(strip, columns, &Brief::<false>, total);
            }
            (true, _) => {
                fold::<I::Single, _, _>(strip, columns, &Ordinary::<true, true> { fine }, total);
            }
            (false, _) => {
                fold::<I::Single, _, _>(strip, columns, &Ordinary::<false, true> { fine }, total);
            }
        }
    }
}

/// Fold float64 columns.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(strip: &Strip<f64>, columns: &mut Columns) {
    let (total, fine) = (total_double::<I>, columns.care == Care::Fine);
    // SAFETY: handed on.
    unsafe {
        match (columns.general, columns.care) {
            (true, Care::Fast | Care::Brief) => {
                fold::<I::Double, _, _>(strip, columns, &Ordinary::<true, false> { fine }, total);
            }
            (false, Care::Fast | Care::Brief) => {
                fold::<I::Double, _, _>(strip, columns, &Ordinary::<false, false> { fine }, total);
            }
            (true, _) => {
                fold::<I::Double, _, _>(strip, columns, &Ordinary::<true, true> { fine }, total);
            }
            (false, _) => {
                fold::<I::Double, _, _>(strip, columns, &Ordinary::<false, true> { fine }, total);
            }
        }
    }
}
