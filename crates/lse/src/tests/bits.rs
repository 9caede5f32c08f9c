//! Bits: answers that have to be the same, not close.

/// The bits of a number; every nan counts as the same one.
pub(crate) fn bits(x: f64) -> u64 {
    if x.is_nan() { 0x7FF8_0000_0000_0000 } else { x.to_bits() }
}

/// Numbers whose bits can be taken down.
pub(crate) trait Bits {
    fn bits(&self) -> Vec<u64>;
}

impl Bits for f64 {
    fn bits(&self) -> Vec<u64> {
        vec![bits(*self)]
    }
}

impl Bits for f32 {
    fn bits(&self) -> Vec<u64> {
        // Widening is exact: equal bits here are equal bits there.
        vec![bits(f64::from(*self))]
    }
}

impl<T: Bits> Bits for [T] {
    fn bits(&self) -> Vec<u64> {
        self.iter().flat_map(Bits::bits).collect()
    }
}

impl<T: Bits, const N: usize> Bits for [T; N] {
    fn bits(&self) -> Vec<u64> {
        self.as_slice().bits()
    }
}

impl<T: Bits> Bits for Vec<T> {
    fn bits(&self) -> Vec<u64> {
        self.as_slice().bits()
    }
}

impl Bits for crate::State {
    fn bits(&self) -> Vec<u64> {
        [self.max, self.top, self.rest, self.rest_low].bits()
    }
}

impl Bits for crate::state::Mass {
    fn bits(&self) -> Vec<u64> {
        [self.max, self.reference.exponent, self.reference.center, self.high, self.low].bits()
    }
}

impl<A: Bits, B: Bits> Bits for (A, B) {
    fn bits(&self) -> Vec<u64> {
        [self.0.bits(), self.1.bits()].concat()
    }
}

impl<A: Bits, B: Bits, C: Bits> Bits for (A, B, C) {
    fn bits(&self) -> Vec<u64> {
        [self.0.bits(), self.1.bits(), self.2.bits()].concat()
    }
}

/// Fail at the first number whose bits differ.
pub(crate) fn assert_same(one: &(impl Bits + ?Sized), other: &(impl Bits + ?Sized), what: &str) {
    let (one, other) = (one.bits(), other.bits());
    assert_eq!(one.len(), other.len(), "{what}: as many numbers");
    for (i, (a, b)) in one.iter().zip(&other).enumerate() {
        let (x, y) = (f64::from_bits(*a), f64::from_bits(*b));
        assert_eq!(a, b, "{what}: number {i} of {} is {x:e} and {y:e}", one.len());
    }
}
