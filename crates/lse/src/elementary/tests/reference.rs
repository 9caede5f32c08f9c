//! Fast references, 90 bits or more, for runs over more inputs than 448-bit arithmetic can follow.
//!
//! They stand on `precise::exp`, which `precise.rs` holds against 448 bits first.

use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::precise::{LOWER, exp, exp_scaled};
use crate::lanes::portable::One;
use crate::lanes::{Isa, Lanes};
use crate::state::multiply;
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power, relative};

/// ln 2: 36 bits, 36 bits, the rest. A product of the first two with an integer below 2^17 is exact.
const LN2: [f64; 3] = [
    f64::from_bits(0x3FE6_2E42_FEFA_0000),
    f64::from_bits(0x3D7C_F79A_BC9E_0000),
    f64::from_bits(0x3B0D_9CC0_1F97_B57A),
];

/// The four terms of `precise::exp`, of an argument in two parts.
#[inline(always)]
pub(super) fn terms<L: Lanes<Real = f64>>(high: L, low: L) -> [L; 4] {
    let lower = L::constant(LOWER);
    let [a, b, c, d] = exp(Double { high, low }, L::constant(0.0));
    [a.mul(lower), b.mul(lower), c.mul(lower), d.mul(lower)]
}

/// e^(x - k ln2) for integers k below 2^17 that leave a remainder below 0.39; error below 2^-95.
#[inline(always)]
pub(super) fn exp_remainder<L: Lanes<Real = f64>>(x: Double<L>, k: L) -> Double<L> {
    let minus_k = L::constant(0.0).sub(k);
    let first = minus_k.fma(L::constant(LN2[0]), x.high);
    let (high, error) = two_sum(first, minus_k.mul(L::constant(LN2[1])));
    let low = minus_k.fma(L::constant(LN2[2]), error.add(x.low));
    let (high, low) = fast_two_sum(high, low);
    let [a, b, c, d] = terms(high, low);
    let (high, low) = two_sum(a, b);
    let (high, low) = fast_two_sum(high, low.add(c.add(d)));
    Double { high, low }
}

/// (power (1 + rest) - exact) / exact.
#[inline(always)]
pub(super) fn parts_error<L: Lanes<Real = f64>>(power: L, rest: L, exact: Double<L>) -> L {
    let (product, error) = two_product(power, rest);
    let (sum, other) = two_sum(power, product);
    let gap = sum.sub(exact.high).add(error.add(other).sub(exact.low));
    gap.div(exact.high)
}

/// A power as m 2^k, with m in [0.7, 1.42].
#[inline(always)]
pub(super) fn mantissa_and_exponent(power: f64) -> (f64, f64) {
    let k = (power.to_bits() >> 52) as i64 - 1023;
    let mantissa = power / f64::from_bits(((1023 + k) as u64) << 52);
    if mantissa > 1.4145 { (mantissa / 2.0, (k + 1) as f64) } else { (mantissa, k as f64) }
}

/// The relative errors of float32 parts widened to twice eight lanes: powers without their exponents, rests.
#[inline(always)]
pub(super) fn errors_single<I: Isa>(
    x: &[[f64; 8]; 2],
    k: &[[f64; 8]; 2],
    parts: &[[[f64; 8]; 2]; 2],
) -> [[f64; 8]; 2] {
    let mut errors = [[0.0; 8]; 2];
    let zero = I::Double::constant(0.0);
    for half in 0..2 {
        let x = Double { high: I::Double::from_array(&x[half]), low: zero };
        let exact = exp_remainder(x, I::Double::from_array(&k[half]));
        let power = I::Double::from_array(&parts[0][half]);
        let rest = I::Double::from_array(&parts[1][half]);
        errors[half] = parts_error(power, rest, exact).to_array();
    }
    errors
}

/// The relative error of `got` as log(high + low), from e^-got (high + low) - 1.
pub(super) fn log_error(got: (f64, f64), high: f64, low: f64) -> f64 {
    let (z, z_low) = (high - 1.0, low);
    let gap = if z.abs() < 1e-3 {
        // log1p by its series, 1 - z/2 + z^2/3 ..., in double-double
        let (f, f_low) = sum(z, z_low);
        let mut series = (0.0, 0.0);
        for n in (1..=12).rev() {
            let n = f64::from(n);
            let term = (1.0 / n, (-n).mul_add(1.0 / n, 1.0) / n);
            let (product, product_low) = multiply((-f, -f_low), series);
            let (head, error) = sum(term.0, product);
            series = sum(head, error + term.1 + product_low);
        }
        let exact = multiply(series, (f, f_low));
        return ((got.0 - exact.0) + (got.1 - exact.1)) / exact.0;
    } else {
        let (k, factor) = exp_scaled(-got.0, -got.1);
        // (high + low) 2^k, where k is about -log2(high)
        let scale = |x: f64| crate::tests::exact::times_power(x, k as i32);
        let product = multiply((scale(high), scale(low)), factor);
        (product.0 - 1.0) + product.1
    };
    // log = got + log1p(gap), and gap is tiny
    -gap / (got.0 + gap)
}

fn sum(a: f64, b: f64) -> (f64, f64) {
    crate::state::two_sum(a, b)
}

#[test]
fn exp_remainder_is_exact_enough() {
    let mut random = Random(31);
    let mut worst = Worst::default();
    for _ in 0..4_000 {
        let k = f64::from(random.whole(-16_384, 16_384));
        let x = (k + random.between(-0.56, 0.56)) * core::f64::consts::LN_2;
        let at = Double { high: One::splat(x), low: One::splat(0.0) };
        let got = exp_remainder(at, One::splat(k));
        let ln2 = Exact::of(2.0).log();
        let exact = (&Exact::of(x) - &(&Exact::of(k) * &ln2)).exp();
        worst.see(relative(&[got.high.to_array()[0], got.low.to_array()[0]], &exact), &[x, k]);
    }
    worst.within("fast reference of exp", 1.0, power(-95));
}

#[test]
fn a_wrong_remainder_is_measured() {
    let one = |x: f64| One::splat(x);
    let exact = exp_remainder(Double { high: one(0.25), low: one(0.0) }, one(0.0));
    let size = exact.high.to_array()[0];
    let error =
        |power: f64, rest: f64| parts_error(one(power), one(rest), exact).to_array()[0] * size;
    let rest = exact.low.to_array()[0] / size;
    assert!(error(size, rest).abs() < power(-100));
    for wrong in [power(-40), -power(-60), power(-80)] {
        assert!((error(size, rest + wrong / size) / wrong - 1.0).abs() < 1e-4, "{wrong:e}");
    }
    assert!((error(size + power(-40), rest) / power(-40) - 1.0).abs() < 1e-3);
}

#[test]
fn log_error_is_exact_enough() {
    let mut random = Random(32);
    let mut worst = Worst::default();
    for i in 0..3_000 {
        let high = match i % 3 {
            0 => random.scaled(-1000, 1000).abs(),
            1 => 1.0 + random.scaled(-53, -8),
            _ => random.between(0.6, 1.6),
        };
        let low = random.low_part(high);
        let exact = Exact::sum(&[high, low]).log();
        // An answer that is wrong by 2^-57, as an elementary function might be
        let near = exact.near();
        let rest = (&exact - &Exact::of(near)).near() + near * power(-57);
        let error = log_error((near, rest), high, low);
        worst.see((error.abs() - relative(&[near, rest], &exact)).abs(), &[high, low]);
    }
    worst.within("fast reference of log", 1.0, power(-70));
}
