//! AVX-512 lanes: one 512-bit register each.

use super::{Isa, Lanes, Narrow, Real};
use core::arch::x86_64::*;

/// AVX-512 F and DQ.
pub(crate) struct Avx512;

impl Isa for Avx512 {
    type Single = Single;
    type Double = Double;
}

#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Single(__m512);
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Double(__m512d);

// Every unsafe block below calls one AVX-512 instruction.
macro_rules! register_lanes {
    ($lanes:ident, $real:ty, $count:literal, $load:ident, $store:ident, $stream:ident, $splat:ident, $add:ident,
     $sub:ident, $mul:ident, $div:ident, $fma:ident, $max:ident, $min:ident, $magnitude:ident, $shift:ident, $mantissa:literal,
     $to_int:ident, $from_int:ident, $compare:ident, $blend:ident, $lookup:ident,
     $permute:ident, $step:literal, $add_int:ident, $or:ident, $signs:ident, $mask:ty, $load_part:ident,
     $store_part:ident, $columns:path, $rows:path, $shuffle:ident, $seconds:expr) => {
        impl Lanes for $lanes {
            type Real = $real;
            type Array = [$real; $count];
            type Few = [Self; 16 / size_of::<$real>()];
            const COUNT: usize = $count;
            const FEW: usize = 16 / size_of::<$real>();

            #[inline(always)]
            unsafe fn load(pointer: *const $real) -> Self {
                // SAFETY: the caller vouches for COUNT readable elements; AVX-512 was detected.
                $lanes(unsafe { $load(pointer) })
            }
            #[inline(always)]
            unsafe fn load_seconds(pointer: *const $real) -> Self {
                // SAFETY: the caller vouches for 2 COUNT - 1 readable elements: the second vector begins with the
                // last element of the first.
                $lanes(unsafe {
                    let seconds = core::mem::transmute::<[_; $count], __m512i>($seconds);
                    $shuffle($load(pointer), seconds, $load(pointer.add($count - 1)))
                })
            }
            #[inline(always)]
            unsafe fn store(self, pointer: *mut $real) {
                // SAFETY: the caller vouches for COUNT writable elements; AVX-512 was detected.
                unsafe { $store(pointer, self.0) }
            }
            #[inline(always)]
            unsafe fn stream(self, pointer: *mut $real) {
                // SAFETY: the caller vouches for COUNT writable elements at a multiple of 64.
                unsafe { $stream(pointer.cast(), self.0) }
            }
            #[inline(always)]
            unsafe fn load_part(pointer: *const $real, count: usize, fill: Self) -> Self {
                let first = ((1u32 << count) - 1) as $mask;
                // SAFETY: the caller vouches for what the mask lets through.
                $lanes(unsafe { $load_part(fill.0, first, pointer) })
            }
            #[inline(always)]
            unsafe fn store_part(self, pointer: *mut $real, count: usize) {
                let first = ((1u32 << count) - 1) as $mask;
                // SAFETY: the caller vouches for what the mask lets through.
                unsafe { $store_part(pointer, first, self.0) }
            }
            #[inline(always)]
            fn splat(x: $real) -> Self {
                // SAFETY: AVX-512 was detected before any kernel of this set is called.
                $lanes(unsafe { $splat(x) })
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $add(self.0, other.0) })
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $sub(self.0, other.0) })
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $mul(self.0, other.0) })
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $div(self.0, other.0) })
            }
            #[inline(always)]
            fn fma(self, factor: Self, term: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $fma(self.0, factor.0, term.0) })
            }
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: as splat. -0 - x is the sign flip that folds into a fused operation.
                $lanes(unsafe { $sub($splat(-0.0), self.0) })
            }
            #[inline(always)]
            fn lookup(self, table: &[$real; 256]) -> Self {
                $lookup(self, table)
            }
            #[inline(always)]
            fn above(self, other: Self) -> Self {
                // SAFETY: as splat. The instruction answers its second operand on nan.
                $lanes(unsafe { $max(self.0, other.0) })
            }
            #[inline(always)]
            fn below(self, other: Self) -> Self {
                // SAFETY: as splat. The instruction answers its second operand on nan.
                $lanes(unsafe { $min(self.0, other.0) })
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $magnitude(self.0) })
            }
            #[inline(always)]
            fn exponent_field(self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $from_int($shift::<$mantissa>($to_int(self.0))) })
            }
            #[inline(always)]
            fn pick(self, table: &<$real as Real>::Table) -> Self {
                // SAFETY: as splat; the table is a vector.
                $lanes(unsafe { $permute($to_int(self.0), $load(table.as_ptr())) })
            }
            #[inline(always)]
            fn power(self, table: &<$real as Real>::Table) -> Self {
                // SAFETY: as splat.
                unsafe {
                    let moved = $shift::<$step>($to_int(self.0));
                    $lanes($from_int($add_int(moved, $to_int(self.pick(table).0))))
                }
            }
            #[inline(always)]
            fn exceeds(self, other: Self) -> u32 {
                // SAFETY: as splat.
                u32::from(unsafe { $compare::<_CMP_GT_OQ>(self.0, other.0) })
            }
            #[inline(always)]
            fn either(self, other: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $or(self.0, other.0) })
            }
            #[inline(always)]
            fn has_sign(self) -> bool {
                // SAFETY: as splat.
                unsafe { $signs($to_int(self.0)) != 0 }
            }
            #[inline(always)]
            unsafe fn columns(first: *const $real, stride: isize, rows: usize) -> Self::Few {
                // SAFETY: handed on.
                unsafe { $columns(first, stride, rows).map($lanes) }
            }
            #[inline(always)]
            unsafe fn few(pointer: *const $real) -> Self::Few {
                // SAFETY: handed on.
                unsafe { super::load_few(pointer) }
            }
            #[inline(always)]
            unsafe fn rows(columns: Self::Few, first: *mut $real, stride: isize, rows: usize) {
                // SAFETY: handed on.
                unsafe { $rows(columns.map(|x| x.0), first, stride, rows) }
            }
            #[inline(always)]
            fn choose_equal(self, other: Self, yes: Self, no: Self) -> Self {
                // SAFETY: as splat.
                $lanes(unsafe { $blend($compare::<_CMP_EQ_OQ>(self.0, other.0), no.0, yes.0) })
            }
            #[inline(always)]
            fn zeros() -> [$real; $count] {
                [0.0; $count]
            }
        }
    };
}

register_lanes!(
    Single,
    f32,
    16,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_stream_ps,
    _mm512_set1_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_div_ps,
    _mm512_fmadd_ps,
    _mm512_max_ps,
    _mm512_min_ps,
    _mm512_abs_ps,
    _mm512_slli_epi32,
    23,
    _mm512_castps_si512,
    _mm512_castsi512_ps,
    _mm512_cmp_ps_mask,
    _mm512_mask_blend_ps,
    lookup_single,
    _mm512_permutexvar_ps,
    19,
    _mm512_add_epi32,
    _mm512_or_ps,
    _mm512_movepi32_mask,
    __mmask16,
    _mm512_mask_loadu_ps,
    _mm512_mask_storeu_ps,
    super::transpose::columns_single,
    super::transpose::rows_single,
    _mm512_permutex2var_ps,
    [0u32, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31]
);
register_lanes!(
    Double,
    f64,
    8,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_stream_pd,
    _mm512_set1_pd,
    _mm512_add_pd,
    _mm512_sub_pd,
    _mm512_mul_pd,
    _mm512_div_pd,
    _mm512_fmadd_pd,
    _mm512_max_pd,
    _mm512_min_pd,
    _mm512_abs_pd,
    _mm512_slli_epi64,
    52,
    _mm512_castpd_si512,
    _mm512_castsi512_pd,
    _mm512_cmp_pd_mask,
    _mm512_mask_blend_pd,
    lookup_double,
    _mm512_permutexvar_pd,
    49,
    _mm512_add_epi64,
    _mm512_or_pd,
    _mm512_movepi64_mask,
    __mmask8,
    _mm512_mask_loadu_pd,
    _mm512_mask_storeu_pd,
    super::transpose::columns_double,
    super::transpose::rows_double,
    _mm512_permutex2var_pd,
    [0u64, 2, 4, 6, 9, 11, 13, 15]
);

impl Narrow for Single {
    type Wide = Double;

    #[inline(always)]
    fn widen(self) -> [Double; 2] {
        // SAFETY: as splat.
        unsafe {
            let low = _mm512_castps512_ps256(self.0);
            let high = _mm512_extractf32x8_ps::<1>(self.0);
            [Double(_mm512_cvtps_pd(low)), Double(_mm512_cvtps_pd(high))]
        }
    }
    #[inline(always)]
    fn narrow(wide: [Double; 2]) -> Single {
        // SAFETY: as splat.
        unsafe {
            let low = _mm512_castps256_ps512(_mm512_cvtpd_ps(wide[0].0));
            Single(_mm512_insertf32x8::<1>(low, _mm512_cvtpd_ps(wide[1].0)))
        }
    }
    #[inline(always)]
    unsafe fn load_wide(pointer: *const f32) -> Double {
        // SAFETY: the caller vouches for eight readable elements.
        Double(unsafe { _mm512_cvtps_pd(_mm256_loadu_ps(pointer)) })
    }
    #[inline(always)]
    unsafe fn store_narrow(wide: Double, pointer: *mut f32) {
        // SAFETY: the caller vouches for eight writable elements.
        unsafe { _mm256_storeu_ps(pointer, _mm512_cvtpd_ps(wide.0)) }
    }
    #[inline(always)]
    unsafe fn load_half(pointer: *const u16) -> Single {
        // SAFETY: the caller vouches for sixteen readable elements.
        Single(unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(pointer.cast())) })
    }
    #[inline(always)]
    unsafe fn store_half(self, pointer: *mut u16) {
        // SAFETY: the caller vouches for sixteen writable elements.
        unsafe {
            let narrow = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(self.0);
            _mm256_storeu_si256(pointer.cast(), narrow);
        }
    }
    #[inline(always)]
    fn from_upper(words: [u16; 16]) -> Single {
        // SAFETY: AVX-512 BW was detected; the odd words are those of the array, the even ones are 0.
        unsafe {
            let words = _mm512_castsi256_si512(core::mem::transmute::<[u16; 16], __m256i>(words));
            let places = core::mem::transmute::<[u16; 32], __m512i>(FROM_UPPER);
            let spread = _mm512_maskz_permutexvar_epi16(0xAAAA_AAAA, places, words);
            Single(_mm512_castsi512_ps(spread))
        }
    }
    #[inline(always)]
    fn upper(self) -> [u16; 16] {
        // SAFETY: AVX-512 BW was detected.
        unsafe {
            let places = core::mem::transmute::<[u16; 32], __m512i>(UPPER);
            let words = _mm512_permutexvar_epi16(places, _mm512_castps_si512(self.0));
            core::mem::transmute::<__m256i, [u16; 16]>(_mm512_castsi512_si256(words))
        }
    }
    #[inline(always)]
    unsafe fn load_words(pointer: *const u16, count: usize, fill: u16) -> [u16; 16] {
        let first = ((1u32 << count) - 1) as __mmask16;
        // SAFETY: the caller vouches for what the mask lets through; AVX-512 BW and VL were detected.
        unsafe {
            let fill = _mm256_set1_epi16(fill.cast_signed());
            let words = _mm256_mask_loadu_epi16(fill, first, pointer.cast());
            core::mem::transmute::<__m256i, [u16; 16]>(words)
        }
    }
    #[inline(always)]
    unsafe fn store_words(words: [u16; 16], pointer: *mut u16, count: usize) {
        let first = ((1u32 << count) - 1) as __mmask16;
        // SAFETY: the caller vouches for what the mask lets through; AVX-512 BW and VL were detected.
        unsafe {
            let words = core::mem::transmute::<[u16; 16], __m256i>(words);
            _mm256_mask_storeu_epi16(pointer.cast(), first, words);
        }
    }
}

/// Word 2 i + 1 of a register comes from word i.
const FROM_UPPER: [u16; 32] = {
    let (mut places, mut i) = ([0; 32], 0);
    while i < 32 {
        places[i] = i as u16 / 2;
        i += 1;
    }
    places
};

/// Word i of the lower half of a register comes from word 2 i + 1.
const UPPER: [u16; 32] = {
    let (mut places, mut i) = ([0; 32], 0);
    while i < 16 {
        places[i] = 2 * i as u16 + 1;
        i += 1;
    }
    places
};

#[inline(always)]
fn lookup_double(selector: Double, table: &[f64; 256]) -> Double {
    // SAFETY: AVX-512 was detected; the mask keeps every index below 256.
    unsafe {
        let index = _mm512_and_si512(_mm512_castpd_si512(selector.0), _mm512_set1_epi64(255));
        Double(_mm512_i64gather_pd::<8>(index, table.as_ptr()))
    }
}

#[inline(always)]
fn lookup_single(selector: Single, table: &[f32; 256]) -> Single {
    let mut lanes = selector.to_array();
    for lane in &mut lanes {
        *lane = table[(lane.to_bits() & 255) as usize];
    }
    Single::from_array(&lanes)
}
