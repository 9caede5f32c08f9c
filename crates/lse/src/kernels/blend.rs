//! blend: rows whose every element counts in their loss.
//!
//! ```text
//! dot = sum of a_k x_k,  all = sum of a_k
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

/// Numbers that go with the elements of a row, as they lie in memory.
#[derive(Clone, Copy)]
pub(crate) enum Numbers<'a> {
    Single(&'a [f32]),
    Double(&'a [f64]),
}

/// Eight numbers as float64.
pub(super) trait Eight<L> {
    type Number: Copy + Default;
    /// # Safety
    /// Eight numbers must be readable at `pointer`.
    unsafe fn load(pointer: *const Self::Number) -> L;
    /// The eight from `i` on; 0 where the numbers end.
    #[inline(always)]
    fn of(numbers: &[Self::Number], i: usize) -> L {
        let count = (numbers.len() - i).min(8);
        if count == 8 {
            // SAFETY: the slice holds eight from `i` on.
            return unsafe { Self::load(numbers.as_ptr().add(i)) };
        }
        let mut eight = [Self::Number::default(); 8];
        eight[..count].copy_from_slice(&numbers[i..]);
        // SAFETY: the array holds eight.
        unsafe { Self::load(eight.as_ptr()) }
    }
}

pub(super) struct Singles<N>(core::marker::PhantomData<N>);

impl<N: Narrow> Eight<N::Wide> for Singles<N> {
    type Number = f32;
    #[inline(always)]
    unsafe fn load(pointer: *const f32) -> N::Wide {
        // SAFETY: handed on.
        unsafe { N::load_wide(pointer) }
    }
}

pub(super) struct Doubles;

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
fn dots<L, X, A, const ALIKE: bool, const COARSE: bool>(
    x: &[X::Number],
    a: &[A::Number],
    sums: &mut Dots,
) where
    L: Lanes<Real = f64, Array = [f64; 8]>,
    X: Eight<L>,
    A: Eight<L>,
{
    assert!(ALIKE || a.len() == x.len(), "a coefficient an element");
    let zero = L::constant(0.0);
    let (mut dot, mut all) = (Kept::<L>::from(&sums.dot), Kept::<L>::from(&sums.all));
    let mut i = 0;
    while COARSE && i + 8 * FEW <= x.len() {
        let (mut sum, mut whole) = (zero, zero);
        for j in 0..FEW {
            // SAFETY: four times eight numbers lie below the lengths.
            let (x, a) = unsafe {
                let at = i + 8 * j;
                let a = if ALIKE { zero } else { A::load(a.as_ptr().add(at)) };
                (X::load(x.as_ptr().add(at)), a)
            };
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
        let a = if ALIKE { zero } else { A::of(a, i) };
        let [product, error] = term::<L, ALIKE>(X::of(x, i), a);
        dot.add(product, error);
        if !ALIKE {
            all.add(a, zero);
        }
        i += 8;
    }
    (sums.dot, sums.all) = (dot.arrays(), all.arrays());
}

/// Add float32 elements, with coefficients where there are any.
#[inline(always)]
pub(crate) fn dots_single<I: Isa>(x: &[f32], a: Option<Numbers<'_>>, sums: &mut Dots) {
    type X<I> = Singles<<I as Isa>::Single>;
    match a {
        Some(Numbers::Single(a)) => dots::<I::Double, X<I>, X<I>, false, true>(x, a, sums),
        Some(Numbers::Double(a)) => dots::<I::Double, X<I>, Doubles, false, true>(x, a, sums),
        None => dots::<I::Double, X<I>, Doubles, true, true>(x, &[], sums),
    }
}

/// Add float64 elements, with coefficients where there are any.
#[inline(always)]
pub(crate) fn dots_double<I: Isa>(x: &[f64], a: Option<Numbers<'_>>, sums: &mut Dots) {
    type A<I> = Singles<<I as Isa>::Single>;
    match a {
        Some(Numbers::Single(a)) => dots::<I::Double, Doubles, A<I>, false, false>(x, a, sums),
        Some(Numbers::Double(a)) => dots::<I::Double, Doubles, Doubles, false, false>(x, a, sums),
        None => dots::<I::Double, Doubles, Doubles, true, false>(x, &[], sums),
    }
}
