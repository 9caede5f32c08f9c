//! convert: numbers of any kind, stride and byte order as contiguous float32 and float64; `round` goes back.

use crate::intake::Kind;
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// Numbers of one kind along one stride.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub start: *const u8,
    pub kind: Kind,
    pub swapped: bool,
    /// In bytes.
    pub stride: isize,
}

/// A number as it lies in memory.
trait Element: Copy {
    const SIZE: isize;
    /// # Safety
    /// `SIZE` bytes must be readable at `pointer`; no alignment is asked for.
    unsafe fn read<const SWAPPED: bool>(pointer: *const u8) -> Self;
    fn number(self) -> f64;
}

macro_rules! element {
    ($type:ty, $bits:ty, $x:ident => $from:expr, $number:expr) => {
        impl Element for $type {
            const SIZE: isize = size_of::<$type>() as isize;
            #[inline(always)]
            unsafe fn read<const SWAPPED: bool>(pointer: *const u8) -> Self {
                // SAFETY: the caller vouches for the bytes.
                let $x = unsafe { pointer.cast::<$bits>().read_unaligned() };
                let $x = if SWAPPED { $x.swap_bytes() } else { $x };
                $from
            }
            #[inline(always)]
            fn number(self) -> f64 {
                let $x = self;
                $number
            }
        }
    };
}

/// The sixteen bits of a bfloat16: the upper half of a float32.
#[derive(Clone, Copy)]
struct Brain(u16);

element!(bool, u8, x => x != 0, f64::from(u8::from(x)));
element!(i8, u8, x => x as i8, f64::from(x));
element!(u8, u8, x => x, f64::from(x));
element!(i16, u16, x => x as i16, f64::from(x));
element!(u16, u16, x => x, f64::from(x));
element!(i32, u32, x => x as i32, f64::from(x));
element!(u32, u32, x => x, f64::from(x));
element!(i64, u64, x => x as i64, x as f64);
element!(u64, u64, x => x, x as f64);
element!(f32, u32, x => f32::from_bits(x), f64::from(x));
element!(f64, u64, x => f64::from_bits(x), x);
element!(Brain, u16, x => Brain(x), f64::from(f32::from_bits(u32::from(x.0) << 16)));

/// Read along a line.
///
/// A stride that the compiler knows becomes shuffles of whole vectors.
#[inline(always)]
unsafe fn walk<E: Element, T: Real, const SWAPPED: bool>(line: &Line, out: &mut [T]) {
    macro_rules! each {
        ($stride:expr) => {
            for (i, slot) in out.iter_mut().enumerate() {
                // SAFETY: the caller vouches for as many elements as `out` has.
                let x = unsafe { E::read::<SWAPPED>(line.start.offset(i as isize * $stride)) };
                *slot = T::from_f64(x.number());
            }
        };
    }
    if line.stride == E::SIZE {
        each!(E::SIZE);
    } else if line.stride == 2 * E::SIZE {
        each!(2 * E::SIZE);
    } else {
        each!(line.stride);
    }
}

#[inline(always)]
unsafe fn either<E: Element, T: Real>(line: &Line, out: &mut [T]) {
    // SAFETY: handed on.
    unsafe {
        if line.swapped {
            walk::<E, T, true>(line, out);
        } else {
            walk::<E, T, false>(line, out);
        }
    }
}

/// What sixteen float32 become.
trait Target<I: Isa>: Real {
    /// # Safety
    /// Sixteen elements must be writable at `pointer`.
    unsafe fn put(x: I::Single, pointer: *mut Self);
}

impl<I: Isa> Target<I> for f32 {
    #[inline(always)]
    unsafe fn put(x: I::Single, pointer: *mut f32) {
        // SAFETY: handed on.
        unsafe { x.store(pointer) }
    }
}

impl<I: Isa> Target<I> for f64 {
    #[inline(always)]
    unsafe fn put(x: I::Single, pointer: *mut f64) {
        let [low, high] = x.widen();
        // SAFETY: handed on.
        unsafe {
            low.store(pointer);
            high.store(pointer.add(8));
        }
    }
}

/// float16, sixteen at a time.
#[inline(always)]
unsafe fn halves<I: Isa, T: Target<I> + Default>(line: &Line, out: &mut [T]) {
    let beside = line.stride == 2 && !line.swapped;
    let mut start = line.start;
    let mut parts = out.chunks_exact_mut(16);
    for part in &mut parts {
        // SAFETY: the caller vouches for as many elements as `out` has.
        unsafe {
            let x = if beside {
                I::Single::load_half(start.cast())
            } else {
                I::Single::load_half(some_halves(line, start, 16).as_ptr())
            };
            T::put(x, part.as_mut_ptr());
        }
        start = start.wrapping_offset(16 * line.stride);
    }
    let rest = parts.into_remainder();
    let mut whole = [T::default(); 16];
    // SAFETY: as above; both arrays hold sixteen.
    unsafe {
        let bits = some_halves(line, start, rest.len());
        T::put(I::Single::load_half(bits.as_ptr()), whole.as_mut_ptr());
    }
    rest.copy_from_slice(&whole[..rest.len()]);
}

/// The bits of up to sixteen float16.
#[inline(always)]
unsafe fn some_halves(line: &Line, start: *const u8, count: usize) -> [u16; 16] {
    let mut bits = [0; 16];
    for (i, slot) in bits[..count].iter_mut().enumerate() {
        // SAFETY: the caller vouches for the elements.
        let x = unsafe { start.offset(i as isize * line.stride).cast::<u16>().read_unaligned() };
        *slot = if line.swapped { x.swap_bytes() } else { x };
    }
    bits
}

#[inline(always)]
unsafe fn read<I: Isa, T: Target<I> + Default>(line: &Line, out: *mut T, count: usize) {
    // SAFETY: handed on: the line has `count` elements, and there is room for them.
    unsafe {
        let out = core::slice::from_raw_parts_mut(out, count);
        match line.kind {
            Kind::Bool => walk::<bool, T, false>(line, out),
            Kind::Int8 => walk::<i8, T, false>(line, out),
            Kind::Uint8 => walk::<u8, T, false>(line, out),
            Kind::Int16 => either::<i16, T>(line, out),
            Kind::Uint16 => either::<u16, T>(line, out),
            Kind::Int32 => either::<i32, T>(line, out),
            Kind::Uint32 => either::<u32, T>(line, out),
            Kind::Int64 => either::<i64, T>(line, out),
            Kind::Uint64 => either::<u64, T>(line, out),
            Kind::Float32 => either::<f32, T>(line, out),
            Kind::Float64 => either::<f64, T>(line, out),
            Kind::BFloat16 => either::<Brain, T>(line, out),
            Kind::Float16 => halves::<I, T>(line, out),
        }
    }
}

/// Elements of a line as float32.
#[inline(always)]
pub(crate) unsafe fn read_single<I: Isa>(line: &Line, out: *mut f32, count: usize) {
    // SAFETY: handed on.
    unsafe { read::<I, f32>(line, out, count) }
}

/// Elements of a line as float64.
#[inline(always)]
pub(crate) unsafe fn read_double<I: Isa>(line: &Line, out: *mut f64, count: usize) {
    // SAFETY: handed on.
    unsafe { read::<I, f64>(line, out, count) }
}
