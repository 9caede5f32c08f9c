//! bent: the two types of rows whose every element counts in the gradient. Both are worked on in float64.

use super::Bench;
use crate::dispatch::mend::Aim;
use crate::dispatch::{Compute, Source};
use crate::elementary::exp::Reference;
use crate::intake::Offsets;
use crate::kernels::table::{Guess, Table};
use crate::kernels::{Bend, Care};
use crate::state::Mass;

pub(super) trait Bent: Compute {
    /// A gradient that is less than this of the share it is made of is not known well enough from the difference.
    const FELT: f64;

    /// Room for rows that are not read where they lie.
    fn room(bench: &mut Bench) -> &mut Vec<Self>;

    /// Fold for shares, the remainders kept unless `rests` is null.
    ///
    /// # Safety
    /// Whole vectors must be writable at `rests`.
    unsafe fn fold_bent(table: &Table, x: &[Self], guess: &Guess, rests: *mut f64) -> Mass;

    /// The mass of a row that is held in `room`, or lies in place, good enough for its gradient.
    fn mended_bent(
        source: &Source<'_>,
        base: &Offsets,
        mass: Mass,
        guess: &mut Reference,
        held: bool,
        room: &mut Vec<Self>,
    ) -> Mass;

    /// # Safety
    /// As the kernel.
    unsafe fn bend(
        table: &Table,
        x: *const Self,
        rests: *const f64,
        out: *mut Self,
        count: usize,
        by: &Bend<'_>,
    );
}

impl Bent for f32 {
    // 2^-50 of a share are 2^-6 ulp of what is left of it.
    const FELT: f64 = 1.0 / (1 << 20) as f64;

    fn room(bench: &mut Bench) -> &mut Vec<f32> {
        &mut bench.single
    }

    unsafe fn fold_bent(table: &Table, x: &[f32], guess: &Guess, rests: *mut f64) -> Mass {
        // SAFETY: handed on.
        unsafe { table.fold_wide(x, guess, rests) }
    }

    /// What a float64 fold has lost no float32 shows.
    fn mended_bent(
        _: &Source<'_>,
        _: &Offsets,
        mass: Mass,
        _: &mut Reference,
        _: bool,
        _: &mut Vec<f32>,
    ) -> Mass {
        mass
    }

    unsafe fn bend(
        table: &Table,
        x: *const f32,
        rests: *const f64,
        out: *mut f32,
        count: usize,
        by: &Bend<'_>,
    ) {
        // SAFETY: handed on.
        unsafe { table.bend_single(x, rests, out, count, by) }
    }
}

impl Bent for f64 {
    const FELT: f64 = 0.5;

    fn room(bench: &mut Bench) -> &mut Vec<f64> {
        &mut bench.double
    }

    unsafe fn fold_bent(table: &Table, x: &[f64], guess: &Guess, rests: *mut f64) -> Mass {
        // SAFETY: handed on.
        unsafe {
            match rests.is_null() {
                true => table.fold_double(x, guess, Care::Shares),
                false => table.keep_double(x, guess, rests),
            }
        }
    }

    fn mended_bent(
        source: &Source<'_>,
        base: &Offsets,
        mass: Mass,
        guess: &mut Reference,
        held: bool,
        room: &mut Vec<f64>,
    ) -> Mass {
        source.mended::<f64>(base, mass, Aim::Shares, guess, held, room)
    }

    unsafe fn bend(
        table: &Table,
        x: *const f64,
        rests: *const f64,
        out: *mut f64,
        count: usize,
        by: &Bend<'_>,
    ) {
        // SAFETY: handed on.
        unsafe { table.bend_double(x, rests, out, count, by) }
    }
}
