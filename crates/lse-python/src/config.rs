//! What was built, and what it runs on.

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The facts that `show_config` prints.
///
/// Returns
/// -------
/// dict
///     `version`, `build` (profile, architecture and operating system), `cpu_features` (what
///     this processor offers), `path` (the kernels that were chosen), `threads` (in use) and
///     `threads_available`.
#[pyfunction]
pub fn config(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let (architecture, system) = (std::env::consts::ARCH, std::env::consts::OS);
    let facts = PyDict::new(py);
    facts.set_item("version", env!("CARGO_PKG_VERSION"))?;
    facts.set_item("build", format!("{profile}, {architecture}, {system}"))?;
    facts.set_item("cpu_features", lse::isa::features())?;
    facts.set_item("path", lse::isa::name())?;
    facts.set_item("threads", lse::threads::get())?;
    facts.set_item("threads_available", lse::threads::available())?;
    Ok(facts)
}
