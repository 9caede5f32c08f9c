//! columns: rows that lie across memory, a strip of neighbours at a time.
//!
//! Where the kept axis is contiguous, one vector holds an element of sixteen (eight) different rows. The
//! sums keep the shape of `fold`: element i of a row belongs to lane i mod W, a chain takes eight
//! elements W apart, each lane has a total. So a column has the bits that it would have as a row.
//!
//! Eight streams run side by side, one for each link of the chain, each as long as the strip is wide. Price:
//! as `fold`, and the reading and writing of one total in eight vectors.

use super::fold::{Care, headroom, powers};
use super::spread::Factors;
use super::totals::{CHAIN, Chain, Compensated, Pairs, Totals, Widened, pairwise};
use crate::elementary::double::{fast_two_sum, join};
use crate::elementary::exp::{Guide, Parts, Reference, Temperature};
use crate::lanes::{Isa, Lanes, Narrow, Real, prefetch};
use crate::state::Mass;

/// The widest strip, in columns.
pub(crate) const STRIP: usize = 512;

/// Columns in memory: element i of column c at `start + i * stride + c`.
pub(crate) struct Strip<'a, R> {
    pub start: *mut R,
    /// In elements.
    pub stride: isize,
    /// Elements a column.
    pub length: usize,
    /// Columns: at most `STRIP`.
    pub width: usize,
    /// What puts elements `first .. first + count` of every column at `start` before a fold asks for them.
    pub feed: Option<&'a dyn Fn(usize, usize)>,
}

impl<R> Strip<'_, R> {
    /// The strip with elements `first .. first + count` where it says that they are.
    pub(super) fn ready(&self, first: usize, count: usize) -> Strip<'static, R> {
        let Strip { mut start, stride, length, width, feed } = *self;
        if let Some(feed) = feed {
            feed(first, count);
            start = start.wrapping_offset(-(first as isize * stride));
        }
        Strip { start, stride, length, width, feed: None }
    }
}

/// What is known of the columns of a strip.
pub(crate) struct Columns {
    pub temperature: Temperature,
    /// Whether a column is centred.
    pub general: bool,
    pub care: Care,
    pub exponent: [f64; STRIP],
    pub center: [f64; STRIP],
    /// A fold fills these three.
    pub max: [f64; STRIP],
    pub high: [f64; STRIP],
    pub low: [f64; STRIP],
}

impl Columns {
    pub fn new(temperature: Temperature) -> Box<Columns> {
        let zero = [0.0; STRIP];
        let general = temperature != Temperature::ONE;
        Box::new(Columns {
            temperature,
            general,
            care: Care::Fast,
            exponent: zero,
            center: zero,
            max: zero,
            high: zero,
            low: zero,
        })
    }

    /// The mass of one column.
    pub fn mass(&self, c: usize) -> Mass {
        Mass {
            max: self.max[c],
            reference: Reference { exponent: self.exponent[c], center: self.center[c] },
            high: self.high[c],
            low: self.low[c],
        }
    }
}

/// The `COUNT` columns of a strip from `c` on; fewer are padded with -inf.
#[inline(always)]
pub(super) unsafe fn load<L: Lanes>(row: *const L::Real, c: usize, width: usize) -> L {
    if c + L::COUNT <= width {
        // SAFETY: the vector lies within the strip.
        return unsafe { L::load(row.add(c)) };
    }
    let mut padded = L::constant(f64::NEG_INFINITY).to_array();
    for (i, slot) in padded.as_mut()[..width - c].iter_mut().enumerate() {
        // SAFETY: c + i < width.
        *slot = unsafe { *row.add(c + i) };
    }
    L::from_array(&padded)
}

#[inline(always)]
unsafe fn store<L: Lanes>(x: L, row: *mut L::Real, c: usize, width: usize) {
    if c + L::COUNT <= width {
        // SAFETY: the vector lies within the strip.
        unsafe { x.store(row.add(c)) };
        return;
    }
    for (i, x) in x.to_array().as_ref()[..width - c].iter().enumerate() {
        // SAFETY: c + i < width.
        unsafe { *row.add(c + i) = *x };
    }
}

/// A per-column field as lanes.
#[inline(always)]
pub(super) fn field<L: Lanes>(field: &[f64; STRIP], c: usize) -> L {
    let mut lanes = L::zeros();
    for (slot, x) in lanes.as_mut().iter_mut().zip(&field[c..c + L::COUNT]) {
        *slot = L::Real::from_f64(*x);
    }
    L::from_array(&lanes)
}

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
        if columns.general {
            fold::<I::Single, Sums<I>, true, true>(strip, columns, total_single::<I>);
        } else {
            fold::<I::Single, Sums<I>, false, true>(strip, columns, total_single::<I>);
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
            (true, Care::Fast) => {
                fold::<I::Double, Sums<I>, true, false>(strip, columns, total_double::<I>)
            }
            (false, Care::Fast) => {
                fold::<I::Double, Sums<I>, false, false>(strip, columns, total_double::<I>)
            }
            (true, _) => fold::<I::Double, Sums<I>, true, true>(strip, columns, total_double::<I>),
            (false, _) => {
                fold::<I::Double, Sums<I>, false, true>(strip, columns, total_double::<I>)
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
