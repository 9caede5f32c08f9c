//! Rows one element at a time: those that hold a nan or a +inf or nothing but -inf, and every row at a
//! temperature whose inverse is no ordinary number.
//!
//! The limits: a single +inf is the whole mass, so that its loss is 0 and every other one is infinite.

use super::Work;
use super::coefficients::{Coefficients, Sums};
use super::pair::Pair;
use super::targets::Target;
use crate::dispatch::Special;
use crate::elementary::precise::exp_one;
use crate::intake::Offsets;
use crate::state::{State, add};

/// The gap and the share of every element of a row, and lse(x / t).
pub(super) struct Careful {
    pub gaps: Vec<f64>,
    pub shares: Vec<f64>,
    pub lse: f64,
}

impl Careful {
    pub fn of(x: &[f64], t: f64) -> Careful {
        let mut special = Special::NONE;
        special.see(x);
        if let Some(state) = special.state() {
            let gaps = x.iter().map(|x| state.finish(*x)).collect();
            let shares = x.iter().map(|x| state.share(*x)).collect();
            return Careful { gaps, shares, lse: state.finish(0.0) };
        }
        // (x - max) / t, halved first: the difference of two numbers may be larger than any
        let max = special.max;
        let steps: Vec<f64> = x.iter().map(|x| (x / 2.0 - max / 2.0) / t * 2.0).collect();
        let mut state = State { max: 0.0, top: 0.0, rest: 0.0, rest_low: 0.0 };
        for (step, x) in steps.iter().zip(x) {
            if *x == max {
                state.top += 1.0;
            } else {
                let term = if *step < -800.0 { (0.0, 0.0) } else { exp_one(*step, 0.0) };
                (state.rest, state.rest_low) = add((state.rest, state.rest_low), term);
            }
        }
        let gaps = steps.iter().map(|step| state.finish(*step)).collect();
        let shares = steps.iter().map(|step| state.share(*step)).collect();
        Careful { gaps, shares, lse: max / t + state.finish(0.0) }
    }
}

impl Work<'_, '_> {
    /// One row: its loss, and its gradient where that is wanted.
    pub(super) fn careful(&self, base: &Offsets, target: Target) -> Pair {
        let length = self.source.rows.length;
        let mut row = vec![0.0; length];
        self.source.fill(base, 0, &mut row);
        let Careful { gaps, mut shares, lse } = Careful::of(&row, self.question.temperature);
        let mut coefficients = Coefficients::default();
        self.coefficients(base, target, 0, length, &mut coefficients);
        let mut sums = Sums::ZERO;
        self.weigh(&mut sums, target, 0, &gaps, &coefficients);
        // A nan is nan for the whole row, whichever class it belongs to
        let mut loss = self.smooth_loss(&sums, target, lse);
        if lse.is_nan() {
            loss = (f64::NAN, 0.0);
        }
        if self.gradient.is_some() {
            // Without a z-loss lse has no part in it, and may be infinite.
            let z = self.z_weight(target);
            let z = if z == 0.0 { 0.0 } else { 2.0 * z * lse };
            self.bend(&mut shares, &gaps, &coefficients, sums.all(), z);
            self.write(base, 0, &shares);
        }
        loss
    }
}
