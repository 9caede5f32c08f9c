//! Running the mathematics: with or without the interpreter's lock, and never a panic outside.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lse::functions::OutOfMemory;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
use pyo3::prelude::*;

/// From this many elements on (about 10 us of work) other Python threads may run meanwhile.
/// Below, giving the lock back and taking it again would cost more than the work.
const DETACH_FROM: usize = 16_384;

/// Run `work` on that many elements.
pub fn run<T: Send>(
    py: Python<'_>,
    elements: usize,
    work: impl FnOnce() -> Result<T, OutOfMemory> + Send,
) -> PyResult<T> {
    let guarded = || catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(&*panic));
    let result = if elements > DETACH_FROM { py.detach(guarded) } else { guarded() };
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => Err(out_of_memory()),
        Err(text) => {
            let text = format!("this is a bug in logsumexp, please report it: {text}");
            Err(PyRuntimeError::new_err(text))
        }
    }
}

/// Memory that cannot be had.
pub fn out_of_memory() -> PyErr {
    PyMemoryError::new_err("not enough memory for the intermediate results; nothing was written")
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}
