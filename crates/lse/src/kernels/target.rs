//! target: what the gradient of long rows is made of, beside their shares.
//!
//! ```text
//! gradient_k = f e^(x_k/t) / mass,   at y -f (1 - e^(x_y/t) / mass)
//! ```
//!
//! The inverse is that of one row, asked for while the row is in the cache; the gradient at the targets waits for seven
//! rows more. 1 - share keeps its digits as long as the share is no larger than half.

use super::finish::{BATCH, Batch};
use super::spread::Inverse;
use super::tile::{file, filed};
use crate::elementary::double::{Double, fast_two_sum, two_sum};
use crate::elementary::exp::{Guide, Temperature, exp};
use crate::lanes::{Isa, Lanes};
use crate::state::Mass;

/// The targets of a batch of rows: their elements, what the gradient of each row is multiplied with, in two parts,
/// and the gradient there.
pub(crate) struct Peaks {
    pub x: [f64; BATCH],
    pub factor: [[f64; BATCH]; 2],
    pub slopes: [f64; BATCH],
}

impl Peaks {
    pub const NONE: Peaks =
        Peaks { x: [0.0; BATCH], factor: [[0.0; BATCH]; 2], slopes: [0.0; BATCH] };
}

/// factor / mass, to multiply exponentials with.
#[inline(always)]
pub(crate) fn inverse<I: Isa>(
    mass: &Mass,
    factor: (f64, f64),
    temperature: Temperature,
) -> Inverse {
    // mass / factor, by long division
    let quotient = mass.high / factor.0;
    let remainder = (-quotient).mul_add(factor.0, mass.high);
    let low = (remainder + (mass.low - quotient * factor.1)) / factor.0;
    Inverse::of(&Mass { high: quotient, low, ..*mass }, temperature)
}

/// Fill the slopes of the first `rows` rows.
#[inline(always)]
pub(crate) fn slopes<I: Isa>(
    peaks: &mut Peaks,
    batch: &Batch,
    rows: usize,
    temperature: Temperature,
) {
    let (zero, one) = (I::Double::constant(0.0), I::Double::constant(1.0));
    for at in (0..rows).step_by(8) {
        let guide = Guide::per_lane(
            filed::<I::Double>(&batch.exponent, at),
            filed(&batch.center, at),
            temperature,
        );
        let parts = exp::<I::Double, true>(filed(&peaks.x, at), &guide);
        let (high, low) = fast_two_sum(parts.power, parts.power.mul(parts.rest));
        let mass = Double { high: filed(&batch.high, at), low: filed(&batch.low, at) };
        let share = Double { high, low }.mul(mass.inverse());

        // f (1 - share)
        let (sum, error) = two_sum(one, zero.sub(share.high));
        let (high, low) = fast_two_sum(sum, error.sub(share.low));
        let factor = Double {
            high: filed::<I::Double>(&peaks.factor[0], at),
            low: filed(&peaks.factor[1], at),
        };
        let slope = factor.mul(Double { high, low });
        file(&mut peaks.slopes, at, zero.sub(slope.high.add(slope.low)));
    }
}
