//! kept: the remainders of a row's exponentials, between its fold and its shares.
//!
//! e^x = power (1 + rest). The power is found again from x in two operations, the remainder in twelve: a row that
//! fits the first-level cache together with its remainders keeps them there, a tenth faster. Of longer rows they would
//! be written to the second-level cache and read from there, which is slower than to compute them again. The
//! bits are the same.

use super::Compute;
use super::fed::with_room;
use super::rows::Source;
use crate::elementary::exp::Reference;
use crate::intake::Offsets;
use crate::state::Mass;

/// Remainders of so many bytes are kept, and no more.
const LARGE: usize = 16 << 10;
/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

/// What the fold of a row has left for its spread.
#[derive(Clone, Copy)]
pub(super) struct Left<'a, T> {
    /// Whether the row was gathered and still is there.
    pub gathered: bool,
    /// The remainders of its exponentials.
    pub rests: Option<&'a [T]>,
}

impl<T> Left<'_, T> {
    pub const NOTHING: Self = Left { gathered: false, rests: None };
}

impl Source<'_> {
    /// Lend room for the remainders of a row; none where they are not to be kept.
    pub(super) fn with_rests<T: Compute, A>(
        &self,
        wanted: bool,
        work: impl FnOnce(Option<&mut [T]>) -> A,
    ) -> A {
        let (length, line) = (self.rows.length, LINE / size_of::<T>());
        if !wanted || length * size_of::<T>() > LARGE {
            return work(None);
        }
        with_room(length + 2 * line, |room: &mut [T]| {
            let first = room.as_ptr().align_offset(LINE);
            work(Some(&mut room[first..first + length + line]))
        })
    }

    /// Fold a row for shares and leave its remainders.
    pub(super) fn fold_kept<T: Compute>(
        &self,
        base: &Offsets,
        in_place: bool,
        guess: &mut Reference,
        rests: &mut [T],
        scratch: &mut Vec<T>,
    ) -> Mass {
        let x = self.piece(base, 0, self.rows.length, in_place, scratch);
        assert!(rests.len() >= x.len().next_multiple_of(LINE / size_of::<T>()), "whole vectors");
        let rests = rests.as_mut_ptr();
        // SAFETY: whole vectors can be written at `rests`.
        self.guessed::<T>(guess, |guess| unsafe { T::keep(self.table, x, guess, rests) })
    }
}

const _: () =
    assert!(LARGE <= f32::CHUNK * size_of::<f32>() && LARGE <= f64::CHUNK * size_of::<f64>());
