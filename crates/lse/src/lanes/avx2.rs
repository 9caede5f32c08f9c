//! AVX2 + FMA lanes: two 256-bit registers each, so that the sums keep the shape of AVX-512.

use super::{Isa, Lanes, Narrow, Real};
use core::arch::x86_64::*;

/// AVX2 and FMA.
pub(crate) struct Avx2;

impl Isa for Avx2 {
    type Single = Single;
    type Double = Double;
}

#[derive(Clone, Copy)]
pub(crate) struct Single(__m256, __m256);
#[derive(Clone, Copy)]
pub(crate) struct Double(__m256d, __m256d);

// Every unsafe block below calls AVX2 or FMA instructions, one for each half.
macro_rules! pair_lanes {
    ($lanes:ident, $real:ty, $count:literal, $half:literal, $load:ident, $store:ident, $stream:ident,
     $splat:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $fma:ident, $max:ident, $min:ident, $without:ident,
     $shift:ident, $mantissa:literal, $to_int:ident, $from_int:ident, $compare:ident,
     $blend:ident, $pick:ident, $step:literal, $add_int:ident, $or:ident, $movemask:ident, $seconds:ident,
     $columns:path, $rows:path) => {
        impl Lanes for $lanes {
            type Real = $real;
            type Array = [$real; $count];
            type Few = [Self; 16 / size_of::<$real>()];
            const COUNT: usize = $count;
            const FEW: usize = 16 / size_of::<$real>();

            #[inline(always)]
            unsafe fn load(pointer: *const $real) -> Self {
                // SAFETY: the caller vouches for COUNT readable elements; AVX2 was detected.
                unsafe { $lanes($load(pointer), $load(pointer.add($half))) }
            }
            #[inline(always)]
            unsafe fn load_seconds(pointer: *const $real) -> Self {
                // SAFETY: the caller vouches for 2 COUNT - 1 readable elements; AVX2 was detected.
                unsafe { $lanes($seconds(pointer), $seconds(pointer.add($count))) }
            }
            #[inline(always)]
            unsafe fn store(self, pointer: *mut $real) {
                // SAFETY: the caller vouches for COUNT writable elements; AVX2 was detected.
                unsafe {
                    $store(pointer, self.0);
                    $store(pointer.add($half), self.1);
                }
            }
            #[inline(always)]
            unsafe fn stream(self, pointer: *mut $real) {
                // SAFETY: the caller vouches for COUNT writable elements at a multiple of 64.
                unsafe {
                    $stream(pointer, self.0);
                    $stream(pointer.add($half), self.1);
                }
            }
            #[inline(always)]
            fn splat(x: $real) -> Self {
                // SAFETY: AVX2 was detected before any kernel of this set is called.
                unsafe { $lanes($splat(x), $splat(x)) }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($add(self.0, other.0), $add(self.1, other.1)) }
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($sub(self.0, other.0), $sub(self.1, other.1)) }
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($mul(self.0, other.0), $mul(self.1, other.1)) }
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($div(self.0, other.0), $div(self.1, other.1)) }
            }
            #[inline(always)]
            fn fma(self, factor: Self, term: Self) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($fma(self.0, factor.0, term.0), $fma(self.1, factor.1, term.1)) }
            }
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: as splat. -0 - x is the sign flip that folds into a fused operation.
                unsafe { $lanes($sub($splat(-0.0), self.0), $sub($splat(-0.0), self.1)) }
            }
            #[inline(always)]
            fn lookup(self, table: &[$real; 256]) -> Self {
                let mut lanes = self.to_array();
                for lane in &mut lanes {
                    *lane = table[(lane.to_bits() & 255) as usize];
                }
                Self::from_array(&lanes)
            }
            #[inline(always)]
            fn above(self, other: Self) -> Self {
                // SAFETY: as splat. The instruction answers its second operand on nan.
                unsafe { $lanes($max(self.0, other.0), $max(self.1, other.1)) }
            }
            #[inline(always)]
            fn below(self, other: Self) -> Self {
                // SAFETY: as splat. The instruction answers its second operand on nan.
                unsafe { $lanes($min(self.0, other.0), $min(self.1, other.1)) }
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                // SAFETY: as splat.
                unsafe {
                    let sign = $splat(-0.0);
                    $lanes($without(sign, self.0), $without(sign, self.1))
                }
            }
            #[inline(always)]
            fn exponent_field(self) -> Self {
                // SAFETY: as splat.
                unsafe {
                    $lanes(
                        $from_int($shift::<$mantissa>($to_int(self.0))),
                        $from_int($shift::<$mantissa>($to_int(self.1))),
                    )
                }
            }
            #[inline(always)]
            fn pick(self, table: &<$real as Real>::Table) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($pick(self.0, table), $pick(self.1, table)) }
            }
            #[inline(always)]
            fn power(self, table: &<$real as Real>::Table) -> Self {
                // SAFETY: as splat.
                unsafe {
                    let entries = self.pick(table);
                    let low = $shift::<$step>($to_int(self.0));
                    let high = $shift::<$step>($to_int(self.1));
                    $lanes(
                        $from_int($add_int(low, $to_int(entries.0))),
                        $from_int($add_int(high, $to_int(entries.1))),
                    )
                }
            }
            #[inline(always)]
            fn exceeds(self, other: Self) -> u32 {
                // SAFETY: as splat.
                unsafe {
                    let low = $movemask($compare::<_CMP_GT_OQ>(self.0, other.0));
                    let high = $movemask($compare::<_CMP_GT_OQ>(self.1, other.1));
                    (low | high << $half) as u32
                }
            }
            #[inline(always)]
            fn either(self, other: Self) -> Self {
                // SAFETY: as splat.
                unsafe { $lanes($or(self.0, other.0), $or(self.1, other.1)) }
            }
            #[inline(always)]
            fn has_sign(self) -> bool {
                // SAFETY: as splat.
                unsafe { $movemask($or(self.0, self.1)) != 0 }
            }
            #[inline(always)]
            unsafe fn columns(first: *const $real, stride: isize, rows: usize) -> Self::Few {
                // SAFETY: handed on.
                unsafe { $columns(first, stride, rows).map(|[low, high]| $lanes(low, high)) }
            }
            #[inline(always)]
            unsafe fn few(pointer: *const $real) -> Self::Few {
                // SAFETY: handed on.
                unsafe { super::load_few(pointer) }
            }
            #[inline(always)]
            unsafe fn rows(columns: Self::Few, first: *mut $real, stride: isize, rows: usize) {
                // SAFETY: handed on.
                unsafe { $rows(columns.map(|x| [x.0, x.1]), first, stride, rows) }
            }
            #[inline(always)]
            fn choose_equal(self, other: Self, yes: Self, no: Self) -> Self {
                // SAFETY: as splat.
                unsafe {
                    $lanes(
                        $blend(no.0, yes.0, $compare::<_CMP_EQ_OQ>(self.0, other.0)),
                        $blend(no.1, yes.1, $compare::<_CMP_EQ_OQ>(self.1, other.1)),
                    )
                }
            }
            #[inline(always)]
            fn zeros() -> [$real; $count] {
                [0.0; $count]
            }
        }
    };
}

pair_lanes!(
    Single,
    f32,
    16,
    8,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_stream_ps,
    _mm256_set1_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_div_ps,
    _mm256_fmadd_ps,
    _mm256_max_ps,
    _mm256_min_ps,
    _mm256_andnot_ps,
    _mm256_slli_epi32,
    23,
    _mm256_castps_si256,
    _mm256_castsi256_ps,
    _mm256_cmp_ps,
    _mm256_blendv_ps,
    pick_single,
    19,
    _mm256_add_epi32,
    _mm256_or_ps,
    _mm256_movemask_ps,
    seconds_single,
    super::halves::columns_single,
    super::halves::rows_single
);
pair_lanes!(
    Double,
    f64,
    8,
    4,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_stream_pd,
    _mm256_set1_pd,
    _mm256_add_pd,
    _mm256_sub_pd,
    _mm256_mul_pd,
    _mm256_div_pd,
    _mm256_fmadd_pd,
    _mm256_max_pd,
    _mm256_min_pd,
    _mm256_andnot_pd,
    _mm256_slli_epi64,
    52,
    _mm256_castpd_si256,
    _mm256_castsi256_pd,
    _mm256_cmp_pd,
    _mm256_blendv_pd,
    pick_double,
    49,
    _mm256_add_epi64,
    _mm256_or_pd,
    _mm256_movemask_pd,
    seconds_double,
    super::halves::columns_double,
    super::halves::rows_double
);

impl Narrow for Single {
    type Wide = Double;

    #[inline(always)]
    fn widen(self) -> [Double; 2] {
        // SAFETY: as splat.
        unsafe { [halves(self.0), halves(self.1)] }
    }
    #[inline(always)]
    fn narrow(wide: [Double; 2]) -> Single {
        // SAFETY: as splat.
        unsafe {
            Single(
                _mm256_set_m128(_mm256_cvtpd_ps(wide[0].1), _mm256_cvtpd_ps(wide[0].0)),
                _mm256_set_m128(_mm256_cvtpd_ps(wide[1].1), _mm256_cvtpd_ps(wide[1].0)),
            )
        }
    }
    #[inline(always)]
    unsafe fn load_wide(pointer: *const f32) -> Double {
        // SAFETY: the caller vouches for eight readable elements.
        unsafe { halves(_mm256_loadu_ps(pointer)) }
    }
    #[inline(always)]
    unsafe fn store_narrow(wide: Double, pointer: *mut f32) {
        // SAFETY: the caller vouches for eight writable elements.
        unsafe {
            _mm_storeu_ps(pointer, _mm256_cvtpd_ps(wide.0));
            _mm_storeu_ps(pointer.add(4), _mm256_cvtpd_ps(wide.1));
        }
    }
    #[inline(always)]
    unsafe fn load_half(pointer: *const u16) -> Single {
        // SAFETY: the caller vouches for sixteen readable elements; F16C was detected with AVX2.
        unsafe {
            let low = _mm256_cvtph_ps(_mm_loadu_si128(pointer.cast()));
            Single(low, _mm256_cvtph_ps(_mm_loadu_si128(pointer.add(8).cast())))
        }
    }
    #[inline(always)]
    unsafe fn store_half(self, pointer: *mut u16) {
        // SAFETY: the caller vouches for sixteen writable elements; F16C was detected with AVX2.
        unsafe {
            let low = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(self.0);
            let high = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(self.1);
            _mm_storeu_si128(pointer.cast(), low);
            _mm_storeu_si128(pointer.add(8).cast(), high);
        }
    }
}

/// Every second of fifteen elements: the second half begins with the last element of the first.
///
/// # Safety
/// They must be readable; AVX2 must be there.
#[inline(always)]
unsafe fn seconds_single(pointer: *const f32) -> __m256 {
    // SAFETY: as the function.
    unsafe {
        let (low, high) = (_mm256_loadu_ps(pointer), _mm256_loadu_ps(pointer.add(7)));
        let mixed = _mm256_castps_pd(_mm256_shuffle_ps::<0b11_01_10_00>(low, high));
        _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(mixed))
    }
}

/// Every second of seven elements.
///
/// # Safety
/// As `seconds_single`.
#[inline(always)]
unsafe fn seconds_double(pointer: *const f64) -> __m256d {
    // SAFETY: as the function.
    unsafe {
        let (low, high) = (_mm256_loadu_pd(pointer), _mm256_loadu_pd(pointer.add(3)));
        _mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_shuffle_pd::<0b1010>(low, high))
    }
}

/// # Safety
/// AVX2 must be there.
#[inline(always)]
unsafe fn halves(x: __m256) -> Double {
    // SAFETY: as the function.
    unsafe {
        Double(
            _mm256_cvtps_pd(_mm256_castps256_ps128(x)),
            _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(x)),
        )
    }
}

/// The entries of a table of sixteen that the low four bits name.
///
/// # Safety
/// AVX2 must be there.
#[inline(always)]
unsafe fn pick_single(selector: __m256, table: &[f32; 16]) -> __m256 {
    // SAFETY: as the function; the table holds two vectors.
    unsafe {
        let index = _mm256_castps_si256(selector);
        let low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.as_ptr()), index);
        let high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.as_ptr().add(8)), index);
        // Bit 3, as the sign, tells the half.
        let half = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(index));
        _mm256_blendv_ps(low, high, half)
    }
}

/// The entries of a table of eight that the low three bits name.
///
/// # Safety
/// AVX2 must be there.
#[inline(always)]
unsafe fn pick_double(selector: __m256d, table: &[f64; 8]) -> __m256d {
    // SAFETY: as the function; the table holds two vectors.
    unsafe {
        let index = _mm256_castpd_si256(selector);
        // The two 32-bit halves of entry i are 2 i and 2 i + 1.
        let even = _mm256_and_si256(_mm256_slli_epi64::<1>(index), _mm256_set1_epi64x(6));
        let places = _mm256_or_si256(even, _mm256_slli_epi64::<32>(even));
        let places = _mm256_or_si256(places, _mm256_set1_epi64x(1 << 32));
        let table = table.as_ptr().cast::<f32>();
        let low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), places);
        let high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.add(8)), places);
        // Bit 2, as the sign, tells the half.
        let half = _mm256_castsi256_pd(_mm256_slli_epi64::<61>(index));
        _mm256_blendv_pd(_mm256_castps_pd(low), _mm256_castps_pd(high), half)
    }
}
