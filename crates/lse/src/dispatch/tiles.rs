//! Short rows, a tile at a time, turned so that each row has a lane of its own.

use super::Compute;
use super::rows::Source;
use crate::intake::{Offsets, Places, X};
use crate::kernels::{BATCH, Batch, SHORT, Tile};
use std::cell::RefCell;

/// The tiles of a thread.
pub(crate) struct Tiles {
    pub single: Tile<f32>,
    pub double: Tile<f64>,
    pub again: Tile<f64>,
}

/// What a thread keeps for short rows: clearing it anew costs more than a small call does.
pub(crate) struct Bench {
    pub tiles: Tiles,
    pub batch: Batch,
    pub bases: [Offsets; BATCH],
}

thread_local! {
    static BENCH: RefCell<Box<Bench>> = RefCell::new(Box::new(Bench {
        tiles: Tiles { single: Tile::new(), double: Tile::new(), again: Tile::new() },
        batch: Batch::new(),
        bases: [Offsets::default(); BATCH],
    }));
}

/// Work at the bench of this thread.
pub(crate) fn with_bench<A>(work: impl FnOnce(&mut Bench) -> A) -> A {
    BENCH.with_borrow_mut(|bench| work(bench))
}

impl Source<'_> {
    /// Put rows into the lanes of a tile; lanes without a row become zeros.
    pub fn turn<T: Compute>(&self, places: &Places<'_>, layout: Layout, tile: &mut Tile<T>) {
        let count = self.rows.length;
        let x = &mut tile.x[..count * T::LANES];
        if places.len() < T::LANES {
            x.fill(T::default());
        }
        // SAFETY: the layout was asked for; the view holds the rows.
        unsafe {
            match layout {
                Layout::Single if T::LANES == 16 => self.turn_in_place::<f32, T, 16>(places, x),
                Layout::Single => self.turn_in_place::<f32, T, 8>(places, x),
                Layout::Double => self.turn_in_place::<f64, T, 8>(places, x),
                Layout::Other => self.turn_gathered(places, x),
            }
        }
    }

    /// # Safety
    /// The rows must be readable as contiguous `S`, and the tile must have that many lanes.
    unsafe fn turn_in_place<S: Compute, T: Compute, const LANES: usize>(
        &self,
        places: &Places<'_>,
        x: &mut [T],
    ) {
        let (vectors, _) = x.as_chunks_mut::<LANES>();
        for lane in 0..places.len().min(LANES) {
            // SAFETY: the caller vouches for the row.
            let row = unsafe {
                let row = self.x.data.offset(places.offset(X, lane)).cast::<S>();
                core::slice::from_raw_parts(row, vectors.len())
            };
            for (vector, x_j) in vectors.iter_mut().zip(row) {
                vector[lane] = T::from_f64((*x_j).into());
            }
        }
    }

    fn turn_gathered<T: Compute>(&self, places: &Places<'_>, x: &mut [T]) {
        let count = self.rows.length;
        let mut row = [T::default(); SHORT];
        for lane in 0..places.len() {
            self.fill(&places.get(lane), 0, &mut row[..count]);
            for (j, x_j) in row[..count].iter().enumerate() {
                x[T::LANES * j + lane] = *x_j;
            }
        }
    }

    /// How the rows of the input lie.
    pub fn layout(&self) -> Layout {
        if self.in_place::<f32>() {
            Layout::Single
        } else if self.in_place::<f64>() {
            Layout::Double
        } else {
            Layout::Other
        }
    }
}

/// How rows lie in memory.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Layout {
    /// Contiguous float32.
    Single,
    /// Contiguous float64.
    Double,
    /// Anything else.
    Other,
}
