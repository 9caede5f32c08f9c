//! gather: elements of any kind, stride and byte order into a contiguous piece of the compute type.

use super::Compute;
use crate::intake::Kind;
use half::f16;
use half::slice::HalfFloatSliceExt;

/// Read one element.
#[inline(always)]
unsafe fn read<const N: usize>(pointer: *const u8, swapped: bool) -> [u8; N] {
    // SAFETY: the caller vouches for N readable bytes; no alignment is asked for.
    let mut bytes = unsafe { pointer.cast::<[u8; N]>().read_unaligned() };
    if swapped {
        bytes.reverse();
    }
    bytes
}

#[inline(always)]
unsafe fn strided<T, const N: usize>(
    pointer: *const u8,
    stride: isize,
    swapped: bool,
    out: &mut [T],
    convert: impl Fn([u8; N]) -> T,
) {
    if stride == N as isize && !swapped {
        for (i, slot) in out.iter_mut().enumerate() {
            // SAFETY: i < out.len(), and the caller vouches for that many elements.
            *slot = convert(unsafe { read::<N>(pointer.add(i * N), false) });
        }
        return;
    }
    if !swapped {
        for (i, slot) in out.iter_mut().enumerate() {
            // SAFETY: as above.
            *slot = convert(unsafe { read::<N>(pointer.offset(i as isize * stride), false) });
        }
        return;
    }
    for (i, slot) in out.iter_mut().enumerate() {
        // SAFETY: as above.
        *slot = convert(unsafe { read::<N>(pointer.offset(i as isize * stride), true) });
    }
}

/// Convert `out.len()` elements.
///
/// # Safety
/// That many elements of `kind` must be readable from `pointer` at `stride` bytes.
pub(crate) unsafe fn gather<T: Compute>(
    kind: Kind,
    swapped: bool,
    pointer: *const u8,
    stride: isize,
    out: &mut [T],
) {
    macro_rules! from {
        ($type:ty) => {
            // SAFETY: handed on.
            unsafe {
                strided::<T, { size_of::<$type>() }>(pointer, stride, swapped, out, |bytes| {
                    T::from_f64(<$type>::from_ne_bytes(bytes) as f64)
                })
            }
        };
    }
    if kind == T::KIND && !swapped && stride == size_of::<T>() as isize {
        // SAFETY: the elements are `T`, side by side; bytes need no alignment.
        unsafe {
            let bytes = size_of_val(out);
            core::ptr::copy_nonoverlapping(pointer, out.as_mut_ptr().cast::<u8>(), bytes);
        }
        return;
    }
    match kind {
        Kind::Bool => {
            // SAFETY: handed on.
            unsafe {
                strided::<T, 1>(pointer, stride, false, out, |[byte]| {
                    T::from_f64(if byte == 0 { 0.0 } else { 1.0 })
                })
            }
        }
        Kind::Int8 => from!(i8),
        Kind::Int16 => from!(i16),
        Kind::Int32 => from!(i32),
        Kind::Int64 => from!(i64),
        Kind::Uint8 => from!(u8),
        Kind::Uint16 => from!(u16),
        Kind::Uint32 => from!(u32),
        Kind::Uint64 => from!(u64),
        Kind::Float32 => from!(f32),
        Kind::Float64 => from!(f64),
        // SAFETY: handed on.
        Kind::Float16 => unsafe { half_floats(pointer, stride, swapped, out) },
        Kind::BFloat16 => {
            // SAFETY: handed on.
            unsafe {
                strided::<T, 2>(pointer, stride, swapped, out, |bytes| {
                    let bits = u32::from(u16::from_ne_bytes(bytes)) << 16;
                    T::from_f64(f64::from(f32::from_bits(bits)))
                })
            }
        }
    }
}

/// float16, by the processor's own conversion where it has one.
unsafe fn half_floats<T: Compute>(pointer: *const u8, stride: isize, swapped: bool, out: &mut [T]) {
    let (mut narrow, mut single) = ([f16::ZERO; BLOCK], [0f32; BLOCK]);
    let beside = stride == 2 && !swapped;
    for (block, part) in out.chunks_mut(BLOCK).enumerate() {
        let count = part.len();
        // SAFETY: the caller vouches for the elements; blocks are BLOCK elements apart.
        unsafe {
            let start = pointer.offset((block * BLOCK) as isize * stride);
            if beside {
                let target = narrow.as_mut_ptr().cast::<u8>();
                core::ptr::copy_nonoverlapping(start, target, 2 * count);
            } else {
                strided::<f16, 2>(start, stride, swapped, &mut narrow[..count], |bytes| {
                    f16::from_bits(u16::from_ne_bytes(bytes))
                });
            }
        }
        if T::KIND == Kind::Float32 {
            // SAFETY: `T` is float32.
            let part = unsafe { core::slice::from_raw_parts_mut(part.as_mut_ptr().cast(), count) };
            narrow[..count].convert_to_f32_slice(part);
            continue;
        }
        narrow[..count].convert_to_f32_slice(&mut single[..count]);
        for (slot, &x) in part.iter_mut().zip(&single[..count]) {
            *slot = T::from_f64(f64::from(x));
        }
    }
}

/// float16 converted at a time.
const BLOCK: usize = 512;
