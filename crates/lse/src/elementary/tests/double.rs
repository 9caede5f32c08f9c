//! Double-double arithmetic: products and sums below 2^-103, inverses below 2^-100.

use crate::elementary::double::{Double, fast_two_sum, join, two_product, two_sum};
use crate::lanes::Lanes;
use crate::lanes::portable::One;
use crate::state;
use crate::tests::exact::Exact;
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power, relative};

const TRIES: usize = 100_000;

fn of(high: f64, low: f64) -> Double<One> {
    Double { high: One::splat(high), low: One::splat(low) }
}

fn parts(x: Double<One>) -> [f64; 2] {
    [x.high.to_array()[0], x.low.to_array()[0]]
}

fn pair((a, b): (One, One)) -> [f64; 2] {
    [a.to_array()[0], b.to_array()[0]]
}

/// Two numbers in two parts each, of any size within 2^+-300.
fn operands(random: &mut Random) -> [(f64, f64); 2] {
    let mut one = || {
        let high = match random.below(4) {
            0 => f64::from(random.whole(1, 9)),
            1 => 2.0 - power(-52) * f64::from(random.whole(0, 3)),
            _ => random.scaled(-300, 300),
        };
        let low = random.low_part(high);
        state::two_sum(high, low)
    };
    [one(), one()]
}

#[test]
fn what_is_exact_is_exact() {
    let mut random = Random(1);
    for _ in 0..TRIES {
        let (a, b) = (random.scaled(-300, 300), random.scaled(-300, 300));
        let (x, y) = (Exact::of(a), Exact::of(b));
        // 448 bits do not hold every sum of such numbers: only near ones are compared
        if (x.exponent() - y.exponent()).abs() < 300 {
            let got = Exact::sum(&pair(two_sum(One::splat(a), One::splat(b))));
            assert!((&got - &(&x + &y)).is_zero(), "{a:e} + {b:e}");
            let (big, small) = if a.abs() >= b.abs() { (a, b) } else { (b, a) };
            let got = Exact::sum(&pair(fast_two_sum(One::splat(big), One::splat(small))));
            assert!((&got - &(&x + &y)).is_zero(), "{big:e} + {small:e}");
        }
        let got = Exact::sum(&pair(two_product(One::splat(a), One::splat(b))));
        assert!((&got - &(&x * &y)).is_zero(), "{a:e} * {b:e}");
    }
}

#[test]
fn a_fast_sum_in_the_wrong_order_is_caught() {
    let got = pair(fast_two_sum(One::splat(1.0), One::splat(1e20 + 3e4)));
    assert_ne!(got, pair(two_sum(One::splat(1.0), One::splat(1e20 + 3e4))));
}

#[test]
fn products() {
    let (mut random, mut worst) = (Random(2), Worst::default());
    for _ in 0..TRIES {
        let [a, b] = operands(&mut random);
        let exact = &Exact::sum(&[a.0, a.1]) * &Exact::sum(&[b.0, b.1]);
        let got = of(a.0, a.1).mul(of(b.0, b.1));
        worst.see(relative(&parts(got), &exact), &[a.0, a.1, b.0, b.1]);
        assert_eq!(state::multiply(a, b), (parts(got)[0], parts(got)[1]), "{a:?} {b:?}");
    }
    worst.within("mul", 1.0, power(-103));
}

#[test]
fn sums_of_one_sign() {
    let (mut random, mut worst) = (Random(3), Worst::default());
    for _ in 0..TRIES {
        let [a, b] = operands(&mut random)
            .map(|(high, low)| if high < 0.0 { (-high, -low) } else { (high, low) });
        let (big, small) = if a.0 >= b.0 { (a, b) } else { (b, a) };
        let exact = &Exact::sum(&[a.0, a.1]) + &Exact::sum(&[b.0, b.1]);
        let at = [big.0, big.1, small.0, small.1];
        let lanes = |x: (f64, f64)| (One::splat(x.0), One::splat(x.1));
        worst.see(relative(&pair(join(lanes(a), lanes(b))), &exact), &at);
        let (high, low) = state::add(a, b);
        worst.see(relative(&[high, low], &exact), &at);
        assert_eq!(state::add(a, b), state::add(b, a), "{at:?}");
    }
    worst.within("sum", 1.0, power(-103));
}

#[test]
fn products_beside_a_larger_number() {
    let (mut random, mut worst) = (Random(5), Worst::default());
    for _ in 0..TRIES {
        let mut one = |low, high| {
            let high = random.scaled(low, high);
            state::two_sum(high, random.low_part(high))
        };
        let [a, b, c] = [one(-20, -9), one(-20, 3), one(0, 5)];
        let exact =
            &(&Exact::sum(&[a.0, a.1]) * &Exact::sum(&[b.0, b.1])) + &Exact::sum(&[c.0, c.1]);
        let got = of(a.0, a.1).mul_and(of(b.0, b.1), of(c.0, c.1));
        worst.see(relative(&parts(got), &exact), &[a.0, a.1, b.0, b.1, c.0, c.1]);
    }
    worst.within("mul_and", 1.0, power(-103));
}

#[test]
fn inverses() {
    let (mut random, mut worst) = (Random(4), Worst::default());
    for _ in 0..TRIES {
        let [(high, low), _] = operands(&mut random);
        let exact = &Exact::of(1.0) / &Exact::sum(&[high, low]);
        worst.see(relative(&parts(of(high, low).inverse()), &exact), &[high, low]);
    }
    worst.within("inverse", 1.0, power(-100));
}
