//! weigh: rows with weights into log|sum(b exp(x))| and its sign.

use super::job::Results;
use super::{Job, OutOfMemory, SignedSum, each_row, quick_sum, signed_sum, store};
use crate::elementary::exp::Reference;
use crate::elementary::log::{log_one, log_scaled};
use crate::intake::{OUT, Rows, SIGN, Strides, View, ViewMut, WEIGHTS};
use crate::kernels::Quick;
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
    let single = out.kind.fits_float32();
    each_row(source.rows.count, source.rows.length, 1, |range| {
        let mut guess = Reference::ZERO;
        for row in range {
            let base = source.rows.offsets(row);
            let quick = quick_sum(&source, weights, &base, &mut guess);
            let quick = quick.and_then(|(reference, sum)| trusted(reference, &sum, t, single));
            let (mut value, direction) = if let Some(answer) = quick {
                answer
            } else {
                match signed_sum(&source, weights, &base) {
                    SignedSum::Nan => (f64::NAN, f64::NAN),
                    SignedSum::Infinite(direction) => (f64::INFINITY, direction),
                    SignedSum::Finite { high: 0.0, .. } => (f64::NEG_INFINITY, 0.0),
                    SignedSum::Finite { center, high, low } => {
                        let direction = high.signum();
                        (finish(center, high * direction, low * direction, t), direction)
                    }
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

/// The result of a quick sum and its sign, if the sum is known well enough for it.
///
/// The sum errs by 2^-53 of its magnitude, its logarithm by that times magnitude / |sum|.
fn trusted(reference: Reference, sum: &Quick, t: f64, single: bool) -> Option<(f64, f64)> {
    let direction = sum.high.signum();
    let (log, log_low) = log_scaled(sum.high * direction, sum.low * direction, reference.exponent);
    let (product, rest) = (log * t, log_low * t);
    let error = log.mul_add(t, -product) + rest;
    let (high, rounding) = two_sum(reference.center, product);
    let answer = high + (rounding + error);
    // Half an ulp of a float64 result in [2, 4) is 2^-52; of a float32 result 2^-23.
    let (cancelled, smallest) = if single { (1e6, 1e-1) } else { (2.0, 2.0) };
    let known = sum.magnitude <= cancelled * sum.high.abs() && answer.abs() >= smallest * t;
    (known && answer.is_finite()).then_some((answer, direction))
}

/// center + t log(high + low).
fn finish(center: f64, high: f64, low: f64, t: f64) -> f64 {
    let (log, log_low) = log_one(high, low);
    let product = log * t;
    let error = log.mul_add(t, -product) + log_low * t;
    let (sum, rounding) = two_sum(center, product);
    if sum.is_finite() { sum + (rounding + error) } else { sum }
}
