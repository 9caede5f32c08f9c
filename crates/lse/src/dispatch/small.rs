//! One short row that lies side by side: the kernels of short rows, without the search for rows and layouts.
//!
//! On the way of all arrays a call on eight numbers spends most of its time on that search. The bits are the
//! same. Only the common case is answered: a row that has to be folded again, or holds what is not finite, is
//! left to the general way.

use super::Compute;
use super::reduce::Minus;
use super::spread::Scale;
use super::tiles::{Bench, with_bench};
use crate::elementary::exp::Temperature;
use crate::intake::Kind;
use crate::isa::kernels;
use crate::kernels::{Batch, SHORT, Tile};
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
        with_bench(|Bench { tiles, batch, .. }| {
            let tile = T::tile(tiles);
            self.turn::<T, T>(tile);
            T::short(table, tile, self.count, temperature, batch, 0);
            self.finish(batch, minus, temperature, T::TRUSTED_CLOSE)
        })
    }

    /// The logarithm of the first mass of a batch, where it is known well enough.
    fn finish(
        &self,
        batch: &mut Batch,
        minus: Minus,
        temperature: Temperature,
        trusted: f64,
    ) -> Option<f64> {
        if batch.ordinary(1) != 0 {
            return None;
        }
        if minus == Minus::LogCount {
            batch.divide(0, self.count as f64);
        }
        // SAFETY: no pointers.
        unsafe { kernels().finish(batch, 1, temperature) };
        let known = batch.below(1, trusted * temperature.value) == 0;
        known.then_some(batch.log_high[0])
    }

    /// Write the share of every element, or its logarithm; false, and nothing written, where the general
    /// way must.
    ///
    /// # Safety
    /// As many elements of the same kind must be writable at `out`, which is `data` or does not overlap it.
    pub(crate) unsafe fn spread(&self, out: *mut u8, scale: Scale) -> bool {
        // SAFETY: handed on.
        unsafe {
            match (self.kind, scale) {
                (Kind::Float32, Scale::Shares) => self.shares::<f32>(out.cast()),
                (Kind::Float32, Scale::Logarithms) => self.logarithms::<f32>(out.cast()),
                (_, Scale::Shares) => self.shares::<f64>(out.cast()),
                (_, Scale::Logarithms) => self.logarithms::<f64>(out.cast()),
            }
        }
    }

    /// # Safety
    /// As `spread`.
    unsafe fn shares<T: Compute>(&self, out: *mut T) -> bool {
        let temperature = Temperature::new(self.temperature);
        with_bench(|Bench { tiles, .. }| {
            let tile = T::tile(tiles);
            self.turn::<T, T>(tile);
            let mass = T::short_shares(kernels(), tile, self.count, temperature)[0];
            let ordinary = mass > 0.0 && mass < f64::INFINITY;
            if ordinary {
                // SAFETY: handed on.
                unsafe { self.hand_out(tile, out) };
            }
            ordinary
        })
    }

    /// # Safety
    /// As `spread`.
    unsafe fn logarithms<T: Compute>(&self, out: *mut T) -> bool {
        let temperature = Temperature::new(self.temperature);
        with_bench(|Bench { tiles, .. }| {
            let tile = &mut tiles.double;
            self.turn::<T, f64>(tile);
            // SAFETY: no pointers.
            let sums = unsafe { kernels().short_log_shares(tile, self.count, temperature) };
            let ordinary = sums[0].is_finite();
            if ordinary {
                // SAFETY: handed on.
                unsafe { self.hand_out(tile, out) };
            }
            ordinary
        })
    }

    /// Put the row into the first lane of a tile; the others become zeros.
    #[inline(always)]
    fn turn<S: Compute, T: Compute>(&self, tile: &mut Tile<T>) {
        // SAFETY: the row holds `count` elements of `S`, and they are aligned.
        let row = unsafe { core::slice::from_raw_parts(self.data.cast::<S>(), self.count) };
        for (vector, x) in tile.x.chunks_exact_mut(T::LANES).zip(row) {
            vector.fill(T::default());
            vector[0] = T::from_f64((*x).into());
        }
    }

    /// Write the first lane of a tile.
    ///
    /// # Safety
    /// `count` elements must be writable at `out`.
    #[inline(always)]
    unsafe fn hand_out<T: Compute, S: Compute>(&self, tile: &Tile<S>, out: *mut T) {
        for (j, vector) in tile.x.chunks_exact(S::LANES).take(self.count).enumerate() {
            // SAFETY: j < count.
            unsafe { out.add(j).write(T::from_f64(vector[0].into())) };
        }
    }
}
