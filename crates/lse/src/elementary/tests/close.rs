//! exp_close: 2^-70 as three terms, in any reference.

use crate::elementary::close::exp_close;
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power, relative};

#[test]
fn three_terms() {
    let (mut random, mut worst) = (Random(18), Worst::default());
    for i in 0..30_000 {
        let x = match i % 3 {
            0 => random.between(-690.0, 690.0),
            1 => random.between(-2.0, 2.0),
            _ => random.scaled(-60, 9).clamp(-690.0, 690.0),
        };
        let terms = exp_close(One::splat(x), 0.0).map(|term| term.to_array()[0]);
        worst.see(relative(&terms, &Exact::of(x).exp()), &[x]);
    }
    worst.within("exp_close", 1.0, power(-70));
}

#[test]
fn the_reference_is_a_power_of_two() {
    for x in [-1000.0, -3.5, 0.0, 1e-9, 300.0] {
        let here = exp_close(One::splat(x), 0.0).map(|term| term.to_array()[0]);
        let there = exp_close(One::splat(x), -512.0).map(|term| term.to_array()[0]);
        if x > -600.0 && x < 300.0 {
            assert_eq!(here.map(|term| term * power(512)), there, "{x}");
        }
        assert!(there[0] > 0.0, "{x}");
    }
}
