//! Short rows, a tile at a time, turned so that each row has a lane of its own.

use super::Compute;
use super::rows::Source;
use crate::intake::{Axis, MASK, Offsets, Places, X};
use crate::kernels::{BATCH, Batch, Bundle, SHORT, Tile};
use core::mem::MaybeUninit;
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

/// Whether neighbouring rows lie closer together than the elements of a row.
pub(super) fn is_across(operand: usize, run: &Axis, steps: &Offsets) -> bool {
    steps[operand].unsigned_abs() < run.strides[operand].unsigned_abs()
}

/// Whether a row begins where the one before it ends.
pub(super) fn follow(operands: &[usize], run: &Axis, steps: &Offsets) -> bool {
    operands.iter().all(|&i| steps[i] == run.strides[i] * run.size as isize)
}

impl Source<'_> {
    /// Put rows into the lanes of tiles side by side. Lanes without a row hold some number or other.
    pub fn turn<T: Compute>(&self, places: &Places<'_>, layout: Layout, tile: &mut Tile<T>) {
        let length = self.rows.length;
        let room = tile.x.chunks_mut((length * T::LANES).max(1));
        let tiles = room.take(places.len().div_ceil(T::LANES)).enumerate();
        match places.steps().filter(|_| layout == Layout::of::<T>()) {
            Some(steps) => {
                let (start, stride) = (places.offset(X, 0), steps[X]);
                for (i, x) in tiles {
                    let row = i * T::LANES;
                    let first = self.x.data.wrapping_offset(start + row as isize * stride);
                    let rows = T::LANES.min(places.len() - row);
                    let bundle = Bundle { first: first.cast_mut().cast(), stride, rows, length };
                    // SAFETY: the layout was asked for; the view holds the rows; the tile has room for them.
                    unsafe { T::turn(self.table, &bundle, x.as_mut_ptr()) };
                }
            }
            None => {
                for (i, x) in tiles {
                    let first = i * T::LANES;
                    self.turn_tile(&places.part(first, first + T::LANES), layout, x);
                }
            }
        }
    }

    /// A tile whose rows are not plain, or not evenly spaced.
    fn turn_tile<T: Compute>(&self, places: &Places<'_>, layout: Layout, x: &mut [T]) {
        if places.len() < T::LANES {
            x.fill(T::default());
        }
        // SAFETY: the layout was asked for; the view holds the rows.
        unsafe {
            match layout {
                Layout::Single if T::LANES == 16 => self.turn_in_place::<f32, T, 16>(places, x),
                Layout::Double => self.turn_in_place::<f64, T, 8>(places, x),
                Layout::Single | Layout::Other => self.turn_converted(places, x),
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

    /// Convert rows that are not plain: each vector at once where they lie across memory, all of them at once
    /// where they follow each other, else one by one.
    fn turn_converted<T: Compute>(&self, places: &Places<'_>, x: &mut [T]) {
        let (count, lanes) = (self.rows.length, places.len().min(T::LANES));
        let (first, mut flat) = (places.get(0), [const { MaybeUninit::<T>::uninit() }; 1024]);
        let flat = flat.as_mut_ptr().cast::<T>();
        let read = |place: Offsets, strides: Offsets, out: *mut T, count: usize| {
            // SAFETY: the offsets address elements of the views.
            unsafe {
                let start = self.x.data.offset(place[X]);
                let mask = self.mask.map(|mask| mask.data.offset(place[MASK]));
                self.read(start, mask, [strides[X], strides[MASK]], out, count);
            }
        };
        match (self.rows.run(), places.steps()) {
            (Some(run), Some(steps)) if lanes > 1 && is_across(X, &run, &steps) => {
                for (j, vector) in x.chunks_exact_mut(T::LANES).enumerate() {
                    let place = core::array::from_fn(|i| first[i] + j as isize * run.strides[i]);
                    read(place, steps, vector.as_mut_ptr(), lanes);
                }
                return;
            }
            (Some(run), Some(steps)) if follow(&[X, MASK], &run, &steps) => {
                read(first, run.strides, flat, lanes * count);
            }
            (Some(run), _) => {
                for lane in 0..lanes {
                    read(places.get(lane), run.strides, flat.wrapping_add(lane * count), count);
                }
            }
            _ => {
                for lane in 0..lanes {
                    let mut row = [T::default(); SHORT];
                    self.fill(&places.get(lane), 0, &mut row[..count]);
                    // SAFETY: a tile has room for LANES short rows.
                    unsafe { flat.add(lane * count).copy_from(row.as_ptr(), count) };
                }
            }
        }
        let stride = (count * size_of::<T>()) as isize;
        let bundle = Bundle { first: flat, stride, rows: lanes, length: count };
        // SAFETY: as many elements were written; the tile has room for them.
        unsafe { T::turn(self.table, &bundle, x.as_mut_ptr()) };
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

impl Places<'_> {
    /// Evenly spaced rows of one array.
    pub fn bundle<T>(&self, operand: usize, first: *mut T, length: usize) -> Bundle<T> {
        let stride = self.steps().map_or(0, |steps| steps[operand]);
        Bundle { first, stride, rows: self.len(), length }
    }
}

impl Layout {
    /// Contiguous numbers of this type.
    pub fn of<T: Compute>() -> Layout {
        if T::LANES == 16 { Layout::Single } else { Layout::Double }
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
