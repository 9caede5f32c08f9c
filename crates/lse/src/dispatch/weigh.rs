//! weigh: rows with weights into log|sum(b exp(x))| and its sign.

use super::job::Results;
use super::{Job, OutOfMemory, SignedSum, each_row, signed_sum, store};
use crate::elementary::log::log_one;
use crate::intake::{OUT, Rows, SIGN, Strides, View, ViewMut, WEIGHTS};
use crate::state::two_sum;

/// log|sum(b exp(x))| of every row and, where asked for, its sign; without, a negative sum is nan.
pub(crate) fn weigh(
    job: &Job<'_>,
    weights: &View<'_>,
    out: &ViewMut<'_>,
    sign: Option<&ViewMut<'_>>,
) -> Result<(), OutOfMemory> {
    let mut operands = job.operands(Some((out, Results::Rows)));
    operands[WEIGHTS] = Strides::All(weights.strides);
    if let Some(sign) = sign {
        operands[SIGN] = Strides::Kept(sign.strides);
    }
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let t = job.temperature;
    each_row(source.rows.count, source.rows.length, 1, |range| {
        for row in range {
            let base = source.rows.offsets(row);
            let (mut value, direction) = match signed_sum(&source, weights, &base) {
                SignedSum::Nan => (f64::NAN, f64::NAN),
                SignedSum::Infinite(direction) => (f64::INFINITY, direction),
                SignedSum::Finite { high: 0.0, .. } => (f64::NEG_INFINITY, 0.0),
                SignedSum::Finite { center, high, low } => {
                    let direction = high.signum();
                    (finish(center, high * direction, low * direction, t), direction)
                }
            };
            match sign {
                Some(sign) => store(sign, base[SIGN], direction),
                None if direction < 0.0 => value = f64::NAN,
                None => {}
            }
            store(out, base[OUT], value);
        }
    });
    Ok(())
}

/// center + t log(high + low).
fn finish(center: f64, high: f64, low: f64, t: f64) -> f64 {
    let (log, log_low) = log_one(high, low);
    let product = log * t;
    let error = log.mul_add(t, -product) + log_low * t;
    let (sum, rounding) = two_sum(center, product);
    if sum.is_finite() { sum + (rounding + error) } else { sum }
}
