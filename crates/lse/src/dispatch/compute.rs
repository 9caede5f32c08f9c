//! The two types that kernels compute in, and what each promises.

use crate::intake::Kind;
use crate::kernels::table::{Guess, Table};
use crate::kernels::{Inverse, Level};
use crate::lanes::Real;
use crate::state::Mass;

/// float32 or float64.
pub(crate) trait Compute: Real + Default {
    /// The kind of an array that holds this type.
    const KIND: Kind;
    /// Elements in a chunk of a row: 64 KiB, which stay in the second-level cache.
    const CHUNK: usize;
    const LOWEST: Self;
    /// Above this |result| / t the sum of a fast fold is known well enough for 1 ulp.
    const TRUSTED: f64;
    /// Above this log(mass) - max/t the fast fold is known well enough for logarithms of shares.
    const TRUSTED_GAP: f64;
    fn fold(table: &Table, x: &[Self], guess: &Guess) -> Mass;
    /// # Safety
    /// As the kernel.
    unsafe fn share(table: &Table, x: *const Self, out: *mut Self, n: usize, inverse: &Inverse);
    /// # Safety
    /// As the kernel.
    unsafe fn log(table: &Table, x: *const Self, out: *mut Self, n: usize, level: &Level);
}

impl Compute for f32 {
    const KIND: Kind = Kind::Float32;
    const CHUNK: usize = 16_384;
    const LOWEST: f32 = f32::NEG_INFINITY;
    // 0.45 ulp of a result in [2, 4) is 1.8 * 2^-24; the sum errs by less than 1.5 * 2^-24.
    const TRUSTED: f64 = 2.0;
    const TRUSTED_GAP: f64 = 2.0;
    fn fold(table: &Table, x: &[f32], guess: &Guess) -> Mass {
        table.fold_single(x, guess)
    }
    unsafe fn share(table: &Table, x: *const f32, out: *mut f32, n: usize, inverse: &Inverse) {
        // SAFETY: handed on.
        unsafe { table.share_single(x, out, n, inverse) }
    }
    unsafe fn log(table: &Table, x: *const f32, out: *mut f32, n: usize, level: &Level) {
        // SAFETY: handed on.
        unsafe { table.log_single(x, out, n, level) }
    }
}

impl Compute for f64 {
    const KIND: Kind = Kind::Float64;
    const CHUNK: usize = 8_192;
    const LOWEST: f64 = f64::NEG_INFINITY;
    // 0.45 ulp of a result in [1, 2) is 0.9 * 2^-52; the sum errs by less than 0.5 * 2^-52.
    const TRUSTED: f64 = 1.0;
    const TRUSTED_GAP: f64 = 1.0;
    fn fold(table: &Table, x: &[f64], guess: &Guess) -> Mass {
        table.fold_double(x, guess)
    }
    unsafe fn share(table: &Table, x: *const f64, out: *mut f64, n: usize, inverse: &Inverse) {
        // SAFETY: handed on.
        unsafe { table.share_double(x, out, n, inverse) }
    }
    unsafe fn log(table: &Table, x: *const f64, out: *mut f64, n: usize, level: &Level) {
        // SAFETY: handed on.
        unsafe { table.log_double(x, out, n, level) }
    }
}
