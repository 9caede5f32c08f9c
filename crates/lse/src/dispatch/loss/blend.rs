//! Rows whose every element counts in their loss, from sums of elements instead of sums of gaps.
//!
//! ```text
//! sum of a_k gap_k = (A level - sum of a_k x_k) / t        level = t lse(x / t)
//! ```
//!
//! The difference has lost nothing that matters where it is no smaller than what A ordinary gaps come to; other rows
//! are summed gap by gap.

use super::bent::Bent;
use super::pair::{Pair, divide, plus, tidy};
use super::targets::Target;
use super::{Bench, Work};
use crate::dispatch::Compute;
use crate::dispatch::mend::Aim;
use crate::intake::Offsets;
use crate::kernels::{Care, Dots, Numbers};
use crate::state::{multiply, two_sum};

/// Elements that are added at a time: a multiple of what the kernels take together.
const PIECE: usize = 4096;

/// The elements of a row, and how far the logarithm of their mass is known.
pub(super) struct Level<'a, T> {
    pub level: Pair,
    /// The least mean gap, in units of t, that this is good for.
    pub trusted: f64,
    pub in_place: bool,
    /// Room for the row, and whether it holds it.
    pub room: &'a mut Vec<T>,
    pub held: bool,
}

/// A loss, and the sum of the coefficients.
pub(super) struct Blend {
    pub loss: Pair,
    pub all: Pair,
}

impl Work<'_, '_> {
    /// The loss of a row that has no gradient; gap by gap where it is not known well enough.
    pub(super) fn blended<T: Bent>(
        &self,
        base: &Offsets,
        target: Target,
        bench: &mut Bench,
    ) -> Pair {
        let mut room = core::mem::take(T::room(bench));
        let blend = self.folded::<T>(base, target, &mut room, bench);
        *T::room(bench) = room;
        match blend {
            Some(Some(blend)) => blend.loss,
            Some(None) => match self.measure(base, bench) {
                Some((_, level)) => self.by_gaps(base, target, level, bench).loss,
                None => self.careful(base, target),
            },
            None => self.careful(base, target),
        }
    }

    /// The same from a fold; None for rows that need care, and where the sums do not tell it.
    fn folded<T: Bent>(
        &self,
        base: &Offsets,
        target: Target,
        room: &mut Vec<T>,
        bench: &mut Bench,
    ) -> Option<Option<Blend>> {
        let source = &self.source;
        let in_place = source.in_place::<T>();
        let held = !in_place && source.rows.length <= T::CHUNK;
        let guess = &mut bench.guess;
        self.question.targets.ask(&source.rows, base);
        let mass = source.fold_row::<T>(base, in_place, guess, Care::Shares, room);
        if !mass.is_ordinary() {
            return None;
        }
        let mass = source.mended::<T>(base, mass, Aim::Shares, guess, held, room);
        let level = self.logarithm(mass, bench);
        let row = Level { level, trusted: T::TRUSTED, in_place, room, held };
        Some(self.blend(base, target, row, bench))
    }

    /// The loss of a row from the sums of its elements; None where these do not tell it.
    pub(super) fn blend<T: Compute>(
        &self,
        base: &Offsets,
        target: Target,
        row: Level<'_, T>,
        bench: &mut Bench,
    ) -> Option<Blend> {
        let (source, t) = (&self.source, self.question.temperature);
        let (length, smoothing) = (source.rows.length, self.question.smoothing != 0.0);
        let weight = self.question.weight;
        let Level { level, trusted, in_place, room, held } = row;
        let (mut first, mut second) = (Dots::ZERO, Dots::ZERO);
        let mut at_class = 0.0;
        for start in (0..length).step_by(PIECE) {
            let count = PIECE.min(length - start);
            let x = if held {
                &room[start..start + count]
            } else {
                source.piece::<T>(base, start, count, in_place, room)
            };
            if let Target::Class(class) = target {
                if let Some(x) = class.checked_sub(start).and_then(|i| x.get(i)) {
                    at_class = (*x).into();
                }
            } else {
                let q = self.first(base, start, count, &mut bench.coefficients);
                T::dots(source.table, x, Some(q), &mut first);
            }
            if smoothing {
                let weight = weight.map(|weight| Numbers::Double(&weight[start..start + count]));
                T::dots(source.table, x, weight, &mut second);
            }
        }

        // A level - sum of a x, and A
        let gap = |dots: &Dots, all: Pair| {
            let dot = total(&dots.dot);
            (plus(multiply(all, level), (-dot.0, -dot.1)), all)
        };
        let first = if let Target::Class(class) = target {
            let w = (self.weight(class), 0.0);
            (multiply(w, plus(level, (-at_class, 0.0))), w)
        } else {
            gap(&first, total(&first.all))
        };
        let second = match (smoothing, weight) {
            (false, _) => ((0.0, 0.0), (0.0, 0.0)),
            (true, None) => gap(&second, (length as f64, 0.0)),
            (true, Some(_)) => gap(&second, total(&second.all)),
        };
        let all = plus(multiply(self.kept, first.1), multiply(self.given, second.1));
        let sums =
            [first.0, second.0].map(|sum| if t == 1.0 { sum } else { divide(sum, (t, 0.0)) });
        let gaps = self.kept.0 * sums[0].0 + self.given.0 * sums[1].0;
        if !(gaps >= trusted * all.0 && gaps < f64::INFINITY) {
            return None;
        }
        Some(Blend { loss: self.whole_loss(sums, target, level.0 / t), all })
    }
}

/// The sum of eight running sums in two parts.
fn total([highs, lows]: &[[f64; 8]; 2]) -> Pair {
    let (mut high, mut low) = (0.0, 0.0);
    for (x, rest) in highs.iter().zip(lows) {
        let (sum, error) = two_sum(high, *x);
        (high, low) = (sum, low + (error + rest));
    }
    tidy(high, low)
}
