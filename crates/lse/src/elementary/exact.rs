//! t log(sum e^(x/t) / n) where it almost vanishes, by long arithmetic: slow and exact.
//!
//! ```text
//! x/t = +-h                     to 2^-256 of itself
//! e^(x/t) = 2^k e^r             r = x/t - k ln2, e^r = (e^(r/512))^512
//!         = 1 +- h g(+-h)       where h < 2^-64, the 1 and the rest added apart
//! d = sum / n - 1               the sum in a register that reaches from 2^63 down to 2^-2240
//! result = t d (1 - d/2 + d^2/3 - d^3/4)
//! ```
//!
//! |error| <= 2^-235 of the largest |e^(x/t) - 1| (1 where h is not tiny), 2^-78 of the result, and
//! one rounding. Four log-probabilities chosen among neighbouring float64 numbers come to 1e-21, and
//! with very unequal ones to 1e-45; both are 0.500 ulp here.

use super::fixed::{FRACTION, Fixed, highest, split, window};

/// floor(2^256 ln2)
const LN2: Fixed = Fixed([
    0x8A0D_175B_8BAA_FA2B,
    0x40F3_4326_7298_B62D,
    0xC9E3_B398_03F2_F6AF,
    0xB172_17F7_D1CF_79AB,
    0,
]);
/// r is divided by 2^SQUARINGS: r^21/21! is then below 2^-264.
const SQUARINGS: i32 = 9;
/// 20!/k! for k = 0 to 20: e^r in integers.
const EXP: [u64; 21] = {
    let mut ratio = [1; 21];
    let mut k = 20;
    while k > 0 {
        ratio[k - 1] = ratio[k] * k as u64;
        k -= 1;
    }
    ratio
};
/// 24 (e^h - 1)/h = 24 + 12 h + 4 h^2 + h^3, to 2^-263 for h < 2^-64.
const EXPM1: [u64; 4] = [24, 12, 4, 1];
/// 12 log(1 + d)/d = 12 - 6 d + 4 d^2 - 3 d^3, to 2^-82 for d < 2^-20.
const LOG1P: [u64; 4] = [12, 6, 4, 3];

/// Limbs of the register, the highest before the point.
const WIDE: usize = 36;
/// The place of the last bit, 2^-2240: t times it is below every float64, whatever t.
const LAST: i32 = -64 * (WIDE as i32 - 1);

/// A sum of numbers of any size, in two's complement. An addition cuts below 2^-2240, nowhere else.
struct Register([u64; WIDE]);

impl Register {
    /// Add (-1)^negative x 2^e.
    fn add(&mut self, x: &Fixed, e: i32, negative: bool) {
        let lowest = e - FRACTION - LAST;
        let first = lowest.div_euclid(64).max(0) as usize;
        let mut carry = negative;
        for (i, limb) in self.0.iter_mut().enumerate().skip(first) {
            let part = window(&x.0, 64 * i as i32 - lowest);
            let part = if negative { !part } else { part };
            let (sum, over) = limb.overflowing_add(part);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, over | over_again);
            // Beyond the number only a carry can change anything: 0 + 0, or -1 + 1.
            if i > first + 5 && carry == negative {
                break;
            }
        }
    }

    /// Whether it is negative, and its magnitude as x 2^e with 1 <= x < 2; none where it is 0.
    fn normal(&self) -> Option<(bool, Fixed, i32)> {
        let negative = self.0[WIDE - 1] >> 63 == 1;
        let mut magnitude = Register([0; WIDE]);
        let mut carry = negative;
        for (limb, &own) in magnitude.0.iter_mut().zip(&self.0) {
            let own = if negative { !own } else { own };
            (*limb, carry) = own.overflowing_add(u64::from(carry));
        }
        let top = highest(&magnitude.0)?;
        let x = core::array::from_fn(|i| window(&magnitude.0, top - FRACTION + 64 * i as i32));
        Some((negative, Fixed(x), top + LAST))
    }
}

/// A sum of exponentials that is expected to be n.
pub(crate) struct Exact {
    /// t = mantissa 2^exponent.
    mantissa: u64,
    exponent: i32,
    /// The sum is `ones` + `sum`.
    ones: u64,
    sum: Register,
}

impl Exact {
    /// `t` is finite and above 0.
    pub fn new(t: f64) -> Exact {
        let (mantissa, exponent) = split(t);
        Exact { mantissa, exponent, ones: 0, sum: Register([0; WIDE]) }
    }

    /// Add e^(x/t) of every element: finite numbers or -inf, and x/t at most 44, which no element of
    /// a sum near n exceeds. Elements below -1555 t are 0: t times that is below every float64.
    pub fn add(&mut self, x: &[f64]) {
        for &x in x {
            if x == 0.0 {
                self.ones += 1;
            } else if x.is_finite() {
                self.add_one(x);
            }
        }
    }

    fn add_one(&mut self, x: f64) {
        let (mantissa, exponent) = split(x);
        let (e, negative) = (exponent - self.exponent, x < 0.0);
        debug_assert!(negative || e <= 6, "e^(x/t) beyond the register");
        if e > 11 {
            return;
        }
        // |x/t| = quotient 2^e, 1/2 < quotient < 2
        let quotient = Fixed::whole(mantissa).over(self.mantissa);
        let h = quotient.shifted(e);
        if e < -64 {
            let rest = quotient.by(h.series(&EXPM1, negative)).over(EXPM1[0]);
            self.ones += 1;
            return self.sum.add(&rest, e, negative);
        }
        // k a little low at times, so that r is never negative
        let [.., low, high] = h.0;
        let size = high as f64 + low as f64 * (0.5 / (1u64 << 63) as f64);
        let size = if negative { -size } else { size };
        let k = (size * core::f64::consts::LOG2_E - 0.001).floor() as i32;
        let steps = LN2.times(u64::from(k.unsigned_abs()));
        let x = if negative { Fixed::whole(0).minus(h) } else { h };
        let r = if k < 0 { x.plus(steps) } else { x.minus(steps) };
        let mut power = r.shifted(-SQUARINGS).series(&EXP, false).over(EXP[0]);
        for _ in 0..SQUARINGS {
            power = power.by(power);
        }
        self.sum.add(&power, k, false);
    }

    /// t log(sum / n), for an integer `n` from 1 to 2^53 and a sum within 2^-20 of n. The result is
    /// the float64 nearest to it; 0.0 where the sum is n.
    pub fn finish(&self, n: f64) -> f64 {
        let n = n as u64;
        let mut rest = Register(self.sum.0);
        rest.add(&Fixed::whole(self.ones), 0, false);
        rest.add(&Fixed::whole(n), 0, true);
        let Some((negative, rest, e)) = rest.normal() else { return 0.0 };
        let rest = rest.over(n);
        let d = rest.shifted(e);
        debug_assert!(highest(&d.0) < Some(FRACTION - 20), "the sum is far from n");
        let log = rest.by(d.series(&LOG1P, !negative)).over(LOG1P[0]);
        let result = log.times(self.mantissa).round(e + self.exponent);
        if negative { -result } else { result }
    }
}

#[cfg(test)]
mod scratch {
    use super::*;
    #[test]
    fn exact_scratch() {
        let text = std::fs::read_to_string("/tmp/rows.txt").unwrap();
        let hex = |s: &str| f64::from_bits(u64::from_str_radix(s, 16).unwrap());
        let (mut bad, mut all) = (0, 0);
        for line in text.lines() {
            let w: Vec<&str> = line.split(' ').collect();
            let x: Vec<f64> = w[4..].iter().map(|s| hex(s)).collect();
            let mut e = Exact::new(hex(w[1]));
            e.add(&x);
            let got = e.finish(w[2].parse().unwrap());
            all += 1;
            if got != hex(w[3]) {
                bad += 1;
                println!("{} t={:e} n={} got {:e} want {:e} {:?}", w[0], hex(w[1]), w[2], got, hex(w[3]), x);
            }
        }
        println!("{bad} of {all} differ");
        let x: Vec<f64> = (0..100_000).map(|i| -0.001 * f64::from(i % 20_000) - 0.1).collect();
        for t in [1.0, 0.7] {
            let mut e = Exact::new(t);
            let start = std::time::Instant::now();
            e.add(&x);
            println!("{:?} an element", start.elapsed() / 100_000);
            std::hint::black_box(e.sum.normal());
        }
        let start = std::time::Instant::now();
        for _ in 0..1000 { let mut e = Exact::new(0.7); e.add(&[-1.0]); std::hint::black_box(e.sum.normal()); }
        println!("{:?} a row of one", start.elapsed() / 1000);
    }
}
