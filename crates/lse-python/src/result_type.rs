//! The type of a result: that of the input, or `dtype=`; integers and bool count as float64.

use lse::intake::Kind;
use numpy::npyffi::{NPY_TYPES, PY_ARRAY_API, PyArray_Descr};
use numpy::{PyArrayDescr, PyArrayDescrMethods};
use pyo3::prelude::*;

use crate::array::Array;
use crate::element::{self, Element};
use crate::message::{dtype_of, shown, wrong_dtype};

/// The type of a result, and with it who computes.
#[derive(Clone)]
pub enum ResultType<'py> {
    /// The crate `lse`.
    Real(Kind),
    /// NumPy: something in the call is longdouble or complex.
    Wide(Bound<'py, PyArrayDescr>),
}

/// The float kind in which results for a kind of input are given.
pub const fn float(kind: Kind) -> Kind {
    match kind {
        Kind::Float16 | Kind::BFloat16 | Kind::Float32 => kind,
        _ => Kind::Float64,
    }
}

/// The narrowest float kind that holds both.
pub fn wider(left: Kind, right: Kind) -> Kind {
    match (left, right) {
        _ if left == right => left,
        (Kind::Float64, _) | (_, Kind::Float64) => Kind::Float64,
        _ => Kind::Float32,
    }
}

/// The result for numbers with weights: NumPy's promotion of the two.
fn weighted(numbers: Kind, weights: Kind) -> Kind {
    use Kind::*;
    let numbers = float(numbers);
    match weights {
        Bool | Int8 | Uint8 => numbers,
        Int16 | Uint16 => wider(numbers, Float32),
        _ => wider(numbers, float(weights)),
    }
}

/// The result type of a call on `x` (called `name`) with weights `b` and `dtype=`.
pub fn of<'py>(
    name: &str,
    x: &Array<'_, 'py>,
    weights: Option<&Array<'_, 'py>>,
    dtype: Option<Borrowed<'_, 'py, PyAny>>,
) -> PyResult<ResultType<'py>> {
    let is = |element| x.element == element || weights.is_some_and(|b| b.element == element);
    let complex = is(Element::Complex);
    match dtype {
        Some(dtype) => requested(name, x, complex, dtype),
        None if complex || is(Element::LongDouble) => promoted(x, weights),
        None => {
            let kind = x.kind().expect("checked before");
            let weights = weights.and_then(Array::kind);
            Ok(ResultType::Real(weights.map_or(float(kind), |b| weighted(kind, b))))
        }
    }
}

/// What `dtype=` asks for.
fn requested<'py>(
    name: &str,
    x: &Array<'_, 'py>,
    complex: bool,
    dtype: Borrowed<'_, 'py, PyAny>,
) -> PyResult<ResultType<'py>> {
    let py = dtype.py();
    let refuse = |given: String| {
        let wanted = if complex {
            format!("complex64 or complex128 for complex `{name}`")
        } else {
            format!("float16, bfloat16, float32, float64 or longdouble for real `{name}`")
        };
        wrong_dtype(&given, &wanted)
    };
    let descr = PyArrayDescr::new(py, dtype).map_err(|_| refuse(shown(&dtype)))?;
    // SAFETY: a dtype that NumPy has just given.
    let (element, _) = unsafe { element::of(py, descr.as_dtype_ptr()) };
    match element {
        Element::Complex if complex => native(py, descr.num()).map(ResultType::Wide),
        Element::LongDouble if !complex => native(py, descr.num()).map(ResultType::Wide),
        Element::Real(kind) if !complex && float(kind) == kind => match x.element {
            Element::LongDouble => native(py, descr.num()).map(ResultType::Wide),
            _ => Ok(ResultType::Real(kind)),
        },
        _ => Err(refuse(descr.to_string())),
    }
}

/// `dtype=` where only the four float types will do.
pub fn float_dtype(dtype: Borrowed<'_, '_, PyAny>) -> PyResult<Kind> {
    let py = dtype.py();
    let refuse = |given: String| wrong_dtype(&given, "float16, bfloat16, float32 or float64");
    let descr = PyArrayDescr::new(py, dtype).map_err(|_| refuse(shown(&dtype)))?;
    // SAFETY: a dtype that NumPy has just given.
    match unsafe { element::of(py, descr.as_dtype_ptr()) }.0 {
        Element::Real(kind) if float(kind) == kind => Ok(kind),
        _ => Err(refuse(descr.to_string())),
    }
}

/// NumPy's promotion, where longdouble or complex take part.
fn promoted<'py>(
    x: &Array<'_, 'py>,
    weights: Option<&Array<'_, 'py>>,
) -> PyResult<ResultType<'py>> {
    let py = x.object.py();
    let descr = |array: &Array<'_, 'py>| match array.kind() {
        Some(kind) => native(py, element::type_number(float(kind))),
        None => Ok(array.object.getattr("dtype")?.cast_into::<PyArrayDescr>()?),
    };
    let numbers = descr(x)?;
    let wide = match weights.map(descr).transpose()? {
        None => numbers,
        Some(weights) => {
            let promote = py.import("numpy")?.getattr("promote_types")?;
            promote.call1((numbers, weights))?.cast_into()?
        }
    };
    native(py, wide.num()).map(ResultType::Wide)
}

/// NumPy's dtype of that number in the byte order of the machine.
pub fn native(py: Python<'_>, number: core::ffi::c_int) -> PyResult<Bound<'_, PyArrayDescr>> {
    // SAFETY: NumPy gives a new reference, or null with an exception set.
    unsafe {
        let descr: *mut PyArray_Descr = PY_ARRAY_API.PyArray_DescrFromType(py, number);
        Ok(Bound::from_owned_ptr_or_err(py, descr.cast())?.cast_into_unchecked())
    }
}

impl<'py> ResultType<'py> {
    /// The dtype of the value itself: with `return_sign`, the logarithm of a complex total is real.
    pub fn value(&self, py: Python<'py>, return_sign: bool) -> PyResult<Bound<'py, PyArrayDescr>> {
        match self {
            ResultType::Real(kind) => native(py, element::type_number(*kind)),
            ResultType::Wide(descr) => {
                let number = descr.num();
                let complex = number >= NPY_TYPES::NPY_CFLOAT as i32;
                // NumPy lists its three complex types right behind their three parts.
                native(py, number - if complex && return_sign && number <= 16 { 3 } else { 0 })
            }
        }
    }

    /// Whether `out` holds this type; its byte order is free.
    pub fn fits(&self, out: &Array<'_, 'py>, return_sign: bool) -> PyResult<bool> {
        match self {
            ResultType::Real(kind) => Ok(out.element == Element::Real(*kind)),
            ResultType::Wide(_) => {
                let wanted = self.value(out.object.py(), return_sign)?.num();
                let given = out.object.getattr("dtype")?.cast_into::<PyArrayDescr>()?.num();
                Ok(given == wanted)
            }
        }
    }

    /// The name of the dtype, for error texts.
    pub fn shown(&self, py: Python<'py>, return_sign: bool) -> String {
        match self {
            ResultType::Real(kind) => element::name(*kind).to_owned(),
            ResultType::Wide(_) => self
                .value(py, return_sign)
                .map_or_else(|_| "?".to_owned(), |dtype| dtype.to_string()),
        }
    }
}

/// The name of an array's dtype beside its shape, for error texts.
pub fn described(array: &Array<'_, '_>) -> String {
    format!("shape {} and dtype {}", crate::message::shape(&array.sizes), dtype_of(&array.object))
}
