//! A sum that reaches from 2^63 down to 2^-2240, so that 1 + e^-800 - 1 is e^-800.
//!
//! ```text
//! value = sum limb[i] 2^(64 i - 2240)       in two's complement: -2^63 <= value < 2^63
//! ```
//!
//! The quotient of any two float64 numbers lies above 2^-2098, and 2^-2240 times the largest float64
//! lies below the least: nothing that could be seen in a result is lost at the lower end.

use super::fixed::{FRACTION, Fixed, highest, window};

/// Limbs, lowest first; the highest stands before the point.
const WIDE: usize = 36;
/// The place of the last bit.
const LAST: i32 = -64 * (WIDE as i32 - 1);

/// A running sum of numbers of any size.
#[derive(Clone, Copy)]
pub(super) struct Register([u64; WIDE]);

impl Register {
    pub const ZERO: Register = Register([0; WIDE]);

    /// Add (-1)^negative x 2^e.
    pub fn add(&mut self, x: &Fixed, e: i32, negative: bool) {
        let lowest = e - FRACTION - LAST;
        let first = lowest.div_euclid(64).max(0) as usize;
        let mut carry = negative;
        for (i, limb) in self.0.iter_mut().enumerate().skip(first) {
            let part = window(&x.0, 64 * i as i32 - lowest);
            let part = if negative { !part } else { part };
            let (sum, over) = limb.overflowing_add(part);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, over | over_again);
            // Beyond the number only a carry can change anything: 0 + 0, or -1 + 1.
            if i > first + 5 && carry == negative {
                break;
            }
        }
    }

    /// Whether it is negative, and its magnitude as x 2^e with 1 <= x < 2; none where it is 0.
    pub fn normal(&self) -> Option<(bool, Fixed, i32)> {
        let negative = self.0[WIDE - 1] >> 63 == 1;
        let mut magnitude = Register::ZERO;
        let mut carry = negative;
        for (limb, &own) in magnitude.0.iter_mut().zip(&self.0) {
            let own = if negative { !own } else { own };
            (*limb, carry) = own.overflowing_add(u64::from(carry));
        }
        let top = highest(&magnitude.0)?;
        let x = core::array::from_fn(|i| window(&magnitude.0, top - FRACTION + 64 * i as i32));
        Some((negative, Fixed(x), top + LAST))
    }
}
