//! The public functions. Each is its checks and one call into the mathematics.

use lse::functions as mathematics;
use lse::intake::Kind;
use pyo3::prelude::*;

use crate::arguments::Given;
use crate::call::{Call, Function};
use crate::checked::Checked;
use crate::result_type::ResultType;
use crate::run::run;
use crate::{hand_over, sign, small};

#[doc = include_str!("docs/logsumexp.txt")]
#[pyfunction]
#[pyo3(
    signature = (
        a, axis=Given::ABSENT, b=Given::ABSENT, keepdims=Given::ABSENT, return_sign=Given::ABSENT, *,
        r#where=Given::ABSENT, temperature=Given::ABSENT, dtype=Given::ABSENT, out=Given::ABSENT
    ),
    text_signature = "(a, axis=None, b=None, keepdims=False, return_sign=False, *, \
                      where=None, temperature=1.0, dtype=None, out=None)"
)]
#[allow(clippy::too_many_arguments)]
pub fn logsumexp<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    axis: Given<'_, 'py>,
    b: Given<'_, 'py>,
    keepdims: Given<'_, 'py>,
    return_sign: Given<'_, 'py>,
    r#where: Given<'_, 'py>,
    temperature: Given<'_, 'py>,
    dtype: Given<'_, 'py>,
    out: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let call = Call {
        axis,
        weights: b,
        keepdims,
        return_sign,
        mask: r#where,
        temperature,
        dtype,
        out,
        ..Call::new(Function::Logsumexp, a)
    };
    answer(py, &call)
}

#[doc = include_str!("docs/logmeanexp.txt")]
#[pyfunction]
#[pyo3(
    signature = (
        a, axis=Given::ABSENT, keepdims=Given::ABSENT, *,
        r#where=Given::ABSENT, temperature=Given::ABSENT, dtype=Given::ABSENT, out=Given::ABSENT
    ),
    text_signature = "(a, axis=None, keepdims=False, *, \
                      where=None, temperature=1.0, dtype=None, out=None)"
)]
#[allow(clippy::too_many_arguments)]
pub fn logmeanexp<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    axis: Given<'_, 'py>,
    keepdims: Given<'_, 'py>,
    r#where: Given<'_, 'py>,
    temperature: Given<'_, 'py>,
    dtype: Given<'_, 'py>,
    out: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let new = Call::new(Function::Logmeanexp, a);
    answer(py, &Call { axis, keepdims, mask: r#where, temperature, dtype, out, ..new })
}

#[doc = include_str!("docs/softmax.txt")]
#[pyfunction]
#[pyo3(
    signature = (
        x, axis=Given::ABSENT, *, r#where=Given::ABSENT, temperature=Given::ABSENT, dtype=Given::ABSENT, out=Given::ABSENT
    ),
    text_signature = "(x, axis=None, *, where=None, temperature=1.0, dtype=None, out=None)"
)]
pub fn softmax<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    axis: Given<'_, 'py>,
    r#where: Given<'_, 'py>,
    temperature: Given<'_, 'py>,
    dtype: Given<'_, 'py>,
    out: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let new = Call::new(Function::Softmax, x);
    answer(py, &Call { axis, mask: r#where, temperature, dtype, out, ..new })
}

#[doc = include_str!("docs/log_softmax.txt")]
#[pyfunction]
#[pyo3(
    signature = (
        x, axis=Given::ABSENT, *, r#where=Given::ABSENT, temperature=Given::ABSENT, dtype=Given::ABSENT, out=Given::ABSENT
    ),
    text_signature = "(x, axis=None, *, where=None, temperature=1.0, dtype=None, out=None)"
)]
pub fn log_softmax<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    axis: Given<'_, 'py>,
    r#where: Given<'_, 'py>,
    temperature: Given<'_, 'py>,
    dtype: Given<'_, 'py>,
    out: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let new = Call::new(Function::LogSoftmax, x);
    answer(py, &Call { axis, mask: r#where, temperature, dtype, out, ..new })
}

/// Answer a call.
fn answer<'py>(py: Python<'py>, call: &Call<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    small::answer(py, call).unwrap_or_else(|| general(py, call))
}

/// Answer a call here, or hand it over.
#[inline(never)]
fn general<'py>(py: Python<'py>, call: &Call<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    let Some(arrays) = call.arrays() else { return hand_over::to_adapters(py, call) };
    let checked = Checked::new(call, arrays)?;
    match checked.result {
        ResultType::Real(kind) => compute(py, &checked, kind),
        ResultType::Wide(_) => hand_over::to_numpy(py, &checked),
    }
}

fn compute<'py>(
    py: Python<'py>,
    call: &Checked<'_, 'py>,
    kind: Kind,
) -> PyResult<Bound<'py, PyAny>> {
    let mut place = call.place(kind)?;
    let mut sign = match (&call.weights, call.return_sign) {
        (Some(_), true) => Some(call.place_for_sign(kind)?),
        _ => None,
    };
    let (function, elements) = (call.function, call.x.count());
    {
        let (job, out) = (call.job(), place.view());
        let weights = call.weights.as_ref().map(|array| array.view());
        let sign = sign.as_mut().map(|place| place.view());
        run(py, elements, || match (function, weights) {
            (Function::Logsumexp, Some(weights)) => {
                mathematics::logsumexp_weighted(&job, &weights, &out, sign.as_ref())
            }
            (Function::Logsumexp, None) => mathematics::logsumexp(&job, &out),
            (Function::Logmeanexp, _) => mathematics::logmeanexp(&job, &out),
            (Function::Softmax, _) => mathematics::softmax(&job, &out),
            (Function::LogSoftmax, _) => mathematics::log_softmax(&job, &out),
        })?;
    }
    if sign.is_none() && call.return_sign {
        sign = Some(sign::of(py, &place, kind)?);
    }
    let value = place.finish(py)?;
    match sign {
        Some(sign) => Ok((value, sign.finish(py)?).into_pyobject(py)?.into_any()),
        None => Ok(value),
    }
}
