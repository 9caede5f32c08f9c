//! Temperatures at the ends of the range, where 1/t or t log n is no float64 any more.
//!
//! One element at a time, in the order that overflows nowhere: first the gap to the maximum, halved, then the
//! quotient, then the exponential.

use super::job::Results;
use super::spread::Scale;
use super::{Job, OutOfMemory, Sink, Source, Special, each_row, store};
use crate::elementary::log::log_one;
use crate::elementary::precise::exp_one;
use crate::intake::{OUT, Offsets, Rows, ViewMut};
use crate::state::{State, multiply, two_sum};

/// Temperatures whose inverse, and whose product with any log n, is an ordinary number.
const ORDINARY: core::ops::Range<f64> = 1e-270..1e270;

impl Job<'_> {
    /// Whether this temperature needs the order above.
    pub(super) fn is_extreme(&self) -> bool {
        !ORDINARY.contains(&self.temperature)
    }
}

/// Below this spread of x / t the logarithm of the mean is taken about the mean.
const FLAT: f64 = 1.0;

/// (x - max) / t.
fn gap(x: f64, max: f64, t: f64) -> f64 {
    (x / 2.0 - max / 2.0) / t * 2.0
}

/// The state of x / t, with max in units of x.
fn fold(source: &Source<'_>, base: &Offsets, special: &Special) -> State {
    let t = source.temperature.value;
    let mut state = State { max: special.max, top: 0.0, rest: 0.0, rest_low: 0.0 };
    source.visit(base, &mut Vec::new(), &mut |x| {
        for &x in x {
            if x == special.max {
                state.top += 1.0;
            } else {
                let term = exp_one(gap(x, special.max, t), 0.0);
                let (sum, error) = two_sum(state.rest, term.0);
                let low = state.rest_low + (error + term.1);
                (state.rest, state.rest_low) = two_sum(sum, low);
            }
        }
    });
    state
}

/// e^d - 1 - d: never negative, and nothing cancels.
fn bend(d: f64) -> f64 {
    if d.abs() > 1e-2 {
        let (high, low) = exp_one(d, 0.0);
        return ((high - 1.0) - d) + low;
    }
    // d^2 / 2 (1 + d/3 (1 + d/4 (...)))
    let tail = (3..12).rev().fold(1.0, |sum, k| 1.0 + d / f64::from(k) * sum);
    d * d / 2.0 * tail
}

/// mean + t log1p(mean(e^d - 1 - d)), d = (x - mean) / t: logmeanexp where every x / t is nearly the same.
fn about_the_mean(source: &Source<'_>, base: &Offsets, special: &Special, count: f64) -> f64 {
    let t = source.temperature.value;
    let (mut sum, mut low) = (0.0, 0.0);
    let mut scratch = Vec::new();
    source.visit(base, &mut scratch, &mut |x| {
        for x in x.iter().filter(|x| x.is_finite()) {
            let (total, error) = two_sum(sum, x / count);
            (sum, low) = (total, low + error);
        }
    });
    let mean = sum + low;
    if gap(special.min, special.max, t) > -1e-6 {
        // d^2 may be no float64 any more, but t d^2 / 2 is one
        let mut bends = 0.0;
        source.visit(base, &mut scratch, &mut |x| {
            let finite = x.iter().filter(|x| x.is_finite());
            let half = finite.map(|x| {
                let d = (x / 2.0 - mean / 2.0) / t * 2.0;
                (x - mean) / 2.0 * d * (1.0 + d / 3.0)
            });
            bends += half.sum::<f64>();
        });
        return mean + bends / count;
    }
    let mut bends = 0.0;
    source.visit(base, &mut scratch, &mut |x| {
        let finite = x.iter().filter(|x| x.is_finite());
        bends += finite.map(|x| bend((x / 2.0 - mean / 2.0) / t * 2.0)).sum::<f64>();
    });
    mean + log_one(1.0, bends / count).0 * t
}

/// max + t log((top + rest) / n).
pub(super) fn reduce(job: &Job<'_>, out: &ViewMut<'_>, mean: bool) -> Result<(), OutOfMemory> {
    let operands = job.operands(Some((out, Results::Rows)));
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let rows = &source.rows;
    let t = job.temperature;
    each_row(rows.count, rows.length, 1, |range| {
        for row in range {
            let base = rows.offsets(row);
            let special = source.special(&base, &mut Vec::new());
            let count = source.taking_part(&base) as f64;
            let hot = mean && t > 1.0 && special.state().is_none();
            let hot = hot && gap(special.min, special.max, t) > -FLAT;
            let answer = if hot {
                about_the_mean(&source, &base, &special, count)
            } else if mean && count == 0.0 {
                f64::NAN
            } else if let Some(state) = special.state() {
                state.finish(0.0)
            } else {
                let mass = fold(&source, &base, &special).scaled_mass();
                let n = if mean { count } else { 1.0 };
                let high = mass.0 / n;
                let log = log_one(high, ((-high).mul_add(n, mass.0) + mass.1) / n);
                special.max + log.0 * job.temperature
            };
            store(out, base[OUT], answer);
        }
    });
    Ok(())
}

/// e^((x - max) / t) / (top + rest), or its logarithm.
pub(super) fn spread(job: &Job<'_>, out: &ViewMut<'_>, scale: Scale) -> Result<(), OutOfMemory> {
    let operands = job.operands(Some((out, Results::Elements)));
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let rows = &source.rows;
    let sink = Sink { out, rows };
    let limits = super::spread::Spread {
        source: &source,
        sink: Sink { out, rows },
        log: scale == Scale::Logarithms,
        flow: crate::kernels::Flow::Kept,
    };
    each_row(rows.count, rows.length, 1, |range| {
        for row in range {
            let base = rows.offsets(row);
            let special = source.special(&base, &mut Vec::new());
            if special.state().is_some() {
                limits.rare(&base, 0..rows.length, &special);
                continue;
            }
            let state = fold(&source, &base, &special);
            let log = state.log_scaled_mass();
            let mass = state.scaled_mass();
            for start in (0..rows.length).step_by(256) {
                let mut block = vec![0.0; 256.min(rows.length - start)];
                source.fill(&base, start, &mut block);
                for x in &mut block {
                    let gap = gap(*x, state.max, job.temperature);
                    *x = match scale {
                        Scale::Logarithms => gap - log.0,
                        Scale::Shares => {
                            let inverse = 1.0 / mass.0;
                            let low =
                                ((-inverse).mul_add(mass.0, 1.0) - inverse * mass.1) * inverse;
                            multiply(exp_one(gap, 0.0), (inverse, low)).0
                        }
                    };
                }
                sink.scatter(&base, start, &block);
            }
        }
    });
    Ok(())
}
