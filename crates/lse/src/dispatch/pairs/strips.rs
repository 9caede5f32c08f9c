//! strips: weighted rows that lie across memory, folded a column a lane, a block at a time.

use super::{BLOCK, Pair};
use crate::dispatch::fed::with_room;
use crate::dispatch::parallel::map_chunks;
use crate::dispatch::sums::{EMPTY, QuickSum};
use crate::dispatch::{Compute, Source};
use crate::elementary::exp::Reference;
use crate::intake::{Offsets, X};
use crate::kernels::{CHAIN, Quick, Strip, WeightedColumns};
use std::ops::Range;

impl Pair<'_> {
    /// The sums of `width` neighbouring rows from `first` on, the blocks of long ones on all threads where they are
    /// `alone`; folded again where a maximum asks for another reference than the guessed one.
    pub fn strip<T: Compute>(&self, first: usize, width: usize, alone: bool) -> Vec<QuickSum> {
        let mut references = vec![Reference::ZERO; width];
        loop {
            let totals = self.fold_strip::<T>(first, &references, alone);
            let mut settled = true;
            for (reference, total) in references.iter_mut().zip(&totals) {
                let wanted = Reference::of::<T>(total.max, self.x.temperature);
                settled &= wanted == *reference;
                *reference = wanted;
            }
            if settled {
                return totals.into_iter().map(QuickSum::of::<T>).collect();
            }
        }
    }

    fn fold_strip<T: Compute>(
        &self,
        first: usize,
        references: &[Reference],
        alone: bool,
    ) -> Vec<Quick> {
        let bases = [self.x.rows.offsets(first), self.weights.rows.offsets(first)];
        let length = self.x.rows.length;
        let block = |range| self.fold_block::<T>(&bases, range, references);
        let parts = if alone {
            map_chunks(length, BLOCK, block)
        } else {
            let starts = (0..length).step_by(BLOCK);
            starts.map(|start| block(start..length.min(start + BLOCK))).collect()
        };
        let empty = |reference: &Reference| Quick { reference: *reference, ..EMPTY };
        let mut totals: Vec<Quick> = references.iter().map(empty).collect();
        for part in parts {
            for (c, total) in totals.iter_mut().enumerate() {
                *total = total.and(&part.quick(c));
            }
        }
        totals
    }

    fn fold_block<T: Compute>(
        &self,
        bases: &[Offsets; 2],
        range: Range<usize>,
        references: &[Reference],
    ) -> Box<WeightedColumns> {
        let width = references.len();
        let shared = self.weights.rows.kept.last().is_some_and(|inner| inner.strides[X] == 0);
        let b_width = if shared { T::LANES } else { width };
        let mut found = WeightedColumns::new(self.x.temperature, references, shared);
        let group = CHAIN * T::LANES * width.max(b_width);
        with_room::<T, ()>(2 * group, |room| {
            let room = room.as_mut_ptr();
            let x_feed = |first: usize, count: usize| {
                // SAFETY: a group is at most CHAIN times LANES elements of each row.
                unsafe { self.x.fetch(&bases[0], width, range.start + first, count, room) }
            };
            let b_room = room.wrapping_add(group);
            let b_feed = |first: usize, count: usize| {
                // SAFETY: as above.
                unsafe {
                    self.weights.fetch(&bases[1], b_width, range.start + first, count, b_room)
                }
            };
            let plain = |source: &Source<'_>, base: &Offsets| {
                source.plain_strips::<T>()?;
                Some(source.strip::<T>(source.x.data, X, base, width, range.start, range.len()))
            };
            let fed = |room, width, feed| {
                let (length, stride) = (range.len(), width as isize);
                Strip { start: room, stride, length, width, feed: Some(feed) }
            };
            let x = plain(&self.x, &bases[0]).unwrap_or_else(|| fed(room, width, &x_feed));
            let b = plain(&self.weights, &bases[1]);
            let b = b.unwrap_or_else(|| fed(b_room, b_width, &b_feed));
            // SAFETY: the strips lie within the views or the room.
            unsafe { T::weighted_columns(self.x.table, &x, &b, &mut found) };
        });
        found
    }
}
