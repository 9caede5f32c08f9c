//! shares: every element of short rows into its share of the mass.
//!
//! ```text
//! share = power (1 + rest) / mass
//! ```
//!
//! The exponentials are kept from the fold: a tile of them stays in the first cache.

use super::finish::Batch;
use super::short::{fold, measure};
use super::tile::{Abreast, Tile, file, filed};
use super::totals::{Compensated, Widened};
use crate::elementary::double::Double;
use crate::elementary::exp::{Parts, Temperature};
use crate::lanes::{Isa, Lanes, Real};

/// Replace the elements of tile `i` by their shares.
#[inline(always)]
fn shares<L: Lanes>(tile: &mut Tile<L::Real>, i: usize, abreast: Abreast, [high, low]: [L; 2]) {
    abreast.check();
    for j in 0..abreast.count {
        let at = (i * abreast.count + j) * L::COUNT;
        // SAFETY: checked.
        unsafe {
            let power = L::load(tile.powers.as_ptr().add(at));
            let rest = L::load(tile.rests.as_ptr().add(at));
            let share = Parts { power, rest }.times(high, low);
            share.store(tile.x.as_mut_ptr().add(at));
        }
    }
}

/// 1 / mass in two float32.
#[inline(always)]
pub(super) fn inverse_single(inverse: f64) -> [f32; 2] {
    let kept = f64::from_bits(inverse.to_bits() & f32::KEPT);
    [kept as f32, (inverse - kept) as f32]
}

/// 1 / mass in two parts, the first as short as `Real::KEPT` asks for.
#[inline(always)]
pub(super) fn inverse_double<L: Lanes<Real = f64>>(mass: Double<L>) -> [L; 2] {
    let Double { high, low } = mass.inverse();
    // Veltkamp's cut, to 53 - 20 bits
    let large = high.mul(L::splat((1 << 20) as f64 + 1.0));
    let kept = large.sub(large.sub(high));
    [kept, high.sub(kept).add(low)]
}

/// Replace short float32 rows by their shares; the masses, as `high`, tell which rows are not ordinary.
#[inline(always)]
pub(crate) fn single<I: Isa>(
    tile: &mut Tile<f32>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
) {
    measure::<I::Single>(tile, abreast, temperature);
    for i in 0..abreast.tiles {
        let totals = fold::<I::Single, Widened<I::Double>, true>(
            tile,
            i,
            abreast,
            temperature,
            f32::HEADROOM,
        );
        let [near, far] = totals.lanes();
        file(&mut batch.high, 16 * i, near);
        file(&mut batch.high, 16 * i + 8, far);
    }
    let one = I::Double::constant(1.0);
    for i in 0..abreast.tiles {
        let (mut high, mut low) = ([0f32; 16], [0f32; 16]);
        for half in 0..2 {
            let inverse = one.div(filed(&batch.high, 16 * i + 8 * half)).to_array();
            for lane in 0..8 {
                [high[8 * half + lane], low[8 * half + lane]] = inverse_single(inverse[lane]);
            }
        }
        let inverse = [I::Single::from_array(&high), I::Single::from_array(&low)];
        shares(tile, i, abreast, inverse);
    }
}

/// Replace short float64 rows by their shares, as `single`.
#[inline(always)]
pub(crate) fn double<I: Isa>(
    tile: &mut Tile<f64>,
    abreast: Abreast,
    temperature: Temperature,
    batch: &mut Batch,
) {
    measure::<I::Double>(tile, abreast, temperature);
    for i in 0..abreast.tiles {
        let totals = fold::<I::Double, Compensated<I::Double>, true>(
            tile,
            i,
            abreast,
            temperature,
            f64::HEADROOM,
        );
        let (high, low) = totals.lanes();
        file(&mut batch.high, 8 * i, high);
        file(&mut batch.low, 8 * i, low);
    }
    for i in 0..abreast.tiles {
        let (high, low) = (filed(&batch.high, 8 * i), filed(&batch.low, 8 * i));
        shares(tile, i, abreast, inverse_double::<I::Double>(Double { high, low }));
    }
}
