//! Lanes: the few vector operations that every kernel is written in.
//!
//! A vector always has the same width, 16 float32 or 8 float64, whatever the machine: one
//! AVX-512 register, two of AVX2, four of NEON, an array elsewhere. The sums therefore
//! have the same shape on every machine, and with a fused multiply-add in each path they have
//! the same bits.
//!
//! The methods are `#[inline(always)]` and must end up inside a function that enables the
//! instruction set: the shells of `kernels/table.rs`. A closure between the two would be compiled
//! without it, fifty times slower: functions marked `#[inline(always)]` take their place. A vector of an instruction set that the
//! machine lacks must never be made; `isa.rs` is the only place that chooses one.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
mod halves;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod portable;
mod real;
#[cfg(target_arch = "x86_64")]
mod transpose;

pub(crate) use real::Real;

/// A vector of one scalar type and fixed width.
pub(crate) trait Lanes: Copy {
    type Real: Real;
    /// An array as wide as the vector.
    type Array: AsRef<[Self::Real]> + AsMut<[Self::Real]> + Copy;
    /// As many vectors as scalars fit into 128 bits.
    type Few: AsRef<[Self]>;
    const COUNT: usize;
    const FEW: usize;

    /// # Safety
    /// `COUNT` elements must be readable at `pointer`; no alignment is asked for.
    unsafe fn load(pointer: *const Self::Real) -> Self;
    /// Every second element from `pointer` on.
    ///
    /// # Safety
    /// `2 COUNT - 1` elements must be readable at `pointer`; no alignment is asked for.
    #[inline(always)]
    unsafe fn load_seconds(pointer: *const Self::Real) -> Self {
        let mut array = Self::zeros();
        for (i, lane) in array.as_mut().iter_mut().enumerate() {
            // SAFETY: the caller vouches for the elements.
            *lane = unsafe { pointer.add(2 * i).read_unaligned() };
        }
        Self::from_array(&array)
    }
    /// # Safety
    /// `COUNT` elements must be writable at `pointer`; no alignment is asked for.
    unsafe fn store(self, pointer: *mut Self::Real);
    /// As `store`, past the caches where the machine can: for results that nobody reads soon.
    ///
    /// # Safety
    /// As `store`; the pointer must be a multiple of 64 bytes, and `settle` must be called before another thread
    /// may look.
    unsafe fn stream(self, pointer: *mut Self::Real);
    fn splat(x: Self::Real) -> Self;

    /// The first `count` elements at `pointer`, at most COUNT; `fill` in the other lanes.
    ///
    /// # Safety
    /// `count` elements must be readable at `pointer`.
    #[inline(always)]
    unsafe fn load_part(pointer: *const Self::Real, count: usize, fill: Self) -> Self {
        let mut array = fill.to_array();
        // SAFETY: the caller vouches for the elements; the array holds COUNT.
        unsafe { core::ptr::copy_nonoverlapping(pointer, array.as_mut().as_mut_ptr(), count) };
        Self::from_array(&array)
    }

    /// Store the first `count` lanes, at most COUNT.
    ///
    /// # Safety
    /// `count` elements must be writable at `pointer`.
    #[inline(always)]
    unsafe fn store_part(self, pointer: *mut Self::Real, count: usize) {
        let array = self.to_array();
        // SAFETY: as above.
        unsafe { core::ptr::copy_nonoverlapping(array.as_ref().as_ptr(), pointer, count) };
    }
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    /// self * factor + term, rounded once.
    fn fma(self, factor: Self, term: Self) -> Self;
    /// -self; free where it feeds a fused operation.
    fn neg(self) -> Self;
    /// self where self > other, else other: a nan in self answers other.
    fn above(self, other: Self) -> Self;
    /// self where self < other, else other: a nan in self answers other.
    fn below(self, other: Self) -> Self;
    /// |self|.
    fn magnitude(self) -> Self;
    /// The low bits of self as the exponent field of a float.
    fn exponent_field(self) -> Self;
    /// The entries of a table that the low bits of each lane name.
    fn pick(self, table: &<Self::Real as Real>::Table) -> Self;
    /// 2^(n/STEPS) for the number n + STEPS * bias in the low bits: they become the exponent field and the
    /// top of the mantissa, and the table entry that they name adds the rest of the mantissa.
    fn power(self, table: &<Self::Real as Real>::Table) -> Self;
    /// The entries of a table that the low eight bits of each lane name. Float64 only.
    fn lookup(self, table: &[Self::Real; 256]) -> Self;
    /// The lanes where self > other, as bits.
    fn exceeds(self, other: Self) -> u32;
    /// The bits of both.
    fn either(self, other: Self) -> Self;
    /// Whether a lane has its sign set.
    fn has_sign(self) -> bool;
    /// The first FEW elements of `rows` rows, `stride` bytes apart: element j of row i becomes lane i of vector j.
    /// Lanes beyond hold the last row.
    ///
    /// # Safety
    /// FEW elements of each row must be readable, and there must be a row.
    unsafe fn columns(first: *const Self::Real, stride: isize, rows: usize) -> Self::Few;
    /// FEW vectors that follow each other in memory.
    ///
    /// # Safety
    /// FEW COUNT elements must be readable.
    unsafe fn few(pointer: *const Self::Real) -> Self::Few;
    /// Lane i of vector j becomes element j of row i, for the first `rows` lanes.
    ///
    /// # Safety
    /// FEW elements of each row must be writable.
    unsafe fn rows(columns: Self::Few, first: *mut Self::Real, stride: isize, rows: usize);
    /// yes where self == other, else no.
    fn choose_equal(self, other: Self, yes: Self, no: Self) -> Self;

    /// Every lane `x`, rounded to the scalar.
    #[inline(always)]
    fn constant(x: f64) -> Self {
        Self::splat(Self::Real::from_f64(x))
    }

    #[inline(always)]
    fn from_array(array: &Self::Array) -> Self {
        // SAFETY: the array holds COUNT elements.
        unsafe { Self::load(array.as_ref().as_ptr()) }
    }

    #[inline(always)]
    fn to_array(self) -> Self::Array {
        let mut array = Self::zeros();
        // SAFETY: the array holds COUNT elements.
        unsafe { self.store(array.as_mut().as_mut_ptr()) };
        array
    }

    fn zeros() -> Self::Array;
}

/// Vectors of float32 that widen to two of float64.
pub(crate) trait Narrow: Lanes<Real = f32> {
    type Wide: Lanes<Real = f64>;
    fn widen(self) -> [Self::Wide; 2];
    /// # Safety
    /// Eight elements must be readable at `pointer`.
    unsafe fn load_wide(pointer: *const f32) -> Self::Wide;
    /// Rounds eight float64 to float32 and stores them.
    ///
    /// # Safety
    /// Eight elements must be writable at `pointer`.
    unsafe fn store_narrow(wide: Self::Wide, pointer: *mut f32);
    /// Rounds sixteen float64 to float32.
    fn narrow(wide: [Self::Wide; 2]) -> Self;
    /// Widens sixteen float16.
    ///
    /// # Safety
    /// Sixteen elements must be readable at `pointer`; no alignment is asked for.
    unsafe fn load_half(pointer: *const u16) -> Self;
    /// Rounds to float16, ties to even, and stores.
    ///
    /// # Safety
    /// Sixteen elements must be writable at `pointer`; no alignment is asked for.
    unsafe fn store_half(self, pointer: *mut u16);
    /// Words as the upper halves of lanes, whose lower halves are 0.
    #[inline(always)]
    fn from_upper(words: [u16; 16]) -> Self
    where
        Self: Lanes<Array = [f32; 16]>,
    {
        let mut lanes = [0f32; 16];
        for i in 0..16 {
            lanes[i] = f32::from_bits(u32::from(words[i]) << 16);
        }
        Self::from_array(&lanes)
    }
    /// The upper halves of the lanes.
    #[inline(always)]
    fn upper(self) -> [u16; 16]
    where
        Self: Lanes<Array = [f32; 16]>,
    {
        let lanes = self.to_array();
        let mut words = [0; 16];
        for i in 0..16 {
            words[i] = (lanes[i].to_bits() >> 16) as u16;
        }
        words
    }
    /// The first `count` words at `pointer`, at most sixteen; `fill` in place of the others.
    ///
    /// # Safety
    /// `count` words must be readable at `pointer`.
    #[inline(always)]
    unsafe fn load_words(pointer: *const u16, count: usize, fill: u16) -> [u16; 16] {
        let mut words = [fill; 16];
        // SAFETY: the caller vouches for the words, at most sixteen.
        unsafe { core::ptr::copy_nonoverlapping(pointer, words.as_mut_ptr(), count) };
        words
    }
    /// Store the first `count` words, at most sixteen.
    ///
    /// # Safety
    /// `count` words must be writable at `pointer`.
    #[inline(always)]
    unsafe fn store_words(words: [u16; 16], pointer: *mut u16, count: usize) {
        // SAFETY: as above.
        unsafe { core::ptr::copy_nonoverlapping(words.as_ptr(), pointer, count) };
    }
}

/// Row i of rows that are `stride` bytes apart; the last one beyond them.
#[inline(always)]
fn row<R>(first: *const R, stride: isize, rows: usize, i: usize) -> *const R {
    let i = if i < rows { i } else { rows - 1 };
    first.wrapping_byte_offset(i as isize * stride)
}

/// `columns` for a machine that has no better way.
///
/// # Safety
/// As `columns`.
#[inline(always)]
unsafe fn columns_by_lanes<L: Lanes, const FEW: usize>(
    first: *const L::Real,
    stride: isize,
    rows: usize,
) -> [L; FEW] {
    let mut columns = [L::zeros(); FEW];
    for i in 0..L::COUNT {
        let row = row(first, stride, rows, i);
        for (j, column) in columns.iter_mut().enumerate() {
            // SAFETY: the caller vouches for the row.
            column.as_mut()[i] = unsafe { *row.add(j) };
        }
    }
    let mut answer = [L::constant(0.0); FEW];
    for (vector, column) in answer.iter_mut().zip(&columns) {
        *vector = L::from_array(column);
    }
    answer
}

/// `rows` for a machine that has no better way.
///
/// # Safety
/// As `rows`.
#[inline(always)]
unsafe fn rows_by_lanes<L: Lanes, const FEW: usize>(
    columns: [L; FEW],
    first: *mut L::Real,
    stride: isize,
    rows: usize,
) {
    for (j, column) in columns.into_iter().enumerate() {
        let column = column.to_array();
        for i in 0..rows.min(L::COUNT) {
            // SAFETY: the caller vouches for the row.
            unsafe { *row(first, stride, rows, i).cast_mut().add(j) = column.as_ref()[i] };
        }
    }
}

/// Vectors that follow each other in memory.
///
/// # Safety
/// FEW of them must be readable.
#[inline(always)]
unsafe fn load_few<L: Lanes, const FEW: usize>(pointer: *const L::Real) -> [L; FEW] {
    let mut answer = [L::constant(0.0); FEW];
    for (j, vector) in answer.iter_mut().enumerate() {
        // SAFETY: the caller vouches for the vectors.
        *vector = unsafe { L::load(pointer.add(j * L::COUNT)) };
    }
    answer
}

/// Let what was streamed reach memory before anything that follows.
#[inline(always)]
pub(crate) fn settle() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: SSE belongs to every x86-64.
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}

/// An instruction set: its two vectors.
pub(crate) trait Isa: 'static {
    type Single: Narrow<Wide = Self::Double> + Lanes<Real = f32, Array = [f32; 16]>;
    type Double: Lanes<Real = f64, Array = [f64; 8]>;
}

/// Ask for a cache line ahead of its use; the address may be anything.
#[inline(always)]
pub(crate) fn prefetch(pointer: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing and cannot fail; SSE belongs to every x86-64.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(pointer.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = pointer;
}

/// Ask for memory that will be read after the next few thousand elements; any address will do.
#[inline(always)]
pub(crate) fn prefetch_far<R>(pointer: *const R) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch never faults.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T1 }>(pointer.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = pointer;
}
