//! The limits: rows that hold a nan, a +inf, or nothing but -inf.

use super::Spread;
use crate::dispatch::Special;
use crate::intake::{MASK, Offsets};
use std::ops::Range;

impl Spread<'_, '_> {
    /// The limits: rows that hold a nan, a +inf, or nothing but -inf.
    pub(in crate::dispatch) fn rare(&self, base: &Offsets, range: Range<usize>, special: &Special) {
        let mut start = range.start;
        while start < range.end {
            let mut block = vec![0.0; 256.min(range.end - start)];
            self.source.fill(base, start, &mut block);
            let count = block.len();
            self.limits(base, start, block, special);
            start += count;
        }
    }

    pub(super) fn limits(
        &self,
        base: &Offsets,
        start: usize,
        mut block: Vec<f64>,
        special: &Special,
    ) {
        let nothing = if self.log { f64::NEG_INFINITY } else { 0.0 };
        let peak = match (special.infinite == 1.0, self.log) {
            (false, _) => f64::NAN,
            (true, true) => 0.0,
            (true, false) => 1.0,
        };
        for x in &mut block {
            *x = if special.nan || special.infinite == 0.0 {
                f64::NAN
            } else if *x == f64::INFINITY {
                peak
            } else {
                nothing
            };
        }
        self.absent(base, start, &mut block, nothing);
        self.sink.scatter(base, start, &block);
    }

    /// Elements that `where=` leaves out have no share, whatever the others hold.
    pub(super) fn absent(&self, base: &Offsets, start: usize, block: &mut [f64], nothing: f64) {
        let Some(mask) = &self.source.mask else { return };
        self.source.rows.pieces(start, block.len(), |offsets, first, axis, count| {
            for (i, slot) in block[first..first + count].iter_mut().enumerate() {
                let offset = base[MASK] + offsets[MASK] + i as isize * axis.strides[MASK];
                // SAFETY: the offset addresses an element of the mask.
                if unsafe { *mask.data.offset(offset) } == 0 {
                    *slot = nothing;
                }
            }
        });
    }
}
