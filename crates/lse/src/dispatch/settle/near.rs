//! near: rows whose results are expected near 0, folded to 110 bits at once.
//!
//! Whether a row is small is told by its ordinary fold, and that fold is spared here where the precise sum tells the
//! same: both logarithms are right to 2^-50, and only those far below the limit are answered. So results do not depend
//! on what was expected. The other rows go the usual way.

use super::{ENOUGH_FOR_DOUBLE, Layout, SURELY_SMALL, Settle, Tiles, bits};
use crate::dispatch::Compute;
use crate::elementary::exp::{Reference, Temperature};
use crate::intake::{Kind, Places};
use crate::kernels::{BATCH, Batch};
use crate::state::Mass;

impl Settle<'_, '_> {
    /// Whether small rows may be expected: where they are folded to 110 bits, and nothing is divided.
    pub(in crate::dispatch) fn expects<T: Compute>(&self) -> bool {
        T::KIND == Kind::Float64 && self.temperature() == Temperature::ONE
    }

    /// Answer those of up to 64 short rows that are small; tells which are not.
    pub(in crate::dispatch) fn near_short(
        &self,
        places: &Places<'_>,
        layout: Layout,
        batch: &mut Batch,
        tiles: &mut Tiles,
    ) -> u64 {
        for at in (0..places.len()).step_by(8) {
            self.fold_again(&places.part(at, at + 8), layout, batch, at, tiles, true);
        }
        self.settle_near(places, batch)
    }

    /// The same for long rows.
    pub(in crate::dispatch) fn near_long(&self, places: &Places<'_>) -> u64 {
        let (mut batch, mut scratch) = (Batch::new(), Vec::new());
        for row in 0..places.len() {
            let sum = self.source.near_sum(&places.get(row), &mut scratch);
            let (high, low) = sum.unwrap_or((f64::NAN, 0.0));
            batch.set(row, Mass { max: 0.0, reference: Reference::ZERO, high, low });
        }
        self.settle_near(places, &mut batch)
    }

    /// Store precise sums whose logarithms are surely small; answers which are not.
    fn settle_near(&self, places: &Places<'_>, batch: &mut Batch) -> u64 {
        let rare = self.prepare(places, batch);
        let small = self.source.finish(batch, places.len(), SURELY_SMALL) & !rare;
        // What is stored for the others is overwritten when they are known.
        self.put(places, batch, 0, 0);
        let mut tiny = 0;
        for (row, answer) in batch.log_high[..places.len()].iter().enumerate() {
            tiny |= u64::from(answer.abs() < ENOUGH_FOR_DOUBLE) << row;
        }
        for row in bits(tiny & small) {
            self.exact(&places.get(row), &mut Vec::new());
        }
        !small & u64::MAX >> (BATCH - places.len())
    }
}
