//! precise::exp: 2^-113 as four terms, 2^-100 as two, 2^-85 with a power of two apart; near::exp_near: 1.2 * 2^-114 as
//! three; and their sums.
//!
//! An argument in two parts adds the rounding of its second: 2^-53 |low|.

use super::reference;
use crate::elementary::near::exp_near;
use crate::elementary::precise::{exp_one, exp_scaled};
use crate::elementary::sum::{ROOM, Short, Sum};
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power, relative};

const TRIES: usize = 60_000;

fn terms(high: f64, low: f64) -> [f64; 4] {
    reference::terms(One::splat(high), One::splat(low)).map(|term| term.to_array()[0])
}

/// Where the reduction is worst: near multiples of ln2/64, and at nothing.
fn argument(random: &mut Random, reach: f64) -> (f64, f64) {
    let step = core::f64::consts::LN_2 / 64.0;
    let high = match random.below(4) {
        0 => random.between(-reach, reach),
        1 => (random.between(-reach, reach) / step).round() * step,
        2 => {
            (random.between(-reach, reach) / step).round() * step * (1.0 + random.scaled(-50, -20))
        }
        _ => random.scaled(-60, 9).clamp(-reach, reach),
    };
    (high, random.low_part(high))
}

#[test]
fn four_terms() {
    let (mut random, mut worst, mut single) = (Random(11), Worst::default(), Worst::default());
    for _ in 0..TRIES / 2 {
        // Down to where the last term is still normal
        let (high, low) = argument(&mut random, 500.0);
        let exact = Exact::sum(&[high, low]).exp();
        let error = relative(&terms(high, low), &exact);
        worst.see(error / (power(-113) + power(-53) * low.abs()), &[high, low]);
        let error = relative(&terms(high, 0.0), &Exact::of(high).exp());
        single.see(error, &[high]);
    }
    worst.within("precise::exp, (2^-113 + 2^-53 |low|)", 1.0, 1.0);
    single.within("precise::exp", 1.0, power(-113));
}

#[test]
fn three_terms_beside_1() {
    let (mut random, mut worst) = (Random(16), Worst::default());
    for _ in 0..TRIES / 2 {
        let (high, _) = argument(&mut random, 200.0);
        let got = exp_near([One::splat(high); 2])[1].map(|term| term.to_array()[0]);
        let error = relative(&got, &Exact::of(high).exp());
        worst.see(error, &[high]);
    }
    worst.within("near::exp_near", 1.2, power(-114));
    let [a, b, c] = exp_near([One::splat(f64::NEG_INFINITY); 2])[0].map(|term| term.to_array()[0]);
    assert!(a + b + c < power(-288));
}

#[test]
fn short_sums() {
    let (mut random, mut worst, mut totals) = (Random(17), Worst::default(), Worst::default());
    for _ in 0..300 {
        let (mut sum, mut exact) = (Short::<One>::zero(), Exact::of(0.0));
        for _ in 0..ROOM {
            let x = One::splat(random.between(-30.0, core::f64::consts::LN_2));
            let [terms, _] = exp_near([x, x]);
            sum.add(terms);
            exact = &exact + &Exact::sum(&terms.map(|term| term.to_array()[0]));
        }
        let parts = sum.raised(1.0).map(|part| part.to_array()[0]);
        worst.see((&Exact::sum(&parts) - &exact).near().abs(), &[exact.near()]);
        // In two parts it is right to the last bits of the second.
        let (high, low) = sum.totals();
        let [high, low] = [high, low].map(|part| part.to_array()[0]);
        let error = (&Exact::sum(&[high, low]) - &exact).near().abs();
        totals.see(error / (power(-53) * low.abs() + power(-125)), &[exact.near()]);
        assert_eq!(high + low, high);
    }
    worst.within("Short", 1.0, power(-125));
    totals.within("Short::totals, (2^-53 low + 2^-125)", 1.0, 1.0);
}

#[test]
fn two_parts() {
    let (mut random, mut worst) = (Random(12), Worst::default());
    for _ in 0..TRIES / 2 {
        let (high, low) = argument(&mut random, 500.0);
        let (got, got_low) = exp_one(high, low);
        let exact = Exact::sum(&[high, low]).exp();
        let error = relative(&[got, got_low], &exact);
        worst.see(error / (power(-100) + power(-53) * low.abs()), &[high, low]);
    }
    worst.within("exp_one, (2^-100 + 2^-53 |low|)", 1.0, 1.0);
}

#[test]
fn subnormal_results_are_kept() {
    let (mut random, mut worst) = (Random(13), Worst::default());
    for _ in 0..2_000 {
        let high = random.between(-746.0, -690.0);
        let (got, got_low) = exp_one(high, 0.0);
        let exact = Exact::of(high).exp();
        let error = (&Exact::sum(&[got, got_low]) - &exact).near().abs();
        let allowed = (exact.near() * power(-100)).max(power(-1074));
        worst.see(error / allowed, &[high]);
    }
    // Each of four terms is rounded to the least float
    worst.within("exp_one, subnormal", 2.5, 1.0);
    assert_eq!(exp_one(-746.0, 0.0), (0.0, 0.0));
    assert_eq!(exp_one(f64::NEG_INFINITY, 0.0), (0.0, 0.0));
    assert_eq!(exp_one(-1e300, 0.0), (0.0, 0.0));
    assert_eq!(exp_one(0.0, 0.0), (1.0, 0.0));
    assert!(exp_one(f64::NAN, 0.0).0.is_nan());
}

#[test]
fn a_power_of_two_apart() {
    let (mut random, mut worst) = (Random(14), Worst::default());
    let ln2 = Exact::of(2.0).log();
    for i in 0..TRIES / 4 {
        let (mut high, mut low) = argument(&mut random, 700.0);
        if i % 2 == 0 {
            high = random.scaled(-10, 29);
            low = random.low_part(high);
        }
        let (k, (got, got_low)) = exp_scaled(high, low);
        let exact = (&Exact::sum(&[high, low]) - &(&Exact::of(k) * &ln2)).exp();
        let error = relative(&[got, got_low], &exact);
        worst.see(error / (power(-100) + power(-105) * high.abs()), &[high, low]);
        assert!((0.7..1.42).contains(&got), "{high:e}: {got}");
    }
    worst.within("exp_scaled, (2^-100 + 2^-105 |x|)", 1.0, 1.0);
}

#[test]
fn sums_keep_the_rounding_of_every_addition() {
    let (mut random, mut worst) = (Random(15), Worst::default());
    for _ in 0..300 {
        let (mut sum, mut exact, mut largest) = (Sum::<One>::zero(), Exact::of(0.0), 0.0f64);
        for _ in 0..100 {
            let first = random.scaled(-40, 40);
            let mut term = [first, 0.0, 0.0, 0.0];
            for i in 1..4 {
                term[i] = random.low_part(term[i - 1]);
            }
            largest = largest.max(first.abs());
            sum.add(term.map(One::splat));
            exact = &exact + &Exact::sum(&term);
        }
        let parts = sum.to_arrays().map(|part| part[0]);
        let error = (&Exact::sum(&parts) - &exact).near().abs();
        worst.see(error / largest, &[largest]);
        // The two parts are right to the last bits of the second.
        let (high, low) = sum.total();
        let error = (&Exact::sum(&[high, low]) - &exact).near().abs();
        let allowed = low.abs() * power(-52) + 100.0 * largest * power(-150);
        assert!(error <= allowed, "{high:e} {low:e}: {error:e}");
    }
    worst.within("Sum, 100 additions", 100.0, power(-150));
}
