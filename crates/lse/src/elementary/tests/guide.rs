//! What exponentials are measured in: the reference that belongs to a maximum, and the temperature.

use super::reference::mantissa_and_exponent;
use crate::elementary::exp::{Guide, Reference, Temperature, exp};
use crate::lanes::portable::Portable;
use crate::lanes::{Isa, Lanes, Real};
use crate::state::{add, multiply};
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power};

type Single = <Portable as Isa>::Single;
type Eight = <Portable as Isa>::Double;

#[test]
fn divided_by_a_temperature() {
    let (mut random, mut singles, mut doubles) = (Random(43), Worst::default(), Worst::default());
    for _ in 0..2_000 {
        let t = random.scaled(-6, 6).abs();
        let t = f64::from(t as f32);
        let temperature = Temperature::new(t);
        let x: f64 = random.between(-20.0, 20.0) * t;
        let (x, ln2) = (f64::from(x as f32), Exact::of(2.0).log());
        let see = |power: f64, rest: f64, worst: &mut Worst| {
            let (mantissa, exponent) = mantissa_and_exponent(power);
            let gap = &(&Exact::of(x) / &Exact::of(t)) - &(&Exact::of(exponent) * &ln2);
            let sum = &Exact::of(mantissa) * &Exact::sum(&[1.0, rest]);
            worst.see((&(&sum / &gap.exp()) - &Exact::of(1.0)).near().abs(), &[x, t]);
        };
        let guide = Guide::<Single>::new(Reference::ZERO, temperature, 0.0);
        let parts = exp::<Single, true>(Single::constant(x), &guide);
        let of = |lanes: Single| f64::from(lanes.to_array()[0]);
        see(of(parts.power), of(parts.rest), &mut singles);
        let guide = Guide::<Eight>::new(Reference::ZERO, temperature, 0.0);
        let parts = exp::<Eight, true>(Eight::constant(x), &guide);
        let of = |lanes: Eight| lanes.to_array()[0];
        see(of(parts.power), of(parts.rest), &mut doubles);
    }
    singles.within("exp(x/t) float32", 0.3, power(-24));
    doubles.within("exp(x/t) float64", 0.3, power(-53));
}

#[test]
fn inverse_of_the_temperature() {
    let (mut random, mut worst) = (Random(44), Worst::default());
    for _ in 0..20_000 {
        let t = random.scaled(-900, 900).abs();
        let inverse = Temperature::new(t);
        let product = multiply((inverse.inverse_high, inverse.inverse_low), (t, 0.0));
        let (high, low) = add(product, (-1.0, 0.0));
        worst.see((high + low).abs(), &[t]);
    }
    worst.within("1/t", 1.0, power(-100));
}

#[test]
fn the_reference_puts_the_maximum_near_one() {
    let mut random = Random(45);
    let log2e = core::f64::consts::LOG2_E;
    for _ in 0..100_000 {
        let max = random.scaled(-20, 1000);
        for t in [1.0, 0.3] {
            let temperature = Temperature::new(t);
            for (reference, quantum) in [
                (Reference::of::<f32>(max, temperature), <f32 as Real>::QUANTUM),
                (Reference::of::<f64>(max, temperature), <f64 as Real>::QUANTUM),
            ] {
                let power = (max - reference.center) / t * log2e - reference.exponent;
                assert!(power.abs() <= quantum / 2.0 * (1.0 + 1e-9), "{max:e}: {reference:?}");
                assert_eq!(reference.exponent % quantum, 0.0, "{max:e}: {reference:?}");
                assert!(reference.center == 0.0 || reference.exponent == 0.0);
            }
        }
    }
    assert_eq!(Reference::of::<f64>(f64::NEG_INFINITY, Temperature::ONE), Reference::ZERO);
}
