//! log of a ratio: both parts together within 2^-55.9, small ones too; 2^-39 for float32; its helper exact.

use super::reference::log_error;
use crate::elementary::double::Double;
use crate::elementary::exp::Parts;
use crate::elementary::ratio::{both, log_ratio, log_ratio_coarsely};
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power, relative};

type Pair = (f64, f64);

/// |relative error| / 2^-58 that the tests here enforce, as those of log.
const LIMIT: f64 = 4.3;

fn ratio(others: Pair, target: Pair, top: f64) -> Pair {
    let (others, target) =
        (Double::<One>::splat(others.0, others.1), Double::splat(target.0, target.1));
    let log = log_ratio(others, target, One::splat(top));
    (log.high.to_array()[0], log.low.to_array()[0])
}

/// Others, a target and how often it is there: beside each other, far apart, about where the exponent turns over.
fn argument(random: &mut Random) -> (Pair, Pair, f64) {
    let scale = crate::tests::exact::times_power(1.0, random.whole(-200, 512));
    let target = random.between(0.7, 1.42) * scale;
    let top = if random.below(4) == 0 { f64::from(random.whole(1, 64)) } else { 1.0 };
    let others = target
        * match random.below(5) {
            0 => random.between(0.0, 2.0),
            1 => random.scaled(-400, 10).abs(),
            2 => random.scaled(0, 400).abs(),
            3 => core::f64::consts::SQRT_2 - 1.0 + random.scaled(-52, -4),
            _ => random.between(0.0, 64.0),
        };
    let others = crate::state::two_sum(others, random.low_part(others));
    (others, crate::state::two_sum(target, random.low_part(target)), top)
}

/// (top target + others) / target - 1 and its exact logarithm.
fn exact(others: Pair, target: Pair, top: f64) -> Exact {
    let (others, target) = (Exact::sum(&[others.0, others.1]), Exact::sum(&[target.0, target.1]));
    (&(&(&Exact::of(top) * &target) + &others) / &target).log()
}

#[test]
fn against_448_bits() {
    let (mut random, mut worst) = (Random(41), Worst::default());
    let mut coarse = Worst::default();
    for _ in 0..40_000 {
        let (others, target, top) = argument(&mut random);
        let exact = exact(others, target, top);
        if others.0 < target.0 * power(-300) || exact.is_zero() {
            // 448 bits keep too little of the others beside 1
            continue;
        }
        let input = [others.0, others.1, target.0, target.1, top];
        let (got, got_low) = ratio(others, target, top);
        worst.see(relative(&[got, got_low], &exact), &input);
        let [one, two] = [others.0, target.0].map(One::splat);
        let got = log_ratio_coarsely(one, two, One::splat(top)).to_array()[0];
        coarse.see(relative(&[got], &exact), &input);
    }
    worst.within("log_ratio", LIMIT, power(-58));
    coarse.within("log_ratio_coarsely", 1.0, power(-39));
}

#[test]
fn a_million() {
    let (mut random, mut worst) = (Random(42), Worst::default());
    for _ in 0..1_000_000 {
        // Over a target of 1 the mass is the ratio
        let others = match random.below(3) {
            0 => random.between(0.0, 1.0),
            1 => random.between(0.0, 4.0),
            _ => core::f64::consts::SQRT_2 - 1.0 + random.scaled(-52, -4),
        };
        let (high, low) = crate::state::two_sum(1.0, others);
        worst.see(log_error(ratio((others, 0.0), (1.0, 0.0), 1.0), high, low).abs(), &[others]);
    }
    worst.within("log_ratio", LIMIT, power(-58));
}

#[test]
fn small_others_are_kept() {
    let (mut random, mut worst) = (Random(43), Worst::default());
    for exponent in 54..1020 {
        // log1p(y) = y - y^2/2, the next term far below
        let target = random.between(0.7, 1.42) * power(-512).recip();
        let others = target * (1.0 + random.unit()) * power(-exponent);
        let y = &Exact::of(others) / &Exact::of(target);
        let exact = &y - &(&(&y * &y) / &Exact::of(2.0));
        let (got, got_low) = ratio((others, 0.0), (target, 0.0), 1.0);
        // The low part may be subnormal, and so rounded
        let error = (&Exact::sum(&[got, got_low]) - &exact).near().abs();
        worst.see(error / (exact.near() * power(-56)).max(power(-1074)), &[others, target]);
    }
    worst.within("log_ratio of small others", 1.0, 1.0);
    assert_eq!(ratio((0.0, 0.0), (power(-512).recip(), 0.0), 1.0), (0.0, 0.0));
    assert!(ratio((f64::NAN, 0.0), (1.0, 0.0), 1.0).0.is_nan());
}

#[test]
fn both_parts_of_an_exponential() {
    let (mut random, mut worst) = (Random(44), Worst::default());
    for _ in 0..2_000 {
        let (power_of, rest) = (random.between(0.7, 1.42), random.between(-0.05, 0.05));
        let got = both(&Parts { power: One::splat(power_of), rest: One::splat(rest) });
        let parts = [got.high.to_array()[0], got.low.to_array()[0]];
        let exact = &Exact::of(power_of) * &Exact::sum(&[1.0, rest]);
        worst.see(relative(&parts, &exact), &[power_of, rest]);
    }
    worst.within("both", 1.0, power(-105));
}
