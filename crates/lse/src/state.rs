//! State: a multiset of numbers, reduced to what log-sum-exp needs of it.
//!
//! ```text
//! State { max, top, rest }        mass = e^max (top + rest)
//! ```
//!
//! `max` is the largest element, `top` counts the elements equal to it, `rest` is the mass of all
//! others scaled by e^-max, held in two parts. EMPTY is { -inf, 0, 0 }. Keeping `rest` apart
//! from `top` is what saves small results: with a single sum, the state of [0, -40] would be that of [0].
//!
//! Six words, used everywhere: one, fold (in `functions`, since it reads arrays), merge, shift,
//! finish, and spread (one element of it is [`State::share`]).

mod mass;

pub(crate) use mass::{Mass, scale};

use crate::elementary::double::Double;
use crate::elementary::log::log_one;
use crate::elementary::precise::{LOWER, exp_one, exp_raised, exp_scaled};
use crate::lanes::Lanes;
use crate::lanes::portable::One;

/// The state of a multiset of numbers: mass = e^max (top + rest + rest_low).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct State {
    /// The largest element; nan if there is a nan among the elements.
    pub max: f64,
    /// How many elements equal `max`.
    pub top: f64,
    /// The mass of all others, scaled by e^-max.
    pub rest: f64,
    /// What `rest` misses: |rest_low| <= ulp(rest) / 2.
    pub rest_low: f64,
}

impl State {
    /// The state of no element: the identity of [`State::merge`].
    pub const EMPTY: State = State { max: f64::NEG_INFINITY, top: 0.0, rest: 0.0, rest_low: 0.0 };

    /// The state of a single element. A -inf weighs nothing: its state is EMPTY.
    pub fn one(x: f64) -> State {
        if x == f64::NEG_INFINITY {
            return State::EMPTY;
        }
        State { max: x, top: 1.0, rest: 0.0, rest_low: 0.0 }
    }

    /// The state of both multisets: exactly commutative, associative up to rounding.
    pub fn merge(self, other: State) -> State {
        if other.is_empty() || self.max.is_nan() {
            return self;
        }
        if self.is_empty() || other.max.is_nan() {
            return other;
        }
        let (upper, lower) = if self.max >= other.max { (self, other) } else { (other, self) };
        if upper.max == lower.max {
            let (rest, rest_low) = add(upper.rest(), lower.rest());
            return State { max: upper.max, top: upper.top + lower.top, rest, rest_low };
        }

        // e^max_l (top_l + rest_l) = e^max_u * factor * (top_l + rest_l)
        let (gap, gap_low) = two_sum(lower.max, -upper.max);
        let factor = if gap.is_finite() { exp_raised(gap, gap_low) } else { (0.0, 0.0) };
        let scaled = multiply(factor, lower.scaled_mass());
        let scaled = (scaled.0 * LOWER, scaled.1 * LOWER);
        let (rest, rest_low) = add(upper.rest(), scaled);
        State { max: upper.max, top: upper.top, rest, rest_low }
    }

    /// The state of every element plus `c`.
    pub fn shift(self, c: f64) -> State {
        if self.is_empty() && !c.is_nan() {
            return self;
        }
        let max = self.max + c;
        if max == f64::NEG_INFINITY { State::EMPTY } else { State { max, ..self } }
    }

    /// log mass - minus, as (max - minus) + log(top + rest): never through the finished number.
    ///
    /// Within 1 ulp of the result, or 2^-98 where max - minus and log(top + rest) cancel.
    pub fn finish(self, minus: f64) -> f64 {
        if self.max.is_nan() || minus.is_nan() {
            return f64::NAN;
        }
        if self.max == f64::INFINITY && minus == f64::INFINITY {
            // The limit: an element that dwarfs all others is the whole mass.
            return if self.top == 1.0 { 0.0 } else { f64::NAN };
        }
        if !self.max.is_finite() || !minus.is_finite() {
            return self.max - minus;
        }
        let (high, low) = two_sum(self.max, -minus);
        if !high.is_finite() {
            return high;
        }
        let (log_high, log_low) = self.log_scaled_mass();
        let (sum, error) = two_sum(high, log_high);
        let answer = if sum.is_finite() { sum + (error + (low + log_low)) } else { sum };
        if high >= 0.0 || answer.abs() >= 1.0 {
            return answer;
        }
        // The two cancel: log(e^(max - minus) (top + rest)) instead, of a number near 1
        let mass = multiply(exp_one(high, low), self.scaled_mass());
        log_one(mass.0, mass.1).0
    }

    /// e^(x - max) / (top + rest): the share of the mass that an element x has.
    pub fn share(self, x: f64) -> f64 {
        if self.max.is_nan() || x.is_nan() || self.is_empty() {
            return f64::NAN;
        }
        if x == self.max && x == f64::INFINITY {
            return if self.top == 1.0 { 1.0 } else { f64::NAN };
        }
        if self.max == f64::INFINITY || x == f64::NEG_INFINITY {
            return 0.0;
        }
        let (gap, gap_low) = two_sum(x, -self.max);
        let (mass, mass_low) = self.scaled_mass();
        let inverse = Double { high: One::splat(mass), low: One::splat(mass_low) }.inverse();
        let (high, low) = (inverse.high.to_array()[0], inverse.low.to_array()[0]);
        // Far outside the range of float64 on either side: no 2^k to work out
        let (gap, gap_low) =
            if gap.abs() > 1e4 { (1e4_f64.copysign(gap), 0.0) } else { (gap, gap_low) };
        let (k, power) = exp_scaled(gap, gap_low);
        scale(multiply(power, (high, low)).0, k)
    }

    /// Whether this is the state of no element.
    pub fn is_empty(self) -> bool {
        self.top == 0.0 && self.max == f64::NEG_INFINITY
    }

    /// log(top + rest), in two parts, for states with a finite max.
    pub(crate) fn log_scaled_mass(self) -> (f64, f64) {
        // log1p(y) = y far below the last bit of 1; the general form would lose subnormal numbers
        if self.top == 1.0 && self.rest < 1e-40 {
            return (self.rest, self.rest_low);
        }
        let (mass, mass_low) = self.scaled_mass();
        log_one(mass, mass_low)
    }

    /// top + rest, in two parts.
    pub(crate) fn scaled_mass(self) -> (f64, f64) {
        let (sum, error) = two_sum(self.top, self.rest);
        two_sum(sum, error + self.rest_low)
    }

    fn rest(self) -> (f64, f64) {
        (self.rest, self.rest_low)
    }
}

pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// The sum of two double-doubles; the same for (a, b) and (b, a).
pub(crate) fn add(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (sum, error) = two_sum(a.0, b.0);
    if sum.is_finite() { two_sum(sum, error + (a.1 + b.1)) } else { (sum, 0.0) }
}

/// The product of two double-doubles.
pub(crate) fn multiply(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let lanes = |x: (f64, f64)| Double { high: One::splat(x.0), low: One::splat(x.1) };
    let product = lanes(a).mul(lanes(b));
    let (high, low) = (product.high.to_array()[0], product.low.to_array()[0]);
    if low.is_nan() { (high, 0.0) } else { (high, low) }
}
