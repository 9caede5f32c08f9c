//! Rows that hold what is not finite: counted, so that the limits can be answered.

use crate::state::State;

/// What a row holds besides finite numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Special {
    pub max: f64,
    /// The smallest element above -inf.
    pub min: f64,
    pub nan: bool,
    /// How many are +inf.
    pub infinite: f64,
}

impl Special {
    pub const NONE: Special =
        Special { max: f64::NEG_INFINITY, min: f64::INFINITY, nan: false, infinite: 0.0 };

    pub fn see(&mut self, x: &[f64]) {
        for &x in x {
            self.nan |= x.is_nan();
            self.infinite += f64::from(u8::from(x == f64::INFINITY));
            self.max = if x > self.max { x } else { self.max };
            self.min = if x < self.min && x > f64::NEG_INFINITY { x } else { self.min };
        }
    }

    /// The state, where it needs no sum.
    pub fn state(&self) -> Option<State> {
        if self.nan {
            return Some(State { max: f64::NAN, top: 1.0, rest: 0.0, rest_low: 0.0 });
        }
        if self.infinite > 0.0 {
            return Some(State { max: f64::INFINITY, top: self.infinite, ..State::EMPTY });
        }
        (self.max == f64::NEG_INFINITY).then_some(State::EMPTY)
    }
}
