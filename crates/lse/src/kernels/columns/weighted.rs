//! Strips of columns with weights: the signed sums that `quick` has of rows, a column a lane.
//!
//! Every lane of a row has sums and a watch of its own here too, so a column has the bits that it would have as a row.

use super::group::Links;
use super::{Columns, STRIP, Strip, field};
use crate::elementary::double::{fast_two_sum, join};
use crate::elementary::exp::{Guide, Reference, Temperature};
use crate::kernels::quick::{Exact, Quick, REST, Sums, Watch, Wide, step};
use crate::kernels::totals::CHAIN;
use crate::lanes::{Isa, Lanes, Real};

/// Lanes of the widest vector.
const WIDEST: usize = 16;

/// What is known of weighted columns, and what a fold of a block of them finds.
pub(crate) struct WeightedColumns {
    known: Box<Columns>,
    /// Whether a weight is that of all columns: as many copies of it as there are lanes make its row.
    shared: bool,
    against: [f64; STRIP],
    weights: [f64; STRIP],
}

impl WeightedColumns {
    /// Columns that are measured in these, and whether they share their weights.
    pub fn new(
        temperature: Temperature,
        references: &[Reference],
        shared: bool,
    ) -> Box<WeightedColumns> {
        let (mut known, zero) = (Columns::new(temperature), [0.0; STRIP]);
        for (c, reference) in references.iter().enumerate() {
            (known.exponent[c], known.center[c]) = (reference.exponent, reference.center);
            known.general |= reference.center != 0.0;
        }
        Box::new(WeightedColumns { known, shared, against: zero, weights: zero })
    }

    /// What was found of one column.
    pub fn quick(&self, c: usize) -> Quick {
        let mass = self.known.mass(c);
        Quick {
            max: mass.max,
            reference: mass.reference,
            high: mass.high,
            low: mass.low,
            against: self.against[c],
            weights: self.weights[c],
        }
    }
}

/// What a lane of a row comes to, for a vector of columns.
#[derive(Clone, Copy)]
struct Account<L, S> {
    sums: S,
    watch: Watch<L>,
}

impl<L: Lanes, S: Sums<L>> Account<L, S> {
    #[inline(always)]
    fn new() -> Self {
        Account { sums: S::zero(), watch: Watch::new() }
    }
}

/// A vector of columns, and of their weights.
#[derive(Clone, Copy)]
struct Pair<R> {
    x: Links<R>,
    b: Links<R>,
}

impl<R> Pair<R> {
    /// Link `i`; columns that are missing weigh nothing, and their weights are positive.
    ///
    /// # Safety
    /// It must be readable.
    #[inline(always)]
    unsafe fn load<L: Lanes<Real = R>, const WHOLE: bool>(&self, i: usize) -> (L, L) {
        let (lowest, one) = (L::constant(f64::NEG_INFINITY), L::constant(1.0));
        // SAFETY: handed on.
        unsafe { (self.x.load::<L, WHOLE>(i, lowest), self.b.read::<L, WHOLE>(i, one)) }
    }

    /// Add the first `count` links; `SIGNED` where not all weights are above 0.
    ///
    /// # Safety
    /// They must be readable.
    #[inline(always)]
    unsafe fn add<L, S, const GENERAL: bool, const WHOLE: bool, const SIGNED: bool>(
        &self,
        count: usize,
        guide: &Guide<L>,
        Account { sums, watch }: &mut Account<L, S>,
    ) where
        L: Lanes<Real = R>,
        S: Sums<L>,
    {
        let mut rests = L::constant(0.0);
        for i in 0..count {
            // SAFETY: handed on.
            let (x, b) = unsafe { self.load::<L, WHOLE>(i) };
            rests = step::<L, S, GENERAL, SIGNED>(x, b, guide, sums, watch, rests);
        }
        sums.add_rests(rests);
    }

    /// Add a group.
    ///
    /// # Safety
    /// Its links must be readable.
    #[inline(always)]
    unsafe fn group<L, S, const GENERAL: bool, const WHOLE: bool>(
        &self,
        guide: &Guide<L>,
        account: &mut Account<L, S>,
    ) where
        L: Lanes<Real = R>,
        S: Sums<L>,
    {
        let (mut least, one) = (L::constant(f64::INFINITY), L::constant(1.0));
        for i in 0..self.x.count {
            // SAFETY: handed on.
            least = unsafe { self.b.load::<L, WHOLE>(i, one) }.below(least);
        }
        let positive = least.exceeds(L::constant(0.0)) == u32::MAX >> (32 - L::COUNT);
        // Summed in registers, not where it is kept.
        let mut sum = *account;
        // SAFETY: handed on.
        unsafe {
            match (positive, self.x.count) {
                (true, CHAIN) => self.add::<L, S, GENERAL, WHOLE, false>(CHAIN, guide, &mut sum),
                (true, count) => self.add::<L, S, GENERAL, WHOLE, false>(count, guide, &mut sum),
                (false, count) => self.add::<L, S, GENERAL, WHOLE, true>(count, guide, &mut sum),
            }
        }
        *account = sum;
    }
}

/// Fold a block of a strip; `total` adds the lanes of a vector of columns.
#[inline(always)]
unsafe fn fold<L: Lanes, S: Sums<L>, const GENERAL: bool>(
    x: &Strip<L::Real>,
    b: &Strip<L::Real>,
    found: &mut WeightedColumns,
    total: impl Fn(&[Account<L, S>], usize, &mut Columns),
) {
    let b_width = if found.shared { L::COUNT } else { x.width };
    assert!(b.width == b_width && x.length == b.length, "a weight for each element");
    let b_step = if found.shared { 0 } else { L::COUNT };
    let (vectors, whole) = (x.width.div_ceil(L::COUNT), x.width / L::COUNT);
    let mut guides = Vec::with_capacity(vectors);
    for v in 0..vectors {
        let known = &found.known;
        let (exponent, center): (L, L) =
            (field(&known.exponent, v * L::COUNT), field(&known.center, v * L::COUNT));
        guides.push(Guide::<L>::per_lane(exponent, center, known.temperature));
    }
    // accounts[lane * vectors + v]
    let mut accounts = vec![Account::<L, S>::new(); vectors * L::COUNT];
    let size = CHAIN * L::COUNT;
    for first in (0..x.length).step_by(size) {
        let count = size.min(x.length - first);
        let (x, b) = (x.ready(first, count), b.ready(first, count));
        let lanes = L::COUNT.min(count);
        for (lane, accounts) in accounts.chunks_exact_mut(vectors).enumerate().take(lanes) {
            let row = first + lane;
            let mut pair = Pair { x: Links::of::<L>(&x, row), b: Links::of::<L>(&b, row) };
            pair.b.width = pair.x.width;
            // SAFETY: the rows lie within the strips, and the columns of all vectors but the last as well.
            unsafe {
                for v in 0..whole {
                    pair.group::<L, S, GENERAL, true>(&guides[v], &mut accounts[v]);
                    pair.x.first = pair.x.first.wrapping_add(L::COUNT);
                    pair.b.first = pair.b.first.wrapping_add(b_step);
                }
                if whole < vectors {
                    pair.group::<L, S, GENERAL, false>(&guides[whole], &mut accounts[whole]);
                }
            }
        }
    }
    // Lanes that the last elements of a row do not reach see a weight of 1 there, as `quick` pads it.
    let reached = (x.length - 1) % L::COUNT + 1;
    let one = L::constant(1.0);
    for account in &mut accounts[reached * vectors..] {
        account.watch.weights = account.watch.weights.add(one);
    }
    for v in 0..vectors {
        let mut lanes = [Account::<L, S>::new(); WIDEST];
        for (lane, slot) in lanes[..L::COUNT].iter_mut().enumerate() {
            *slot = accounts[lane * vectors + v];
        }
        watched(&lanes[..L::COUNT], v * L::COUNT, found);
        total(&lanes[..L::COUNT], v, &mut found.known);
    }
}

/// What the lanes of a vector of columns have watched.
#[inline(always)]
fn watched<L: Lanes, S>(lanes: &[Account<L, S>], at: usize, found: &mut WeightedColumns) {
    let zero = L::constant(0.0);
    let (mut max, mut against) = (L::constant(f64::NEG_INFINITY), [zero; WIDEST]);
    let mut weights = against;
    for (lane, Account { watch, .. }) in lanes.iter().enumerate() {
        max = watch.max.above(max);
        (against[lane], weights[lane]) = (watch.against, watch.weights);
    }
    let [against, weights] = [tree(&mut against, L::COUNT), tree(&mut weights, L::COUNT)];
    let [max, against, weights] = [max.to_array(), against.to_array(), weights.to_array()];
    for i in 0..L::COUNT {
        found.known.max[at + i] = max.as_ref()[i].to_f64();
        found.against[at + i] = against.as_ref()[i].to_f64() * REST;
        found.weights[at + i] = weights.as_ref()[i].to_f64();
    }
}

/// The sum of so many lanes, by halves.
#[inline(always)]
fn tree<L: Lanes>(lanes: &mut [L; WIDEST], mut width: usize) -> L {
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] = lanes[i].add(lanes[i + width]);
        }
    }
    lanes[0]
}

/// The tree of `Wide::total`, a column a lane.
#[inline(always)]
fn total_single<I: Isa>(
    accounts: &[Account<I::Single, Wide<I::Double>>],
    v: usize,
    columns: &mut Columns,
) {
    for half in 0..2 {
        let mut lanes = [I::Double::constant(0.0); WIDEST];
        for (slot, account) in lanes.iter_mut().zip(accounts) {
            *slot = account.sums.lanes()[half];
        }
        let at = 16 * v + 8 * half;
        columns.high[at..at + 8].copy_from_slice(&tree(&mut lanes, WIDEST).to_array());
        columns.low[at..at + 8].fill(0.0);
    }
}

/// The tree of `Exact::total`, a column a lane.
#[inline(always)]
fn total_double<I: Isa>(
    accounts: &[Account<I::Double, Exact<I::Double>>],
    v: usize,
    columns: &mut Columns,
) {
    let zero = I::Double::constant(0.0);
    let mut four = [(zero, zero); 4];
    for (j, slot) in four.iter_mut().enumerate() {
        let (a, b) = (accounts[j].sums, accounts[j + 4].sums);
        *slot = join((a.high, a.low), (b.high, b.low));
    }
    let (high, low) = join(join(four[0], four[2]), join(four[1], four[3]));
    let (high, low) = fast_two_sum(high, low);
    columns.high[8 * v..8 * v + 8].copy_from_slice(&high.to_array());
    columns.low[8 * v..8 * v + 8].copy_from_slice(&low.to_array());
}

/// Fold a block of float32 columns with float32 weights.
#[inline(always)]
pub(crate) unsafe fn weighted_single<I: Isa>(
    x: &Strip<f32>,
    weights: &Strip<f32>,
    found: &mut WeightedColumns,
) {
    // SAFETY: handed on.
    unsafe {
        if found.known.general {
            fold::<I::Single, Wide<I::Double>, true>(x, weights, found, total_single::<I>);
        } else {
            fold::<I::Single, Wide<I::Double>, false>(x, weights, found, total_single::<I>);
        }
    }
}

/// Fold a block of float64 columns with float64 weights.
#[inline(always)]
pub(crate) unsafe fn weighted_double<I: Isa>(
    x: &Strip<f64>,
    weights: &Strip<f64>,
    found: &mut WeightedColumns,
) {
    // SAFETY: handed on.
    unsafe {
        if found.known.general {
            fold::<I::Double, Exact<I::Double>, true>(x, weights, found, total_double::<I>);
        } else {
            fold::<I::Double, Exact<I::Double>, false>(x, weights, found, total_double::<I>);
        }
    }
}
