//! One short row that lies side by side: kernels for it, without the search for rows and layouts.
//!
//! On the way of all arrays a call on eight numbers spends most of its time on that search. The bits are the
//! same. Only the common case is answered: a row that holds what is not finite, or asks for long arithmetic,
//! is left to the general way.

use super::Compute;
use super::reduce::Minus;
use super::settle::{ENOUGH_FOR_SINGLE, precise_enough};
use super::spread::Scale;
use super::tiles::{Bench, with_bench};
use crate::elementary::exp::{Reference, Temperature};
use crate::intake::Kind;
use crate::isa::kernels;
use crate::kernels::{Abreast, Batch, SHORT, Tile};
use crate::state::Mass;
use core::marker::PhantomData;

/// Temperatures that kernels of both types take.
const ORDINARY: core::ops::Range<f64> = 1e-30..1e30;

/// Up to 64 numbers of float32 or float64, side by side in memory.
#[derive(Clone, Copy, Debug)]
pub struct SmallRow<'a> {
    data: *const u8,
    kind: Kind,
    count: usize,
    temperature: f64,
    lifetime: PhantomData<&'a u8>,
}

impl SmallRow<'_> {
    /// Describe a row in memory; None where it is none of these.
    ///
    /// # Safety
    /// `count` elements of `kind`, in the byte order of the machine, must be readable at `data` for `'a`.
    #[inline]
    pub unsafe fn new(data: *const u8, kind: Kind, count: usize, temperature: f64) -> Option<Self> {
        let serves = matches!(kind, Kind::Float32 | Kind::Float64)
            && (1..=SHORT).contains(&count)
            && (data as usize).is_multiple_of(kind.size())
            && ORDINARY.contains(&temperature);
        serves.then_some(SmallRow { data, kind, count, temperature, lifetime: PhantomData })
    }

    /// log(sum(exp(x))), less what is asked for.
    pub(crate) fn reduce(&self, minus: Minus) -> Option<f64> {
        match self.kind {
            Kind::Float32 => self.reduce_in::<f32>(minus),
            _ => self.reduce_in::<f64>(minus),
        }
    }

    fn reduce_in<T: Compute>(&self, minus: Minus) -> Option<f64> {
        let (table, temperature) = (kernels(), Temperature::new(self.temperature));
        let n = if minus == Minus::LogCount { self.count as f64 } else { 1.0 };
        // SAFETY: the row holds `count` elements of its kind.
        let answer = unsafe {
            match self.kind {
                Kind::Float32 => table.alone_single(self.data.cast(), self.count, temperature, n),
                _ => table.alone_double(self.data.cast(), self.count, temperature, n),
            }
        };
        if answer.abs() >= T::TRUSTED_CLOSE * temperature.value {
            return Some(answer);
        }
        if answer.is_nan() { None } else { self.again::<T>(temperature, n) }
    }

    /// A small result again, as `settle` does: float32 in float64 first, then to 110 bits.
    #[inline(never)]
    fn again<T: Compute>(&self, temperature: Temperature, n: f64) -> Option<f64> {
        let table = kernels();
        let finish = |batch: &mut Batch, trusted: f64| {
            if n != 1.0 {
                batch.divide(0, n);
            }
            // SAFETY: no pointers.
            let below = unsafe { table.finish(batch, 1, temperature, trusted * temperature.value) };
            (below == 0).then_some(batch.log_high[0])
        };
        with_bench(|Bench { tiles, batch, .. }| {
            let tile = &mut tiles.again;
            self.turn::<T>(tile);
            if T::KIND != f64::KIND {
                f64::short(table, tile, Abreast::one(self.count), temperature, batch, 0);
                if let Some(answer) = finish(batch, ENOUGH_FOR_SINGLE) {
                    return Some(answer);
                }
            }
            // SAFETY: no pointers.
            let [high, low] = unsafe { table.precise_tile(tile, self.count, temperature) };
            let reference = Reference::ZERO;
            batch.set(0, Mass { max: 0.0, reference, high: high[0], low: low[0] });
            finish(batch, precise_enough::<T>())
        })
    }

    /// Write the share of every element, or its logarithm; false, and nothing written, where the general
    /// way must.
    ///
    /// # Safety
    /// As many elements of the same kind must be writable at `out`, which is `data` or does not overlap it.
    pub(crate) unsafe fn spread(&self, out: *mut u8, scale: Scale) -> bool {
        let (table, temperature) = (kernels(), Temperature::new(self.temperature));
        let (x, count) = (self.data, self.count);
        // SAFETY: handed on.
        unsafe {
            match (self.kind, scale) {
                (Kind::Float32, Scale::Shares) => {
                    table.alone_shares_single(x.cast(), out.cast(), count, temperature)
                }
                (_, Scale::Shares) => {
                    table.alone_shares_double(x.cast(), out.cast(), count, temperature)
                }
                (Kind::Float32, _) => {
                    table.alone_logs_single(x.cast(), out.cast(), count, temperature)
                }
                _ => table.alone_logs_double(x.cast(), out.cast(), count, temperature),
            }
        }
    }

    /// Put the row into the first lane of a tile; the others become zeros.
    #[inline(always)]
    fn turn<T: Compute>(&self, tile: &mut Tile<f64>) {
        // SAFETY: the row holds `count` elements of `T`, and they are aligned.
        let row = unsafe { core::slice::from_raw_parts(self.data.cast::<T>(), self.count) };
        for (vector, x) in tile.x.chunks_exact_mut(8).zip(row) {
            vector.copy_from_slice(&[(*x).into(), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        }
    }
}
