//! Double-double arithmetic over lanes: a number as an unevaluated sum high + low.
//!
//! Knuth (two_sum), Dekker (fast_two_sum), and a fused multiply-add for the product. The relative
//! error of a product or a sum of numbers of one sign is below 2^-103.

use crate::lanes::Lanes;

/// high + low with |low| <= ulp(high) / 2.
#[derive(Clone, Copy)]
pub(crate) struct Double<L> {
    pub high: L,
    pub low: L,
}

/// a + b = sum + error, exactly.
#[inline(always)]
pub(crate) fn two_sum<L: Lanes>(a: L, b: L) -> (L, L) {
    let sum = a.add(b);
    let part = sum.sub(a);
    let error = a.sub(sum.sub(part)).add(b.sub(part));
    (sum, error)
}

/// a + b = sum + error, exactly, where |a| >= |b| or a = 0.
#[inline(always)]
pub(crate) fn fast_two_sum<L: Lanes>(a: L, b: L) -> (L, L) {
    let sum = a.add(b);
    (sum, b.sub(sum.sub(a)))
}

/// a * b = product + error, exactly.
#[inline(always)]
pub(crate) fn two_product<L: Lanes<Real = f64>>(a: L, b: L) -> (L, L) {
    let product = a.mul(b);
    (product, a.fma(b, product.neg()))
}

/// The sum of two numbers in two parts each; the high parts are of any size.
#[inline(always)]
pub(crate) fn join<L: Lanes>(a: (L, L), b: (L, L)) -> (L, L) {
    let (sum, error) = two_sum(a.0, b.0);
    (sum, error.add(a.1.add(b.1)))
}

impl<L: Lanes<Real = f64>> Double<L> {
    #[inline(always)]
    pub fn splat(high: f64, low: f64) -> Self {
        Double { high: L::splat(high), low: L::splat(low) }
    }

    #[inline(always)]
    pub fn mul(self, other: Self) -> Self {
        let (product, error) = two_product(self.high, other.high);
        let error = self.high.fma(other.low, self.low.fma(other.high, error));
        let (high, low) = fast_two_sum(product, error);
        Double { high, low }
    }

    /// The product with its parts as they come: |low| may reach a few ulp(high).
    #[inline(always)]
    pub fn mul_loosely(self, other: Self) -> Self {
        let (high, error) = two_product(self.high, other.high);
        Double { high, low: self.high.fma(other.low, self.low.fma(other.high, error)) }
    }

    /// self * other + larger, its parts as they come, where |larger| is at least twice the product.
    ///
    /// What the first rounding leaves is one more fused operation: larger - high is exact.
    #[inline(always)]
    pub fn mul_and(self, other: Self, larger: Self) -> Self {
        let high = self.high.fma(other.high, larger.high);
        let error = self.high.fma(other.high, larger.high.sub(high));
        let low = self.high.fma(other.low, self.low.fma(other.high, larger.low));
        Double { high, low: error.add(low) }
    }

    /// 1 / self, relative error below 2^-100.
    #[inline(always)]
    pub fn inverse(self) -> Self {
        let one = L::splat(1.0);
        let guess = one.div(self.high);
        let minus = guess.neg();
        // 1 - (high + low) guess
        let residual = minus.fma(self.low, minus.fma(self.high, one));
        let (high, low) = fast_two_sum(guess, residual.mul(guess));
        Double { high, low }
    }
}
