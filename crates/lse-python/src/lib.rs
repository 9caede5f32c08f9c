//! The seam between Python and the crate `lse`: arguments in, results out, no arithmetic.
//!
//! | file | thought |
//! |---|---|
//! | functions | the four functions of State |
//! | call | a call as Python gave it |
//! | small | the straight way of small calls |
//! | checked, checks | the same after its checks, and the checks |
//! | array, element | a NumPy array: where its elements lie, and what they are |
//! | arguments, axis | the small arguments |
//! | result_type | the dtype of a result |
//! | place, overlap | where a result is written, and where it must not be |
//! | hand_over | what Python answers instead |
//! | run | the interpreter's lock, panics, missing memory |
//! | losses | the losses |
//! | state, numbers | `State` and the numbers that go with it |
//! | sign | the sign of a total without weights |
//! | message | error texts |
//! | threads, config | settings and facts |
//!
//! A call on an exact `numpy.ndarray` never leaves this crate and allocates nothing but its
//! result: the compiled function is the public function.

// The docstrings are numpydoc, read by Python and not by rustdoc.
#![allow(clippy::doc_lazy_continuation, clippy::doc_markdown, rustdoc::all)]

mod arguments;
mod array;
mod axis;
mod call;
mod checked;
mod checks;
mod config;
mod element;
mod functions;
mod hand_over;
mod losses;
mod message;
mod numbers;
mod overlap;
mod place;
mod result_type;
mod run;
mod sign;
mod small;
mod state;
mod threads;

/// The compiled part of logsumexp; its names are public in the package itself.
#[pyo3::pymodule]
mod _rust {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::config::config;
    #[pymodule_export]
    use crate::functions::{log_softmax, logmeanexp, logsumexp, softmax};
    #[pymodule_export]
    use crate::losses::cross_entropy::{cross_entropy, cross_entropy_hvp};
    #[pymodule_export]
    use crate::losses::logistic::{logistic_loss, logistic_loss_hvp};
    #[pymodule_export]
    use crate::state::{State, restore_state};
    #[pymodule_export]
    use crate::threads::{get_num_threads, set_num_threads};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
