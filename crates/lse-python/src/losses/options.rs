//! The options of a loss: the keywords behind its arrays, as given.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

macro_rules! options {
    ($($name:ident)*) => {
        /// What was given by each name.
        #[derive(Default)]
        pub struct Options<'py> {
            $(pub $name: Option<Bound<'py, PyAny>>,)*
        }

        impl<'py> Options<'py> {
            fn slot(&mut self, name: &str) -> Option<&mut Option<Bound<'py, PyAny>>> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

options! {
    axis weight pos_weight ignore_index label_smoothing z_loss temperature reduction normalize out return_grad
}

impl<'py> Options<'py> {
    /// Sort the keywords of a call of `function`, which takes those `taken`.
    pub fn of(
        function: &str,
        taken: &[&str],
        given: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let mut options = Options::default();
        for (name, value) in given.into_iter().flatten() {
            let name = name.cast_into::<PyString>()?;
            let name = name.to_str()?;
            match options.slot(name).filter(|_| taken.contains(&name)) {
                Some(slot) => *slot = Some(value),
                None => {
                    let text = format!("{function}() got an unexpected keyword argument '{name}'");
                    return Err(PyTypeError::new_err(text));
                }
            }
        }
        // Three of them are the same as absent where they are None.
        for option in [&mut options.weight, &mut options.pos_weight, &mut options.out] {
            *option = option.take().filter(|object| !object.is_none());
        }
        Ok(options)
    }
}
