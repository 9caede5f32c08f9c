//! log of a double-double: both parts together within 2^-55.9 of the logarithm.

use super::reference::log_error;
use crate::elementary::double::Double;
use crate::elementary::log::{log, log_one};
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power, relative};

/// |relative error| / 2^-58 that the tests here and the long ones enforce.
pub(super) const LIMIT: f64 = 4.3;

/// A number: of any size, about 1, about the square roots of 1/2 and 2, a count with a small rest.
pub(super) fn argument(random: &mut Random) -> (f64, f64) {
    let high = match random.below(6) {
        0 => random.scaled(-950, 1020).abs(),
        1 => 1.0 + random.scaled(-53, -2),
        2 => core::f64::consts::SQRT_2 * (1.0 + random.scaled(-52, -4)),
        3 => core::f64::consts::FRAC_1_SQRT_2 * (1.0 + random.scaled(-52, -4)),
        4 => f64::from(random.whole(1, 100)),
        _ => random.between(0.7, 1.42),
    };
    let low = random.low_part(high);
    crate::state::two_sum(high, low)
}

#[test]
fn against_448_bits() {
    let (mut random, mut worst) = (Random(21), Worst::default());
    for _ in 0..40_000 {
        let (high, low) = argument(&mut random);
        let (got, got_low) = log_one(high, low);
        let exact = Exact::sum(&[high, low]).log();
        worst.see(relative(&[got, got_low], &exact), &[high, low]);
    }
    worst.within("log", LIMIT, power(-58));
}

#[test]
fn a_million() {
    let (mut random, mut worst) = (Random(22), Worst::default());
    for _ in 0..1_000_000 {
        let (high, low) = argument(&mut random);
        if (high, low) != (1.0, 0.0) {
            worst.see(log_error(log_one(high, low), high, low).abs(), &[high, low]);
        }
    }
    worst.within("log", LIMIT, power(-58));
}

#[test]
fn one_and_its_neighbours() {
    assert_eq!(log_one(1.0, 0.0), (0.0, 0.0));
    let mut worst = Worst::default();
    for exponent in 54..1000 {
        for low in [power(-exponent), -power(-exponent)] {
            let (got, got_low) = log_one(1.0, low);
            // log1p(y) = y - y^2/2, the next term far below
            let exact = Exact::of(low);
            let exact = &exact - &(&(&exact * &exact) / &Exact::of(2.0));
            worst.see(relative(&[got, got_low], &exact), &[1.0, low]);
        }
    }
    worst.within("log next to 1", LIMIT, power(-58));
}

#[test]
fn with_a_power_of_two_apart() {
    let (mut random, mut worst) = (Random(23), Worst::default());
    let ln2 = Exact::of(2.0).log();
    for _ in 0..10_000 {
        let (high, low) = argument(&mut random);
        let shift = f64::from(random.whole(-40, 40) * 512);
        let x = Double { high: One::splat(high), low: One::splat(low) };
        let got = log(x, One::splat(shift));
        let exact = &Exact::sum(&[high, low]).log() + &(&Exact::of(shift) * &ln2);
        let parts = [got.high.to_array()[0], got.low.to_array()[0]];
        worst.see(relative(&parts, &exact), &[high, low, shift]);
    }
    worst.within("log with a shift", LIMIT, power(-58));
}
