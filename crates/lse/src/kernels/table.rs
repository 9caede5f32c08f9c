//! table: every kernel, compiled for every instruction set.
//!
//! The bodies are generic and inlined into shells that enable the instruction set; a shell may only be
//! called on a machine that has it, which [`crate::isa`] finds out once.

use super::finish::{self, Batch};
use super::fold;
use super::precise::{self, Running};
use super::short::{self, Tile};
use super::spread::{self, Inverse, Level};
use super::weighted::{self, Signed};
use crate::elementary::exp::{Reference, Temperature};
use crate::state::Mass;

/// A guessed reference, and the temperature.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Guess {
    pub reference: Reference,
    pub temperature: Temperature,
}

impl Guess {
    /// Whether no element has to be centred or divided.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.reference.center == 0.0 && self.temperature == Temperature::ONE
    }
}

/// The kernels of one instruction set.
pub(crate) struct Table {
    pub name: &'static str,
    fold_single: unsafe fn(x: &[f32], guess: &Guess) -> Mass,
    fold_double: unsafe fn(x: &[f64], guess: &Guess) -> Mass,
    split: unsafe fn(x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64),
    precise: unsafe fn(
        x: &[f64],
        running: &mut Running,
        center: f64,
        peak: f64,
        temperature: Temperature,
    ),
    weighted:
        unsafe fn(part: &Signed<'_>, running: &mut Running, center: f64, temperature: Temperature),
    share_single: unsafe fn(x: *const f32, out: *mut f32, count: usize, inverse: &Inverse),
    share_double: unsafe fn(x: *const f64, out: *mut f64, count: usize, inverse: &Inverse),
    log_single: unsafe fn(x: *const f32, out: *mut f32, count: usize, level: &Level),
    log_double: unsafe fn(x: *const f64, out: *mut f64, count: usize, level: &Level),
    short: unsafe fn(tile: &mut Tile, count: usize, temperature: Temperature),
    short_shares: unsafe fn(tile: &mut Tile, count: usize, temperature: Temperature),
    finish: unsafe fn(batch: &mut Batch, rows: usize, temperature: Temperature),
}

impl Table {
    /// Fold float32, measured in a guessed reference.
    #[inline(always)]
    pub fn fold_single(&self, x: &[f32], guess: &Guess) -> Mass {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.fold_single)(x, guess) }
    }
    /// Fold float64, measured in a guessed reference.
    #[inline(always)]
    pub fn fold_double(&self, x: &[f64], guess: &Guess) -> Mass {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.fold_double)(x, guess) }
    }
    /// Fold float64, the elements equal to `max` counted instead: (top, high, low).
    #[inline(always)]
    pub fn split(&self, x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.split)(x, max, guess) }
    }
    /// Fold float64 to 110 bits.
    #[inline(always)]
    pub fn precise(
        &self,
        x: &[f64],
        running: &mut Running,
        center: f64,
        peak: f64,
        temperature: Temperature,
    ) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.precise)(x, running, center, peak, temperature) }
    }
    /// The signed sum of weighted exponentials to 110 bits.
    #[inline(always)]
    pub fn weighted(
        &self,
        part: &Signed<'_>,
        running: &mut Running,
        center: f64,
        temperature: Temperature,
    ) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.weighted)(part, running, center, temperature) }
    }
    /// Shares of float32 elements.
    ///
    /// # Safety
    /// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
    #[inline(always)]
    pub unsafe fn share_single(
        &self,
        x: *const f32,
        out: *mut f32,
        count: usize,
        inverse: &Inverse,
    ) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.share_single)(x, out, count, inverse) }
    }
    /// Shares of float64 elements.
    ///
    /// # Safety
    /// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
    #[inline(always)]
    pub unsafe fn share_double(
        &self,
        x: *const f64,
        out: *mut f64,
        count: usize,
        inverse: &Inverse,
    ) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.share_double)(x, out, count, inverse) }
    }
    /// Logarithms of shares of float32 elements.
    ///
    /// # Safety
    /// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
    #[inline(always)]
    pub unsafe fn log_single(&self, x: *const f32, out: *mut f32, count: usize, level: &Level) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.log_single)(x, out, count, level) }
    }
    /// Logarithms of shares of float64 elements.
    ///
    /// # Safety
    /// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
    #[inline(always)]
    pub unsafe fn log_double(&self, x: *const f64, out: *mut f64, count: usize, level: &Level) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.log_double)(x, out, count, level) }
    }
    /// Fold eight short rows.
    #[inline(always)]
    pub fn short(&self, tile: &mut Tile, count: usize, temperature: Temperature) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.short)(tile, count, temperature) }
    }
    /// Fold eight short rows and replace them by their shares.
    #[inline(always)]
    pub fn short_shares(&self, tile: &mut Tile, count: usize, temperature: Temperature) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.short_shares)(tile, count, temperature) }
    }
    /// The logarithms of a batch of masses.
    #[inline(always)]
    pub fn finish(&self, batch: &mut Batch, rows: usize, temperature: Temperature) {
        // SAFETY: a table is only handed out where its instruction set was detected.
        unsafe { (self.finish)(batch, rows, temperature) }
    }
}

/// The shells of one instruction set.
macro_rules! instantiate {
    ($module:ident, $isa:path, $label:literal, $(#[$feature:meta])*) => {
        pub(crate) mod $module {
            use super::*;

            pub(crate) static TABLE: Table = Table {
                name: $label,
                fold_single,
                fold_double,
                split,
                precise,
                weighted,
                share_single,
                share_double,
                log_single,
                log_double,
                short,
                short_shares,
                finish,
            };
            $(#[$feature])*
            unsafe fn fold_single(x: &[f32], guess: &Guess) -> Mass {
                fold::single::<$isa>(x, guess)
            }
            $(#[$feature])*
            unsafe fn fold_double(x: &[f64], guess: &Guess) -> Mass {
                fold::double::<$isa>(x, guess)
            }
            $(#[$feature])*
            unsafe fn split(x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64) {
                fold::split::<$isa>(x, max, guess)
            }
            $(#[$feature])*
            unsafe fn precise(x: &[f64], running: &mut Running, center: f64, peak: f64, temperature: Temperature) {
                precise::precise::<$isa>(x, running, center, peak, temperature)
            }
            $(#[$feature])*
            unsafe fn weighted(part: &Signed<'_>, running: &mut Running, center: f64, temperature: Temperature) {
                weighted::weighted::<$isa>(part, running, center, temperature)
            }
            $(#[$feature])*
            unsafe fn share_single(x: *const f32, out: *mut f32, count: usize, inverse: &Inverse) {
                // SAFETY: handed on to the caller.
                unsafe { spread::single::<$isa>(x, out, count, inverse) }
            }
            $(#[$feature])*
            unsafe fn share_double(x: *const f64, out: *mut f64, count: usize, inverse: &Inverse) {
                // SAFETY: handed on to the caller.
                unsafe { spread::double::<$isa>(x, out, count, inverse) }
            }
            $(#[$feature])*
            unsafe fn log_single(x: *const f32, out: *mut f32, count: usize, level: &Level) {
                // SAFETY: handed on to the caller.
                unsafe { spread::log_single::<$isa>(x, out, count, level) }
            }
            $(#[$feature])*
            unsafe fn log_double(x: *const f64, out: *mut f64, count: usize, level: &Level) {
                // SAFETY: handed on to the caller.
                unsafe { spread::log_double::<$isa>(x, out, count, level) }
            }
            $(#[$feature])*
            unsafe fn short(tile: &mut Tile, count: usize, temperature: Temperature) {
                short::short::<$isa>(tile, count, temperature)
            }
            $(#[$feature])*
            unsafe fn short_shares(tile: &mut Tile, count: usize, temperature: Temperature) {
                short::short_shares::<$isa>(tile, count, temperature)
            }
            $(#[$feature])*
            unsafe fn finish(batch: &mut Batch, rows: usize, temperature: Temperature) {
                finish::finish::<$isa>(batch, rows, temperature)
            }
        }
    };
}

instantiate!(portable, crate::lanes::portable::Portable, "portable",);
#[cfg(target_arch = "aarch64")]
instantiate!(neon, crate::lanes::neon::Neon, "neon", #[target_feature(enable = "neon")]);
#[cfg(target_arch = "x86_64")]
instantiate!(avx2, crate::lanes::avx2::Avx2, "avx2", #[target_feature(enable = "avx2,fma,f16c")]);
#[cfg(target_arch = "x86_64")]
instantiate!(
    avx512,
    crate::lanes::avx512::Avx512,
    "avx512",
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,f16c")]
);
