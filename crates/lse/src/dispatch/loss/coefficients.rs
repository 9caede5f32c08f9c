//! What each class of a row counts: w q, and a = (1 - e) w q + e/n w.

use super::Work;
use super::pair::{Pair, Running, plus};
use super::targets::Target;
use crate::intake::Offsets;
use crate::state::multiply;

/// The coefficients of a piece of a row.
#[derive(Default)]
pub(super) struct Coefficients {
    /// w q.
    pub first: Vec<f64>,
    /// a.
    pub all: Vec<f64>,
    /// q, where it is float32.
    pub single: Vec<f32>,
}

/// The sums over a row: w q gap, w gap, and a.
pub(super) struct Sums {
    first: Running,
    second: Running,
    all: Running,
}

impl Sums {
    pub const ZERO: Sums = Sums { first: Running::ZERO, second: Running::ZERO, all: Running::ZERO };

    /// Add some a.
    pub fn weigh_all(&mut self, all: &[f64]) {
        self.all.add(all.len(), |i| all[i]);
    }

    /// The sum of all a.
    pub fn all(&self) -> Pair {
        self.all.total()
    }
}

/// 0 times anything is 0: what has no weight is not there.
#[inline(always)]
pub(super) fn times(weight: f64, x: f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * x }
}

impl Work<'_, '_> {
    /// The coefficients of elements `start .. start + count`.
    pub(super) fn coefficients(
        &self,
        base: &Offsets,
        target: Target,
        start: usize,
        count: usize,
        into: &mut Coefficients,
    ) {
        let Coefficients { first, all, .. } = into;
        if self.gradient.is_none() && matches!(target, Target::Class(_)) {
            return;
        }
        first.resize(count, 0.0);
        all.resize(count, 0.0);
        match target {
            Target::Class(class) => {
                first.fill(0.0);
                if let Some(slot) = class.checked_sub(start).and_then(|i| first.get_mut(i)) {
                    *slot = 1.0;
                }
            }
            _ => self.question.targets.fill(&self.source.rows, base, start, first),
        }
        let (kept, given) = (self.kept.0, self.given.0);
        if let Some(weight) = self.question.weight {
            for ((first, all), w) in first.iter_mut().zip(all.iter_mut()).zip(&weight[start..]) {
                *first = times(*w, *first);
                *all = kept * *first + given * w;
            }
        } else {
            for (first, all) in first.iter().zip(all.iter_mut()) {
                *all = kept * first + given;
            }
        }
    }

    /// Add a piece of a row to its sums.
    pub(super) fn weigh(
        &self,
        sums: &mut Sums,
        target: Target,
        start: usize,
        gaps: &[f64],
        coefficients: &Coefficients,
    ) {
        let count = gaps.len();
        if let Target::Class(class) = target {
            // All others have a target of 0
            if let Some(gap) = class.checked_sub(start).and_then(|i| gaps.get(i)) {
                sums.first.add(1, |_| times(self.weight(class), *gap));
            }
        } else {
            let first = &coefficients.first[..count];
            sums.first.add(count, |i| times(first[i], gaps[i]));
        }
        if self.question.smoothing != 0.0 {
            match self.question.weight {
                Some(weight) => {
                    let weight = &weight[start..start + count];
                    sums.second.add(count, |i| times(weight[i], gaps[i]));
                }
                None => sums.second.add(count, |i| gaps[i]),
            }
        }
        if self.gradient.is_some() {
            sums.weigh_all(&coefficients.all[..count]);
        }
    }

    /// (1 - e) sum w q gap + e/n sum w gap + c v lse^2.
    pub(super) fn smooth_loss(&self, sums: &Sums, target: Target, lse: f64) -> Pair {
        self.whole_loss([sums.first.total(), sums.second.total()], target, lse)
    }

    /// The same of the two sums.
    pub(super) fn whole_loss(&self, [first, second]: [Pair; 2], target: Target, lse: f64) -> Pair {
        let part = |factor: Pair, sum: Pair| match () {
            () if factor.0 == 0.0 => (0.0, 0.0),
            () if factor == (1.0, 0.0) => sum,
            () if sum.0.is_finite() => multiply(factor, sum),
            () => (factor.0 * sum.0, 0.0),
        };
        let first = part(self.kept, first);
        let second = part(self.given, second);
        let z = self.z_weight(target);
        let third = if z == 0.0 { 0.0 } else { z * lse * lse };
        plus(plus(first, second), (third, 0.0))
    }

    /// The gradient of a piece of a row, in the place of its shares.
    pub(super) fn bend(
        &self,
        shares: &mut [f64],
        gaps: &[f64],
        coefficients: &Coefficients,
        total: Pair,
        z: f64,
    ) {
        let t = self.question.temperature;
        let product = self.divisor * t;
        let ordinary = (1e-300..1e300).contains(&product);
        // One number for both where it can be had; else one after the other, so that neither overflows
        let (divisor, t) = if ordinary { (product, 1.0) } else { (self.divisor, t) };
        let slope = |p: f64, a: f64, rest: f64| p * ((total.0 - a) + total.1) - a * rest + z * p;
        // An element that is more than half of its row: there is no second one
        let peak = shares.iter().position(|p| *p > 0.5).map(|k| (k, shares[k]));
        let all = &coefficients.all[..shares.len()];
        for (share, a) in shares.iter_mut().zip(all) {
            *share = slope(*share, *a, 1.0 - *share) / divisor;
        }
        if let Some((k, p)) = peak {
            shares[k] = slope(p, all[k], super::others((gaps[k], 0.0)).0) / divisor;
        }
        if t != 1.0 {
            shares.iter_mut().for_each(|share| *share /= t);
        }
    }
}
