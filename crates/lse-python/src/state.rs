//! `State` for Python: an array of the states of the crate `lse`, with its shape and dtype.
//!
//! A State never changes; `a |= b` binds a new one. The words are those of the algebra, and
//! each method is its checks and one word per state.

mod arguments;
mod layout;
mod methods;
mod pickle;
mod text;
mod words;

use lse::intake::Kind;

use crate::array::Sizes;
use layout::Layout;
pub use pickle::restore_state;

#[doc = include_str!("docs/state.txt")]
#[pyo3::pyclass(frozen, module = "logsumexp")]
pub struct State {
    /// In C order.
    states: Vec<lse::State>,
    sizes: Sizes,
    /// The type in which results are given; None as long as nothing has decided it.
    kind: Option<Kind>,
    layout: Layout,
}

impl State {
    /// The type in which results are given.
    fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Float64)
    }
}
