//! blend: rows whose every element counts in their loss.
//!
//! ```text
//! dot   = sum of a_k x_k,  all = sum of a_k
//! slope = f (p_k (A - a_k) - a_k (1 - p_k) + z p_k)
//! ```
//!
//! Element i belongs to lane i mod 8. Float64 sums keep the rounding of every product and addition; terms of float32
//! elements are rounded to float64, four of them added, and only the rounding of what follows is kept.

use crate::elementary::double::two_sum;
use crate::lanes::{Isa, Lanes, Narrow};

/// Vectors whose terms are added before their sum is.
const FEW: usize = 4;

/// Running sums, eight side by side, in two parts each.
pub(crate) struct Dots {
    /// a x.
    pub dot: [[f64; 8]; 2],
    /// a.
    pub all: [[f64; 8]; 2],
}

impl Dots {
    pub const ZERO: Dots = Dots { dot: [[0.0; 8]; 2], all: [[0.0; 8]; 2] };
}

/// What makes a gradient of shares.
pub(crate) struct Bend {
    /// A in two parts.
    pub total: (f64, f64),
    /// The weight of the share itself.
    pub z: f64,
    /// f.
    pub factor: f64,
    /// a where it is the same for all elements.
    pub alike: f64,
}

/// Eight numbers as float64.
trait Eight<L> {
    type Number: Copy + Default;
    /// # Safety
    /// Eight numbers must be readable at `pointer`.
    unsafe fn load(pointer: *const Self::Number) -> L;
}

struct Singles<N>(core::marker::PhantomData<N>);

impl<N: Narrow> Eight<N::Wide> for Singles<N> {
    type Number = f32;
    #[inline(always)]
    unsafe fn load(pointer: *const f32) -> N::Wide {
        // SAFETY: handed on.
        unsafe { N::load_wide(pointer) }
    }
}

struct Doubles;

impl<L: Lanes<Real = f64>> Eight<L> for Doubles {
    type Number = f64;
    #[inline(always)]
    unsafe fn load(pointer: *const f64) -> L {
        // SAFETY: handed on.
        unsafe { L::load(pointer) }
    }
}

/// A sum that keeps the roundings of its additions.
#[derive(Clone, Copy)]
struct Kept<L>([L; 2]);

impl<L: Lanes<Real = f64, Array = [f64; 8]>> Kept<L> {
    #[inline(always)]
    fn from(arrays: &[[f64; 8]; 2]) -> Self {
        Kept([L::from_array(&arrays[0]), L::from_array(&arrays[1])])
    }

    #[inline(always)]
    fn add(&mut self, term: L, error: L) {
        let (sum, rounding) = two_sum(self.0[0], term);
        self.0 = [sum, self.0[1].add(rounding.add(error))];
    }

    #[inline(always)]
    fn arrays(self) -> [[f64; 8]; 2] {
        self.0.map(Lanes::to_array)
    }
}

/// a x of eight elements, and what it misses: 0 times anything is 0.
#[inline(always)]
fn term<L: Lanes<Real = f64>, const ALIKE: bool>(x: L, a: L) -> [L; 2] {
    let zero = L::constant(0.0);
    if ALIKE {
        return [x, zero];
    }
    let x = a.choose_equal(zero, zero, x);
    let product = a.mul(x);
    [product, a.fma(x, product.neg())]
}

/// Add elements with their coefficients, or all alike with 1, whose sum nobody asks for.
#[inline(always)]
fn dots<L, X, const ALIKE: bool, const COARSE: bool>(x: &[X::Number], a: &[f64], sums: &mut Dots)
where
    L: Lanes<Real = f64, Array = [f64; 8]>,
    X: Eight<L>,
{
    assert!(ALIKE || a.len() == x.len(), "a coefficient an element");
    let zero = L::constant(0.0);
    let (mut dot, mut all) = (Kept::<L>::from(&sums.dot), Kept::<L>::from(&sums.all));
    // SAFETY: the callers stay below the lengths.
    let eight = |i: usize| unsafe {
        let a = if ALIKE { zero } else { L::load(a.as_ptr().add(i)) };
        (X::load(x.as_ptr().add(i)), a)
    };
    let mut i = 0;
    while COARSE && i + 8 * FEW <= x.len() {
        let (mut sum, mut whole) = (zero, zero);
        for j in 0..FEW {
            let (x, a) = eight(i + 8 * j);
            sum = sum.add(term::<L, ALIKE>(x, a)[0]);
            whole = whole.add(a);
        }
        dot.add(sum, zero);
        if !ALIKE {
            all.add(whole, zero);
        }
        i += 8 * FEW;
    }
    while i < x.len() {
        let count = (x.len() - i).min(8);
        let (x, a) = if count == 8 {
            eight(i)
        } else {
            let (mut xs, mut weights) = ([X::Number::default(); 8], [0.0; 8]);
            xs[..count].copy_from_slice(&x[i..]);
            if !ALIKE {
                weights[..count].copy_from_slice(&a[i..]);
            }
            // SAFETY: the array holds eight.
            (unsafe { X::load(xs.as_ptr()) }, L::from_array(&weights))
        };
        let [product, error] = term::<L, ALIKE>(x, a);
        dot.add(product, error);
        if !ALIKE {
            all.add(a, zero);
        }
        i += count;
    }
    (sums.dot, sums.all) = (dot.arrays(), all.arrays());
}

/// Add float32 elements, with coefficients where there are any.
#[inline(always)]
pub(crate) fn dots_single<I: Isa>(x: &[f32], a: Option<&[f64]>, sums: &mut Dots) {
    match a {
        Some(a) => dots::<I::Double, Singles<I::Single>, false, true>(x, a, sums),
        None => dots::<I::Double, Singles<I::Single>, true, true>(x, &[], sums),
    }
}

/// Add float64 elements, with coefficients where there are any.
#[inline(always)]
pub(crate) fn dots_double<I: Isa>(x: &[f64], a: Option<&[f64]>, sums: &mut Dots) {
    match a {
        Some(a) => dots::<I::Double, Doubles, false, false>(x, a, sums),
        None => dots::<I::Double, Doubles, true, false>(x, &[], sums),
    }
}

/// A `Bend` in every lane.
struct Bent<L> {
    total: [L; 2],
    z: L,
    factor: L,
    one: L,
}

impl<L: Lanes<Real = f64>> Bent<L> {
    /// The gradient of a share p with coefficient a: f (p (total - a) - a (1 - p) + z p)
    #[inline(always)]
    fn slope(&self, p: L, a: L) -> L {
        let [high, low] = self.total;
        let slope = p.mul(high.sub(a).add(low)).sub(a.mul(self.one.sub(p)));
        p.fma(self.z, slope).mul(self.factor)
    }
}

/// Shares into the gradient; with a coefficient each, or all alike.
#[inline(always)]
pub(crate) fn bend<I: Isa>(shares: &mut [f64], a: Option<&[f64]>, by: &Bend) {
    assert!(a.is_none_or(|a| a.len() == shares.len()), "a coefficient an element");
    let one = I::Double::constant(1.0);
    let bent = Bent {
        total: [I::Double::constant(by.total.0), I::Double::constant(by.total.1)],
        z: I::Double::constant(by.z),
        factor: I::Double::constant(by.factor),
        one,
    };
    let alike = I::Double::constant(by.alike);
    for i in (0..shares.len()).step_by(8) {
        let count = (shares.len() - i).min(8);
        // SAFETY: the slices hold `count` numbers from `i` on.
        unsafe {
            let place = shares.as_mut_ptr().add(i);
            let coefficients = match a {
                None => alike,
                Some(a) if count == 8 => I::Double::load(a.as_ptr().add(i)),
                Some(a) => I::Double::load_part(a.as_ptr().add(i), count, one),
            };
            if count == 8 {
                bent.slope(I::Double::load(place), coefficients).store(place);
            } else {
                let p = I::Double::load_part(place, count, one);
                bent.slope(p, coefficients).store_part(place, count);
            }
        }
    }
}
