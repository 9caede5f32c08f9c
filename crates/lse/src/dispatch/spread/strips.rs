//! Rows that lie across memory, a strip of them at a time.

use super::{Buffers, Spread, Way};
use crate::dispatch::fed::Ends;
use crate::dispatch::{Compute, Special, Strips, map_chunks};
use crate::intake::Places;
use crate::kernels::Columns;
use crate::state::Mass;
use std::ops::Range;

/// Elements of a strip that one thread spreads at a time.
const ROWS: usize = 256;

impl Spread<'_, '_> {
    fn fold_strip<T: Compute>(&self, places: &Places<'_>, alone: bool) -> Vec<Mass> {
        let (source, base) = (self.source, places.get(0));
        let mut masses = source.fold_strip::<T>(&base, places.len(), alone, self.care());
        if self.wants_mending::<T>() {
            source.mended_strip::<T>(&base, &mut masses, self.aim::<T>(), alone);
        }
        masses
    }

    /// Rows that lie across memory.
    pub(super) fn strips<T: Compute>(&self, strips: Strips) {
        strips.each(&self.source.rows, |places, alone| {
            let masses = self.fold_strip::<T>(places, alone);
            self.strip::<T>(places, &masses, alone);
        });
    }

    /// Spread a folded strip; its rare rows are done again, each by itself.
    pub(super) fn strip<T: Compute>(&self, places: &Places<'_>, masses: &[Mass], alone: bool) {
        let (source, base) = (self.source, &places.get(0));
        let mut columns = Columns::new(source.temperature);
        let (mut rare, mut scratch, mut buffers) = (Vec::new(), Vec::new(), Buffers::default());
        for (c, mass) in masses.iter().enumerate() {
            columns.high[c] = 1.0;
            match self.way::<T>(&places.get(c), *mass, &mut buffers, false) {
                Way::Shares(inverse) => {
                    let reference = inverse.reference();
                    columns.general |= reference.center != 0.0;
                    (columns.exponent[c], columns.center[c]) =
                        (reference.exponent, reference.center);
                    (columns.high[c], columns.low[c]) = inverse.factors::<T>();
                }
                Way::Logarithms(level) => {
                    (columns.high[c], columns.low[c]) = (level.high, level.low);
                }
                Way::Rare(special) => rare.push((c, special)),
            }
        }
        // In place, the spread overwrites the rare rows: they are read before that.
        let kept: Vec<(usize, Special, Vec<f64>)> = rare
            .into_iter()
            .map(|(c, special)| {
                let mut row = Vec::new();
                source.visit(&places.get(c), &mut scratch, &mut |x| row.extend_from_slice(x));
                (c, special, row)
            })
            .collect();
        let spread = |range: Range<usize>| {
            let ends = Ends { source, sink: &self.sink, base, width: masses.len() };
            ends.spread::<T>(range.start, range.len(), &columns, self.log);
        };
        if alone {
            map_chunks(source.rows.length, ROWS, spread);
        } else {
            spread(0..source.rows.length);
        }
        for (c, special, row) in kept {
            self.limits(&places.get(c), 0, row, &special);
        }
    }
}
