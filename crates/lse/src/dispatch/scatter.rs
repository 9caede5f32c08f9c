//! scatter: results of the compute type into an array of any float kind, stride and byte order.

use super::Compute;
use super::columns::Strips;
use super::tiles::{Layout, follow, is_across};
use crate::intake::{Kind, OUT, Offsets, Places, Rows, ViewMut};
use crate::kernels::{Bundle, Line, SHORT, to_odd};
use crate::lanes::Real;
use core::mem::MaybeUninit;
use half::{bf16, f16};

/// Round one number to `kind` and store it.
///
/// # Safety
/// `kind.size()` bytes must be writable at `pointer`.
pub(crate) unsafe fn write(pointer: *mut u8, kind: Kind, swapped: bool, x: f64) {
    #[inline(always)]
    unsafe fn put<const N: usize>(pointer: *mut u8, swapped: bool, mut bytes: [u8; N]) {
        if swapped {
            bytes.reverse();
        }
        // SAFETY: the caller vouches for N writable bytes.
        unsafe { pointer.cast::<[u8; N]>().write_unaligned(bytes) }
    }
    // SAFETY: handed on.
    unsafe {
        match kind {
            Kind::Float64 => put(pointer, swapped, x.to_ne_bytes()),
            Kind::Float32 => put(pointer, swapped, (x as f32).to_ne_bytes()),
            Kind::Float16 => {
                put(pointer, swapped, f16::from_f32(to_odd(x)).to_bits().to_ne_bytes())
            }
            Kind::BFloat16 => {
                put(pointer, swapped, bf16::from_f32(to_odd(x)).to_bits().to_ne_bytes())
            }
            _ => unreachable!("ViewMut::new takes floats only"),
        }
    }
}

/// Store the result of a row at its place.
pub(crate) fn store(out: &ViewMut<'_>, offset: isize, x: f64) {
    // SAFETY: the offset addresses an element of the view.
    unsafe { write(out.data.offset(offset), out.kind, out.swapped, x) }
}

/// Where the elementwise results of rows go.
pub(crate) struct Sink<'a, 'b> {
    pub out: &'a ViewMut<'b>,
    pub rows: &'a Rows,
}

impl Sink<'_, '_> {
    /// Whether rows of `T` can be written where they belong.
    pub fn in_place<T: Compute>(&self) -> bool {
        let size = size_of::<T>();
        self.out.kind == T::KIND
            && !self.out.swapped
            && self
                .rows
                .run()
                .is_some_and(|axis| axis.size == 1 || axis.strides[OUT] == size as isize)
            && (self.out.data as usize).is_multiple_of(align_of::<T>())
            && self.rows.kept.iter().all(|axis| axis.strides[OUT] % align_of::<T>() as isize == 0)
    }

    /// The strips of the output, where rows lie across it.
    pub fn strips<T: Compute>(&self) -> Option<Strips> {
        if self.out.swapped {
            return None;
        }
        Strips::of::<T>(self.rows, OUT, self.out.kind, self.out.data)
    }

    /// How the rows of the output lie.
    pub fn layout(&self) -> Layout {
        if self.in_place::<f32>() {
            Layout::Single
        } else if self.in_place::<f64>() {
            Layout::Double
        } else {
            Layout::Other
        }
    }

    /// Write all the rows of a tile at once, where they are evenly spaced.
    pub fn scatter_tile<T: Compute>(
        &self,
        places: &Places<'_>,
        tile: &[T],
        layout: Layout,
    ) -> bool {
        if layout == Layout::of::<T>() && places.steps().is_some() {
            let first = self.out.data.wrapping_offset(places.offset(OUT, 0)).cast();
            let bundle = places.bundle(OUT, first, self.rows.length);
            // SAFETY: the layout was asked for; the view holds the rows, and so does the tile.
            unsafe { T::turn_back(crate::isa::kernels(), tile.as_ptr(), &bundle) };
            return true;
        }
        if layout != Layout::Other {
            return false;
        }
        let (Some(run), Some(steps)) = (self.rows.run(), places.steps()) else { return false };
        let (count, lanes, first) = (self.rows.length, places.len(), places.offset(OUT, 0));
        let write = |values: &[T], offset: isize, stride: isize| {
            let (kind, swapped) = (self.out.kind, self.out.swapped);
            // SAFETY: the offset addresses an element of the view, the others follow.
            unsafe {
                let start = self.out.data.offset(offset);
                T::write(crate::isa::kernels(), values, &Line { start, kind, swapped, stride });
            }
        };
        if lanes > 1 && is_across(OUT, &run, &steps) {
            for (j, vector) in tile.chunks_exact(T::LANES).take(count).enumerate() {
                write(&vector[..lanes], first + j as isize * run.strides[OUT], steps[OUT]);
            }
            return true;
        }
        if !follow(&[OUT], &run, &steps) {
            return false;
        }
        let mut flat = [const { MaybeUninit::<T>::uninit() }; 1024];
        let room = flat.as_mut_ptr().cast::<T>();
        let stride = (count * size_of::<T>()) as isize;
        let bundle = Bundle { first: room, stride, rows: lanes, length: count };
        // SAFETY: a tile has room for LANES short rows; every element is written.
        let flat = unsafe {
            T::turn_back(crate::isa::kernels(), tile.as_ptr(), &bundle);
            core::slice::from_raw_parts(room, lanes * count)
        };
        write(flat, first, run.strides[OUT]);
        true
    }

    /// Write the row in one lane of a tile.
    pub fn scatter_lane<T: Compute>(
        &self,
        places: &Places<'_>,
        tile: &[T],
        lane: usize,
        layout: Layout,
    ) {
        let count = self.rows.length;
        let elements = tile.iter().skip(lane).step_by(T::LANES).take(count);
        // SAFETY: the offset addresses the row.
        let target = unsafe { self.out.data.offset(places.offset(OUT, lane)) };
        match layout {
            Layout::Single => {
                for (j, x) in elements.enumerate() {
                    // SAFETY: the row holds `count` float32.
                    unsafe { *target.cast::<f32>().add(j) = f32::from_f64(x.to_f64()) };
                }
            }
            Layout::Double => {
                for (j, x) in elements.enumerate() {
                    // SAFETY: the row holds `count` float64.
                    unsafe { *target.cast::<f64>().add(j) = x.to_f64() };
                }
            }
            Layout::Other => {
                let mut row = [T::default(); SHORT];
                for (slot, x) in row.iter_mut().zip(elements) {
                    *slot = *x;
                }
                self.scatter(&places.get(lane), 0, &row[..count]);
            }
        }
    }

    /// The place of element `start` of the row at `base`, where rows are written in place.
    pub fn pointer<T: Compute>(&self, base: &Offsets, start: usize) -> *mut T {
        // SAFETY: the offsets address an element of the view.
        unsafe { self.out.data.offset(base[OUT]).cast::<T>().add(start) }
    }

    /// Write elements from `start` on.
    pub fn scatter<T: Compute>(&self, base: &Offsets, start: usize, values: &[T]) {
        let out = self.out;
        self.rows.pieces(start, values.len(), |offsets, first, axis, count| {
            // SAFETY: the offsets address elements of the view.
            unsafe {
                let start = out.data.offset(base[OUT] + offsets[OUT]).cast_const();
                let (kind, swapped, stride) = (out.kind, out.swapped, axis.strides[OUT]);
                let line = Line { start, kind, swapped, stride };
                T::write(crate::isa::kernels(), &values[first..first + count], &line);
            }
        });
    }
}
