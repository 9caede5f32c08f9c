//! exp in parts: float32 within 0.1 * 2^-24 of e^x, float64 within 0.13 * 2^-53, to the nearest within 0.72.

use super::reference::{errors_single, exp_remainder, mantissa_and_exponent, parts_error};
use crate::elementary::double::Double;
use crate::elementary::exp::{Guide, Reference, Temperature, brief, exp, parts};
use crate::elementary::precise::exp_scaled;
use crate::lanes::portable::Portable;
use crate::lanes::{Isa, Lanes};
use crate::state::scale;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power};

/// |error| / 2^-24 and / 2^-53 that the next tests and the exhaustive ones enforce.
pub(super) const LIMIT_SINGLE: f64 = 0.10;
pub(super) const LIMIT_DOUBLE: f64 = 0.13;
/// With powers to the nearest.
pub(super) const LIMIT_NEAREST: f64 = 0.72;

type Eight = <Portable as Isa>::Double;

/// The powers and the remainders of sixteen float32, widened.
#[inline(always)]
pub(super) fn parts_single<I: Isa>(x: &[f32; 16], reference: Reference) -> [[[f64; 8]; 2]; 2] {
    let guide = Guide::<I::Single>::new(reference, Temperature::ONE, 0.0);
    let x = I::Single::from_array(x);
    let parts = if reference.center == 0.0 {
        exp::<I::Single, false>(x, &guide)
    } else {
        exp::<I::Single, true>(x, &guide)
    };
    let (mut answer, fields) = ([[[0.0; 8]; 2]; 2], [parts.power, parts.rest]);
    for (wide, field) in answer.iter_mut().zip(fields) {
        for (i, x) in field.to_array().into_iter().enumerate() {
            wide[i / 8][i % 8] = f64::from(x);
        }
    }
    answer
}

/// The relative errors of sixteen float32 exponentials; all must be above the cut to 0.
#[inline(always)]
pub(super) fn measure_single<I: Isa>(x: &[f32; 16], reference: Reference) -> [[f64; 8]; 2] {
    let [mut powers, rests] = parts_single::<I>(x, reference);
    let (mut wide, mut k) = ([[0.0; 8]; 2], [[0.0; 8]; 2]);
    for i in 0..16 {
        wide[i / 8][i % 8] = f64::from(x[i]) - reference.center;
        let (mantissa, exponent) = mantissa_and_exponent(powers[i / 8][i % 8]);
        powers[i / 8][i % 8] = mantissa;
        k[i / 8][i % 8] = exponent + reference.exponent;
    }
    errors_single::<I>(&wide, &k, &[powers, rests])
}

/// The relative errors of eight float64 exponentials.
#[inline(always)]
pub(super) fn measure_double<I: Isa, const NEAREST: bool>(
    x: &[f64; 8],
    reference: Reference,
) -> [f64; 8] {
    let guide = Guide::<I::Double>::new(reference, Temperature::ONE, 0.0);
    let lanes = I::Double::from_array(x);
    let parts = if reference.center == 0.0 {
        parts::<I::Double, false, NEAREST>(lanes, &guide)
    } else {
        parts::<I::Double, true, NEAREST>(lanes, &guide)
    };
    let (mut powers, mut k) = (parts.power.to_array(), [0.0; 8]);
    for (power, k) in powers.iter_mut().zip(&mut k) {
        let (mantissa, exponent) = mantissa_and_exponent(*power);
        (*power, *k) = (mantissa, exponent + reference.exponent);
    }
    let zero = I::Double::constant(0.0);
    let x = Double { high: lanes.sub(I::Double::constant(reference.center)), low: zero };
    let exact = exp_remainder(x, I::Double::from_array(&k));
    parts_error(I::Double::from_array(&powers), parts.rest, exact).to_array()
}

/// Near the ends of the remainder, and of no size at all.
pub(super) fn argument(random: &mut Random, reach: f64) -> f64 {
    let half = core::f64::consts::LN_2 / [2.0, 16.0, 32.0][random.below(3)];
    match random.below(4) {
        0 => random.between(-reach, reach),
        1 => (random.between(-reach, reach) / half).round() * half,
        2 => {
            (random.between(-reach, reach) / half).round() * half * (1.0 + random.scaled(-52, -10))
        }
        _ => random.scaled(-40, 4),
    }
}

#[test]
fn single() {
    let (mut random, mut worst) = (Random(41), Worst::default());
    for round in 0..1_000_000 / 16 {
        // In the reference of zero everything down to 2^-126; in its own everything.
        let mut x = [0f32; 16];
        x.fill_with(|| argument(&mut random, 22.0) as f32);
        let mut reference = Reference::ZERO;
        if round % 2 == 0 {
            let far = argument(&mut random, 11_000.0) as f32;
            reference = Reference::of::<f32>(f64::from(far), Temperature::ONE);
            x.fill_with(|| far - random.between(0.0, 60.0) as f32);
        }
        for (i, error) in measure_single::<Portable>(&x, reference).concat().iter().enumerate() {
            worst.see(error.abs(), &[f64::from(x[i]), reference.exponent]);
        }
    }
    worst.within("exp float32", LIMIT_SINGLE, power(-24));
}

#[test]
fn double() {
    let (mut random, mut worst, mut nearest) = (Random(42), Worst::default(), Worst::default());
    for round in 0..500_000 / 8 {
        let mut x = [0f64; 8];
        x.fill_with(|| argument(&mut random, 170.0));
        let mut reference = Reference::ZERO;
        if round % 2 == 0 {
            let far = argument(&mut random, 80_000.0);
            reference = Reference::of::<f64>(far, Temperature::ONE);
            x.fill_with(|| far - random.between(0.0, 500.0));
        }
        for (x, error) in x.iter().zip(measure_double::<Portable, false>(&x, reference)) {
            worst.see(error.abs(), &[*x, reference.exponent]);
        }
        for (x, error) in x.iter().zip(measure_double::<Portable, true>(&x, reference)) {
            nearest.see(error.abs(), &[*x, reference.exponent]);
        }
    }
    worst.within("exp float64", LIMIT_DOUBLE, power(-53));
    nearest.within("exp float64, nearest powers", LIMIT_NEAREST, power(-53));
}

#[test]
fn far_below_is_nothing_and_nan_sticks() {
    for reference in [Reference::ZERO, Reference { exponent: 512.0, center: 0.0 }] {
        let single = |x: f32| parts_single::<Portable>(&[x; 16], reference).map(|part| part[0][0]);
        let bottom = (reference.exponent - 127.0) * core::f64::consts::LN_2;
        for x in [bottom as f32, (bottom * 1.5) as f32 - 200.0, f32::MIN, f32::NEG_INFINITY] {
            let [power, rest] = single(x);
            assert_eq!(power, 0.0, "{x}");
            assert!(rest.is_finite(), "{x}: nothing times it is nothing");
        }
        let [power, rest] = single(f32::NAN);
        assert!((power * rest).is_nan());
        let [power, rest] = single(f32::INFINITY);
        assert!(!(power + power * rest).is_finite());
    }
    let guide = Guide::<Eight>::new(Reference::ZERO, Temperature::ONE, 0.0);
    for x in [-1023.0 * core::f64::consts::LN_2, f64::MIN, f64::NEG_INFINITY] {
        let parts = exp::<Eight, false>(Eight::splat(x), &guide);
        assert_eq!(parts.power.to_array()[0], 0.0, "{x}");
        assert!(parts.rest.to_array()[0].is_finite(), "{x}");
    }
    assert!(exp::<Eight, false>(Eight::splat(f64::NAN), &guide).rest.to_array()[0].is_nan());
}

#[test]
fn brief_float32_within_its_bound() {
    type Sixteen = <Portable as Isa>::Single;
    let (mut random, mut worst) = (Random(97), 0.0f64);
    for reference in [0.0, 64.0, -128.0] {
        let reference = Reference { exponent: reference, center: 0.0 };
        let guide = Guide::<Sixteen>::new(reference, Temperature::ONE, 0.0);
        for _ in 0..20_000 {
            let x: [f32; 16] = std::array::from_fn(|_| {
                (reference.exponent * std::f64::consts::LN_2 + random.between(-80.0, 80.0)) as f32
            });
            let [power, factor] = brief::<Sixteen, false>(Lanes::from_array(&x), &guide);
            for (x, product) in x.iter().zip(power.mul(factor).to_array()) {
                let (k, factor) = exp_scaled(f64::from(*x), 0.0);
                let exact = scale(factor.0, k - reference.exponent);
                let error = (f64::from(product) / exact - 1.0).abs();
                let bound = 2.1e-6 + f64::from(x.abs()) * 3.8e-9;
                assert!(error < bound, "{x:e}: {error:e}, within {bound:e}");
                worst = worst.max(error);
            }
        }
    }
    // 2^-18.9 is 2.04e-6; a bound far from what is reached would say nothing.
    assert!(worst > 1.5e-6, "{worst:e}");
}
