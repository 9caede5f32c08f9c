//! columns: rows that lie across memory, a strip of neighbours at a time.
//!
//! Where the kept axis is contiguous, one vector holds an element of sixteen (eight) different rows. The
//! sums keep the shape of `fold`: element i of a row belongs to lane i mod W, a chain takes eight
//! elements W apart, each lane has a total. So a column has the bits that it would have as a row.
//!
//! Eight streams run side by side, one for each link of the chain, each as long as the strip is wide. Price:
//! as `fold`, and the reading and writing of one total in eight vectors.

mod fold;
mod group;
mod spread;
mod weighted;

pub(crate) use fold::{double, single};
pub(crate) use spread::{log_double, log_single, share_double, share_single};
pub(crate) use weighted::{WeightedColumns, weighted_double, weighted_single};

use super::fold::Care;
use crate::elementary::exp::{Reference, Temperature};
use crate::lanes::{Lanes, Real};
use crate::state::Mass;

/// The widest strip, in columns.
pub(crate) const STRIP: usize = 512;

/// Columns in memory: element i of column c at `start + i * stride + c`.
pub(crate) struct Strip<'a, R> {
    pub start: *mut R,
    /// In elements.
    pub stride: isize,
    /// Elements a column.
    pub length: usize,
    /// Columns: at most `STRIP`.
    pub width: usize,
    /// What puts elements `first .. first + count` of every column at `start` before a fold asks for them.
    pub feed: Option<&'a dyn Fn(usize, usize)>,
}

impl<R> Strip<'_, R> {
    /// The strip with elements `first .. first + count` where it says that they are.
    pub(super) fn ready(&self, first: usize, count: usize) -> Strip<'static, R> {
        let Strip { mut start, stride, length, width, feed } = *self;
        if let Some(feed) = feed {
            feed(first, count);
            start = start.wrapping_offset(-(first as isize * stride));
        }
        Strip { start, stride, length, width, feed: None }
    }
}

/// What is known of the columns of a strip.
pub(crate) struct Columns {
    pub temperature: Temperature,
    /// Whether a column is centred.
    pub general: bool,
    pub care: Care,
    pub exponent: [f64; STRIP],
    pub center: [f64; STRIP],
    /// A fold fills these three.
    pub max: [f64; STRIP],
    pub high: [f64; STRIP],
    pub low: [f64; STRIP],
}

impl Columns {
    pub fn new(temperature: Temperature) -> Box<Columns> {
        let zero = [0.0; STRIP];
        let general = temperature != Temperature::ONE;
        Box::new(Columns {
            temperature,
            general,
            care: Care::Fast,
            exponent: zero,
            center: zero,
            max: zero,
            high: zero,
            low: zero,
        })
    }

    /// The mass of one column.
    pub fn mass(&self, c: usize) -> Mass {
        Mass {
            max: self.max[c],
            reference: Reference { exponent: self.exponent[c], center: self.center[c] },
            high: self.high[c],
            low: self.low[c],
        }
    }
}

/// The `COUNT` columns of a strip from `c` on; fewer are padded with -inf.
#[inline(always)]
pub(super) unsafe fn load<L: Lanes>(row: *const L::Real, c: usize, width: usize) -> L {
    if c + L::COUNT <= width {
        // SAFETY: the vector lies within the strip.
        return unsafe { L::load(row.add(c)) };
    }
    let mut padded = L::constant(f64::NEG_INFINITY).to_array();
    for (i, slot) in padded.as_mut()[..width - c].iter_mut().enumerate() {
        // SAFETY: c + i < width.
        *slot = unsafe { *row.add(c + i) };
    }
    L::from_array(&padded)
}

#[inline(always)]
unsafe fn store<L: Lanes>(x: L, row: *mut L::Real, c: usize, width: usize) {
    if c + L::COUNT <= width {
        // SAFETY: the vector lies within the strip.
        unsafe { x.store(row.add(c)) };
        return;
    }
    for (i, x) in x.to_array().as_ref()[..width - c].iter().enumerate() {
        // SAFETY: c + i < width.
        unsafe { *row.add(c + i) = *x };
    }
}

/// A per-column field as lanes.
#[inline(always)]
pub(super) fn field<L: Lanes>(field: &[f64; STRIP], c: usize) -> L {
    let mut lanes = L::zeros();
    for (slot, x) in lanes.as_mut().iter_mut().zip(&field[c..c + L::COUNT]) {
        *slot = L::Real::from_f64(*x);
    }
    L::from_array(&lanes)
}
