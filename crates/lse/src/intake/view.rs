//! A borrowed strided array: pointer, element kind, shape, byte strides.

use core::marker::PhantomData;

/// The element kinds that the mathematics reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Float16,
    BFloat16,
    Float32,
    Float64,
}

impl Kind {
    /// The size of one element in bytes.
    pub const fn size(self) -> usize {
        match self {
            Kind::Bool | Kind::Int8 | Kind::Uint8 => 1,
            Kind::Int16 | Kind::Uint16 | Kind::Float16 | Kind::BFloat16 => 2,
            Kind::Int32 | Kind::Uint32 | Kind::Float32 => 4,
            Kind::Int64 | Kind::Uint64 | Kind::Float64 => 8,
        }
    }

    /// Whether float32 holds every value of this kind, so that float32 kernels may serve it.
    pub const fn fits_float32(self) -> bool {
        matches!(self, Kind::Float32) || self.is_narrow()
    }

    /// Whether numbers of this kind have so few digits that they show nothing of what float32 arithmetic loses.
    pub const fn is_narrow(self) -> bool {
        matches!(self, Kind::Float16 | Kind::BFloat16)
    }
}

/// A strided array that is only read. Strides are in bytes and may be zero or negative.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub(crate) data: *const u8,
    pub(crate) kind: Kind,
    pub(crate) swapped: bool,
    pub(crate) shape: &'a [usize],
    pub(crate) strides: &'a [isize],
}

// SAFETY: a View only reads memory that its maker has borrowed for 'a.
unsafe impl Send for View<'_> {}
// SAFETY: as above; reads through a shared reference do not race with each other.
unsafe impl Sync for View<'_> {}

impl<'a> View<'a> {
    /// Describe an array in memory.
    ///
    /// # Safety
    /// Every element addressed by `shape` and `strides` (bytes) from `data` must be readable for
    /// `'a`. Alignment is not required; `swapped` says that its bytes stand in the other order.
    pub unsafe fn new(
        data: *const u8,
        kind: Kind,
        swapped: bool,
        shape: &'a [usize],
        strides: &'a [isize],
    ) -> Self {
        assert_eq!(shape.len(), strides.len(), "one stride an axis");
        View { data, kind, swapped, shape, strides }
    }

    /// The element kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The sizes of the axes.
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// The number of elements.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A strided array of floats that results are written to.
#[derive(Debug)]
pub struct ViewMut<'a> {
    pub(crate) data: *mut u8,
    pub(crate) kind: Kind,
    pub(crate) swapped: bool,
    pub(crate) shape: &'a [usize],
    pub(crate) strides: &'a [isize],
    lifetime: PhantomData<&'a mut u8>,
}

// SAFETY: the maker lends the memory for 'a; the dispatcher gives each thread rows of its own.
unsafe impl Send for ViewMut<'_> {}
// SAFETY: as above: no two threads write the same row.
unsafe impl Sync for ViewMut<'_> {}

impl<'a> ViewMut<'a> {
    /// Describe an array to write to.
    ///
    /// # Safety
    /// As [`View::new`], writable, elements not overlapping each other, and nothing else may use
    /// the memory for `'a`, except that it may be exactly the input of an elementwise function.
    pub unsafe fn new(
        data: *mut u8,
        kind: Kind,
        swapped: bool,
        shape: &'a [usize],
        strides: &'a [isize],
    ) -> Self {
        assert_eq!(shape.len(), strides.len(), "one stride an axis");
        assert!(
            matches!(kind, Kind::Float16 | Kind::BFloat16 | Kind::Float32 | Kind::Float64),
            "results are floats"
        );
        ViewMut { data, kind, swapped, shape, strides, lifetime: PhantomData }
    }

    /// The element kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}
