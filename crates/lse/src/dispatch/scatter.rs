//! scatter: results of the compute type into an array of any float kind, stride and byte order.

use super::Compute;
use super::columns::Strips;
use super::tiles::Layout;
use crate::intake::{Kind, OUT, Offsets, Places, Rows, ViewMut};
use crate::kernels::SHORT;
use crate::lanes::Real;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
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

/// Store the bits of values at a stride.
///
/// # Safety
/// As many elements must be writable at `pointer`; no alignment is asked for.
unsafe fn spaced<T: Compute, B>(
    values: &[T],
    pointer: *mut u8,
    stride: isize,
    bits: impl Fn(T) -> B,
) {
    for (i, x) in values.iter().enumerate() {
        // SAFETY: the caller vouches for the elements.
        unsafe { pointer.offset(i as isize * stride).cast::<B>().write_unaligned(bits(*x)) };
    }
}

/// Round float32 values to 16 bits, side by side; answers whether `kind` is one of those types.
///
/// # Safety
/// As many elements of `kind` must be writable at `pointer`.
unsafe fn narrow<T: Compute>(values: &[T], pointer: *mut u8, kind: Kind) -> bool {
    let mut block = [0u16; 256];
    for (i, part) in values.chunks(256).enumerate() {
        let block = &mut block[..part.len()];
        match kind {
            Kind::Float16 => {
                let mut single = [0f32; 256];
                for (slot, x) in single.iter_mut().zip(part) {
                    *slot = f32::from_f64(x.to_f64());
                }
                block.reinterpret_cast_mut::<f16>().convert_from_f32_slice(&single[..part.len()]);
            }
            Kind::BFloat16 => {
                for (slot, x) in block.iter_mut().zip(part) {
                    let bits = f32::from_f64(x.to_f64()).to_bits();
                    let rounded = bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16;
                    let nan = bits & 0x7FFF_FFFF > 0x7F80_0000;
                    *slot = if nan { 0x7FC0 } else { rounded as u16 };
                }
            }
            _ => return false,
        }
        // SAFETY: the caller vouches for the elements; no alignment is asked for.
        unsafe {
            let target = pointer.add(i * 512);
            core::ptr::copy_nonoverlapping(block.as_ptr().cast::<u8>(), target, 2 * part.len());
        }
    }
    true
}

/// x as float32, rounded to odd: a second rounding, to 16 bits, is then as good as one from x itself.
fn to_odd(x: f64) -> f32 {
    let near = x as f32;
    if f64::from(near) == x || x.is_nan() {
        return near;
    }
    // Towards zero, then the last bit set: the number is not exact.
    let bits = near.to_bits() - u32::from(f64::from(near).abs() > x.abs());
    f32::from_bits(bits | 1)
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
            let stride = axis.strides[OUT];
            // SAFETY: the offsets address elements of the view.
            let pointer = unsafe { out.data.offset(base[OUT] + offsets[OUT]) };
            let values = &values[first..first + count];
            let beside = stride == out.kind.size() as isize && !out.swapped;
            // SAFETY: as above.
            if beside && T::KIND == Kind::Float32 && unsafe { narrow(values, pointer, out.kind) } {
                return;
            }
            // SAFETY: as above.
            unsafe {
                match out.kind {
                    Kind::Float32 => spaced(values, pointer, stride, |x| {
                        let bits = f32::from_f64(x.to_f64()).to_bits();
                        if out.swapped { bits.swap_bytes() } else { bits }
                    }),
                    Kind::Float64 => spaced(values, pointer, stride, |x| {
                        let bits = x.to_f64().to_bits();
                        if out.swapped { bits.swap_bytes() } else { bits }
                    }),
                    _ => {
                        for (i, x) in values.iter().enumerate() {
                            let place = pointer.offset(i as isize * stride);
                            write(place, out.kind, out.swapped, x.to_f64());
                        }
                    }
                }
            }
        });
    }
}
