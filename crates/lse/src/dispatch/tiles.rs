//! Short rows, a tile at a time, turned so that each row has a lane of its own.

use super::Compute;
use super::rows::Source;
use crate::intake::{Offsets, X};
use crate::kernels::{SHORT, Tile};
use std::cell::RefCell;

/// The tiles of a thread.
pub(crate) struct Tiles {
    pub single: Tile<f32>,
    pub double: Tile<f64>,
    pub again: Tile<f64>,
}

thread_local! {
    static TILES: RefCell<Box<Tiles>> = RefCell::new(Box::new(Tiles {
        single: Tile::new(),
        double: Tile::new(),
        again: Tile::new(),
    }));
}

/// Work with the tiles of this thread.
pub(crate) fn with_tiles<A>(work: impl FnOnce(&mut Tiles) -> A) -> A {
    TILES.with_borrow_mut(|tiles| work(tiles))
}

impl Source<'_> {
    /// The places of `bases.len()` rows from `first` on.
    pub fn places(&self, first: usize, bases: &mut [Offsets]) {
        let Some(inner) = self.rows.kept.last() else {
            return bases.fill(Offsets::default());
        };
        let mut i = 0;
        while i < bases.len() {
            let start = self.rows.offsets(first + i);
            let run = (inner.size - (first + i) % inner.size).min(bases.len() - i);
            for step in 0..run {
                let mut place = start;
                for (offset, stride) in place.iter_mut().zip(inner.strides) {
                    *offset += step as isize * stride;
                }
                bases[i + step] = place;
            }
            i += run;
        }
    }

    /// Put the rows at `bases` into the lanes of a tile; lanes without a row become zeros.
    pub fn turn<T: Compute>(&self, bases: &[Offsets], in_place: bool, tile: &mut Tile<T>) {
        let count = self.rows.length;
        let lanes = T::LANES;
        let x = &mut tile.x[..count * lanes];
        if bases.len() < lanes {
            x.fill(T::default());
        }
        if in_place && lanes == 16 {
            // SAFETY: `in_place` was asked for this type; the view holds the rows.
            unsafe { self.turn_in_place::<T, 16>(bases, x) };
        } else if in_place {
            // SAFETY: as above.
            unsafe { self.turn_in_place::<T, 8>(bases, x) };
        } else {
            let mut row = [T::default(); SHORT];
            for (lane, base) in bases.iter().enumerate() {
                self.fill(base, 0, &mut row[..count]);
                for (j, x_j) in row[..count].iter().enumerate() {
                    x[lanes * j + lane] = *x_j;
                }
            }
        }
    }

    /// # Safety
    /// The rows at `bases` must be readable as contiguous `T`.
    unsafe fn turn_in_place<T: Compute, const LANES: usize>(&self, bases: &[Offsets], x: &mut [T]) {
        let (vectors, _) = x.as_chunks_mut::<LANES>();
        for (lane, base) in bases.iter().enumerate().take(LANES) {
            // SAFETY: the caller vouches for the row.
            let row = unsafe {
                let row = self.x.data.offset(base[X]).cast::<T>();
                core::slice::from_raw_parts(row, vectors.len())
            };
            for (vector, x_j) in vectors.iter_mut().zip(row) {
                vector[lane] = *x_j;
            }
        }
    }
}
