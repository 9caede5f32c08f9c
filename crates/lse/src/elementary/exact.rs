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
//! The error of d is below 2^-243 e^(x/t) an element, and below 2^-250 |x/t| where that is tiny: 0.51
//! ulp of any result above 1e-55 t. Of 1217 rows all above 1.1e-58 t came out as the nearest float64.
//! Below, this holds for rows without such cancellation: [0, -700], and means of numbers near 0.
//!
//! Four log-probabilities picked among neighbouring float64 numbers come to 1e-21; very unequal
//! ones, each taking up what the others leave, to 1e-45. About 0.5 us an element.

use super::fixed::{FRACTION, Fixed, highest, split};
use super::register::Register;

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
        Exact { mantissa, exponent, ones: 0, sum: Register::ZERO }
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

    /// t log(sum / n), for an integer `n` from 1 to 2^53 and a sum within 2^-20 of n. Rounded
    /// once; 0.0 where the sum is n.
    pub fn finish(&self, n: f64) -> f64 {
        let n = n as u64;
        let mut rest = self.sum;
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
mod tests {
    use super::Exact;

    /// t, n, the bits of the result, the bits of the row.
    ///
    /// The results are t log1p((sum(expm1(x / t)) + count - n) / n) in mpmath at 6000 bits, rounded
    /// once. The rows: `nudged`, the best of 200000 random moves by up to 40 ulp an element;
    /// `greedy`, each element the float64 just below t log(n - sum of the ones before).
    #[rustfmt::skip]
    const ROWS: &[(f64, f64, u64, &[u64])] = &[
        // 2.319e-17, t = 1.0, n = 1 (half)
        (1.0, 1.0, 0x3C7A_BC9E_3B39_803F, &[0xBFE6_2E42_FEFA_39EF, 0xBFE6_2E42_FEFA_39EF]),
        // 1.615e-21, t = 1.0, n = 1 (nudged)
        (1.0, 1.0, 0x3B9E_82EE_4C96_DA42, &[0xBFEA_A425_C3A6_D05A, 0xBFFC_E71D_1FBF_514C, 0xBFF4_16E7_DBDB_91B1, 0xC001_3D59_40C2_AC12]),
        // 4.479e-22, t = 0.7, n = 3 (nudged)
        (0.7, 3.0, 0x3B80_EC35_423B_8174, &[0x3FCC_E2A2_07FA_B175, 0xBFD1_0695_0CEA_36EC, 0xBFDB_11CF_D6E5_E9DC, 0xBFE5_2270_9E03_949B]),
        // -6.759e-31, t = 1.0, n = 1 (greedy3)
        (1.0, 1.0, 0xB9AB_6A90_81C9_528C, &[0xBFEA_A425_C3A6_D03C, 0xBFE2_443E_ECF4_4B2A, 0xC042_A5B8_D35C_9172]),
        // -2.238e-32, t = 0.7, n = 3 (greedy4)
        (0.7, 3.0, 0xB95D_0CC8_BB11_56AA, &[0x3FCC_E2A2_07FA_B15E, 0xBF94_89C0_4880_788D, 0xBFD3_72CE_C3DA_F224, 0xC03A_9FC4_F9DF_96E5]),
        // -7.355e-45, t = 1.0, n = 1 (greedy4)
        (1.0, 1.0, 0xB6C4_FEED_F7A3_8174, &[0xBFEA_A425_C3A6_D03C, 0xBFE2_443E_ECF4_4B2A, 0xC042_A5B8_D35C_9172, 0xC051_5E09_4BEB_8377]),
        // -2.662e-40, t = 310000.0, n = 1 (greedy4)
        (310000.0, 1.0, 0xB7B7_2F72_6DBC_A41A, &[0xC11C_C1E6_D542_5DE8, 0xC0F2_AEA3_8AE9_0854, 0xC166_9742_4501_12A6, 0xC175_20DD_B79A_A212]),
        // -6.667e-301, t = 0.7, n = 3 (tiny)
        (0.7, 3.0, 0x819C_92D5_03F6_99CD, &[0x0000_0000_0000_0000, 0x01A5_6E1F_C2F8_F359, 0x81C0_1297_D23A_B683]),
        // 6.667e-37, t = 1.0, n = 3 (second)
        (1.0, 3.0, 0x386C_5B5B_6EE6_E899, &[0x3C32_725D_D1D2_43AC, 0xBC32_725D_D1D2_43AC, 0x3875_4484_932D_2E72]),
        // 7.951e-261, t = 1.0, n = 1 (far)
        (1.0, 1.0, 0x09EF_4BF3_939C_20AA, &[0xC082_C000_0000_0000, 0xC082_C000_0000_0000, 0xC082_C000_0000_0000, 0x0000_0000_0000_0000]),
        // 2.915e-322, t = 0.7, n = 1 (low)
        (0.7, 1.0, 0x0000_0000_0000_003B, &[0xC080_3000_0000_0000, 0x0000_0000_0000_0000]),
    ];

    fn exact(t: f64, n: f64, x: &[f64]) -> f64 {
        let mut sum = Exact::new(t);
        sum.add(x);
        sum.finish(n)
    }

    #[test]
    fn results_are_the_nearest_float() {
        for &(t, n, result, row) in ROWS {
            let row: Vec<f64> = row.iter().map(|&bits| f64::from_bits(bits)).collect();
            let result = f64::from_bits(result);
            assert_eq!(exact(t, n, &row), result, "t = {t}, n = {n}, {row:?}");
        }
    }

    #[test]
    fn one_element_is_itself() {
        for x in [5e-324, -2.5e-310, 1e-300, -1e-200, 3e-25, -1.1e-19, 6e-20, -2e-17, 1e-8] {
            for t in [1.0, 0.7, 3.0, 1e5] {
                assert_eq!(exact(t, 1.0, &[x]), x, "t = {t}");
                assert_eq!(exact(t, 2.0, &[x, x]), x, "the mean of two, t = {t}");
            }
        }
    }

    #[test]
    fn what_is_nothing_adds_nothing() {
        assert_eq!(exact(0.7, 1.0, &[0.0, f64::NEG_INFINITY, -1e300]).to_bits(), 0);
        assert_eq!(exact(1.0, 3.0, &[0.0, -0.0, 0.0]).to_bits(), 0);
    }
}
