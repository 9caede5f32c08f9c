//! Short rows, eight at a time, turned so that each row has a lane of its own.

use super::rows::Source;
use crate::intake::{Offsets, X};
use crate::kernels::{SHORT, Tile};
use std::cell::RefCell;
use std::ops::Range;

thread_local! {
    static TILE: RefCell<Box<Tile>> = RefCell::new(Box::new(Tile::new()));
}

impl Source<'_> {
    /// Fold the rows of a range, eight at a time, and show each tile with the places of its rows.
    /// With `shares`, the elements have become their shares.
    pub fn tiles(
        &self,
        range: Range<usize>,
        shares: bool,
        mut see: impl FnMut(&[Offsets], &mut Tile),
    ) {
        let count = self.rows.length;
        let in_double = self.in_place::<f64>();
        let in_single = self.in_place::<f32>();
        let mut row = [0f64; SHORT];
        TILE.with_borrow_mut(|tile| {
            let mut start = range.start;
            while start < range.end {
                let width = (range.end - start).min(8);
                let mut bases = [Offsets::default(); 8];
                for (lane, base) in bases[..width].iter_mut().enumerate() {
                    *base = self.rows.offsets(start + lane);
                    // SAFETY: `in_place` was asked for the type; the view holds the row.
                    unsafe {
                        let pointer = self.x.data.offset(base[X]);
                        if in_double {
                            turn(
                                tile,
                                lane,
                                core::slice::from_raw_parts(pointer.cast::<f64>(), count),
                            );
                        } else if in_single {
                            turn(
                                tile,
                                lane,
                                core::slice::from_raw_parts(pointer.cast::<f32>(), count),
                            );
                        } else {
                            self.fill(base, 0, &mut row[..count]);
                            turn(tile, lane, &row[..count]);
                        }
                    }
                }
                for lane in width..8 {
                    turn(tile, lane, &[0f64; SHORT][..count]);
                }
                if shares {
                    self.table.short_shares(tile, count, self.temperature);
                } else {
                    self.table.short(tile, count, self.temperature);
                }
                see(&bases[..width], tile);
                start += width;
            }
        });
    }
}

/// Put a row into its lane.
#[inline(always)]
fn turn<T: Copy + Into<f64>>(tile: &mut Tile, lane: usize, row: &[T]) {
    for (j, &x) in row.iter().enumerate() {
        tile.x[8 * j + lane] = x.into();
    }
}
