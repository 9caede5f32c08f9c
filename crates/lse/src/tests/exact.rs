//! Exact: 448-bit arithmetic on the very numbers that a test passes in.
//!
//! Every answer is measured against this, never against another float library.

use astro_float_num::{BigFloat, Consts, RoundingMode};
use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Sub};

const BITS: usize = 448;
/// What is cut off is below the 448th bit.
const CUT: RoundingMode = RoundingMode::None;

thread_local! {
    static CONSTANTS: RefCell<Consts> = RefCell::new(Consts::new().expect("memory"));
}

/// A number of 448 bits.
#[derive(Clone, Debug)]
pub(crate) struct Exact(BigFloat);

impl Exact {
    pub fn of(x: f64) -> Exact {
        // Only normal numbers are handed over: the conversion halves subnormal ones.
        if x == 0.0 || x.abs() >= f64::MIN_POSITIVE {
            return Exact(BigFloat::from_f64(x, BITS));
        }
        let mut number = BigFloat::from_f64(times_power(x, 100), BITS);
        number.set_exponent(number.exponent().expect("a number") - 100);
        Exact(number)
    }

    /// The sum of the parts of a number.
    pub fn sum(parts: &[f64]) -> Exact {
        parts.iter().fold(Exact::of(0.0), |sum, &part| &sum + &Exact::of(part))
    }

    pub fn exp(&self) -> Exact {
        CONSTANTS.with_borrow_mut(|constants| Exact(self.0.exp(BITS, CUT, constants)))
    }

    pub fn log(&self) -> Exact {
        CONSTANTS.with_borrow_mut(|constants| Exact(self.0.ln(BITS, CUT, constants)))
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// e with 2^e <= |self| < 2^(e + 1); for 0, below that of every float.
    pub fn exponent(&self) -> i32 {
        if self.is_zero() { i32::MIN / 2 } else { self.0.exponent().expect("a number") - 1 }
    }

    /// The nearest float64 or a neighbour of it: for distances and messages, not for answers.
    pub fn near(&self) -> f64 {
        let Some((words, _, _, exponent, _)) = self.0.as_raw_parts() else { return f64::NAN };
        let size = times_power(words[words.len() - 1] as f64, exponent - 64);
        if self.0.is_negative() { -size } else { size }
    }
}

/// x 2^power, in steps that do not overflow on the way.
pub(crate) fn times_power(mut x: f64, mut power: i32) -> f64 {
    while power != 0 && x != 0.0 && x.is_finite() {
        let step = power.clamp(-1000, 1000);
        x *= f64::from_bits(((1023 + step) as u64) << 52);
        power -= step;
    }
    x
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl $trait for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact(self.0.$method(&other.0, BITS, CUT))
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

/// log(sum of e^(x/t)) of finite numbers and -inf.
pub(crate) fn log_sum_exp(x: &[f64], t: f64) -> Exact {
    loss(x, 0.0, t)
}

/// log(sum of e^((x - minus)/t)), never through the sum: what is small keeps its digits.
pub(crate) fn loss(x: &[f64], minus: f64, t: f64) -> Exact {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut top, mut rest) = (0.0, Exact::of(0.0));
    for &x in x {
        if x == max {
            top += 1.0;
        } else if x > f64::NEG_INFINITY {
            rest = &rest + &(&(&Exact::of(x) - &Exact::of(max)) / &Exact::of(t)).exp();
        }
    }
    let height = &(&Exact::of(max) - &Exact::of(minus)) / &Exact::of(t);
    &height + &log_of_parts(top, &rest)
}

/// log(top + rest), also where rest is beyond the last bit of top.
pub(crate) fn log_of_parts(top: f64, rest: &Exact) -> Exact {
    if top == 1.0 && rest.exponent() < -150 {
        // log1p: the next term is below 2^-300 of the first
        let square = rest * rest;
        return &(rest - &(&square / &Exact::of(2.0))) + &(&(&square * rest) / &Exact::of(3.0));
    }
    (&Exact::of(top) + rest).log()
}

/// The share of each element in the mass of finite numbers and -inf.
pub(crate) fn shares(x: &[f64], t: f64) -> Vec<Exact> {
    let total = log_sum_exp(x, t);
    let share = |&x: &f64| {
        if x == f64::NEG_INFINITY {
            return Exact::of(0.0);
        }
        (&(&Exact::of(x) / &Exact::of(t)) - &total).exp()
    };
    x.iter().map(share).collect()
}
