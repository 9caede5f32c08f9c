//! Fixed-point numbers of 64 + 256 bits, for the few rows that need more than four float64 parts.
//!
//! ```text
//! value = sum limb[i] 2^(64 i - 256)        0 <= value < 2^64
//! ```
//!
//! Sums and differences are exact, modulo 2^64; every quotient is cut to a multiple of 2^-256, so its error is below
//! 2^-256, and that of a product is below 2^-253.

/// Bits behind the point.
pub(super) const FRACTION: i32 = 256;
/// The implicit bit of a float64, and its place.
const POINT: i32 = 52;

/// Limbs, lowest first.
#[derive(Clone, Copy)]
pub(super) struct Fixed(pub [u64; 5]);

/// |x| = m 2^e of a finite float64, subnormal numbers included; 2^52 <= m < 2^53, and m = 0 for zero.
pub(super) fn split(x: f64) -> (u64, i32) {
    let bits = x.to_bits() & (u64::MAX >> 1);
    let (field, fraction) = ((bits >> POINT) as i32, bits & ((1 << POINT) - 1));
    if field > 0 {
        return (fraction | 1 << POINT, field - 1075);
    }
    let missing = (fraction.leading_zeros() as i32 - 11).min(POINT);
    (fraction << missing, -1074 - missing)
}

/// The 64 bits from bit `at` upwards; beyond both ends there are zeros.
pub(super) fn window(limbs: &[u64], at: i32) -> u64 {
    let limb = |i: i32| usize::try_from(i).ok().and_then(|i| limbs.get(i)).copied().unwrap_or(0);
    let (first, bit) = (at.div_euclid(64), at.rem_euclid(64));
    match bit {
        0 => limb(first),
        _ => limb(first) >> bit | limb(first + 1) << (64 - bit),
    }
}

/// The place of the highest bit that is set.
pub(super) fn highest(limbs: &[u64]) -> Option<i32> {
    let limb = limbs.iter().rposition(|&limb| limb != 0)?;
    Some(64 * limb as i32 + 63 - limbs[limb].leading_zeros() as i32)
}

/// The place of the lowest bit that is set, of a number other than 0.
fn lowest(limbs: &[u64]) -> i32 {
    let zeros = limbs.iter().take_while(|&&limb| limb == 0).count();
    64 * zeros as i32 + limbs[zeros].trailing_zeros() as i32
}

impl Fixed {
    pub fn whole(n: u64) -> Fixed {
        Fixed([0, 0, 0, 0, n])
    }

    pub fn plus(mut self, other: Fixed) -> Fixed {
        let mut carry = false;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, first | second);
        }
        self
    }

    pub fn minus(mut self, other: Fixed) -> Fixed {
        let mut borrow = false;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            let (rest, first) = limb.overflowing_sub(other);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (rest, first | second);
        }
        self
    }

    /// The product of two numbers, by the limbs, as on paper; what lies two limbs and more below the last is left out.
    pub fn by(self, other: Fixed) -> Fixed {
        let mut product = [0u64; 10];
        for (i, a) in self.0.into_iter().enumerate() {
            if a == 0 {
                continue;
            }
            let mut carry = 0;
            for (j, b) in other.0.into_iter().enumerate().skip(3usize.saturating_sub(i)) {
                let sum = u128::from(a) * u128::from(b) + u128::from(product[i + j]) + carry;
                product[i + j] = sum as u64;
                carry = sum >> 64;
            }
            product[i + 5] = carry as u64;
        }
        Fixed(core::array::from_fn(|i| product[i + 4]))
    }

    pub fn times(self, n: u64) -> Fixed {
        let mut carry = 0;
        Fixed(self.0.map(|limb| {
            let sum = u128::from(limb) * u128::from(n) + carry;
            carry = sum >> 64;
            sum as u64
        }))
    }

    pub fn over(mut self, n: u64) -> Fixed {
        let mut rest = 0;
        for limb in self.0.iter_mut().rev() {
            let part = rest << 64 | u128::from(*limb);
            *limb = (part / u128::from(n)) as u64;
            rest = part % u128::from(n);
        }
        self
    }

    /// self 2^e, cut below.
    pub fn shifted(self, e: i32) -> Fixed {
        Fixed(core::array::from_fn(|i| window(&self.0, 64 * i as i32 - e)))
    }

    /// c0 + s x (c1 + s x (c2 + ...)) with x = self and s = -1 where `alternating`, else 1.
    pub fn series(self, coefficients: &[u64], alternating: bool) -> Fixed {
        let mut sum = Fixed::whole(0);
        for &coefficient in coefficients.iter().rev() {
            let (next, term) = (Fixed::whole(coefficient), self.by(sum));
            sum = if alternating { next.minus(term) } else { next.plus(term) };
        }
        sum
    }

    /// The float64 nearest to self 2^e, subnormal numbers included; ties to even.
    pub fn round(self, e: i32) -> f64 {
        let Some(top) = highest(&self.0) else { return 0.0 };
        // 64 bits, of which a float64 keeps 53, or fewer where it is subnormal
        let bits = window(&self.0, top - 63);
        let exact = lowest(&self.0) >= top - 63;
        let exponent = top - FRACTION + e;
        let dropped = 11 + (-1022 - exponent).max(0);
        if dropped > 64 {
            return 0.0;
        }
        let kept = if dropped == 64 { 0 } else { bits >> dropped };
        let half = 1u64 << (dropped - 1);
        let rest = bits & (half | (half - 1));
        let up = rest > half || (rest == half && (!exact || kept & 1 == 1));
        // A carry out of the fraction raises the exponent field, as it should.
        f64::from_bits((((exponent + 1022).max(0) as u64) << POINT) + kept + u64::from(up))
    }
}
