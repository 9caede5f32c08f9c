//! What the kernels answer, against the naive one and against 448 bits.

use super::super::table::Guess;
use super::super::{Care, Inverse, Signed, naive};
use super::drive::{Type, Way, finish, fold, fold_for_shares, precise, spread, weighted};
use crate::elementary::exp::{Reference, Temperature};
use crate::isa::kernels;
use crate::tests::exact::{Exact, log_sum_exp, shares, times_power};
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, Family};
use crate::tests::worst::{FLOAT32, FLOAT64, Format, Worst, power, relative, ulps};

const LENGTHS: [usize; 6] = [1, 5, 16, 65, 130, 600];

/// Rows of every kind that have an ordinary mass as `T`, with the numbers that are left of them.
fn each_row<T: Type>(seed: u64, mut see: impl FnMut(&[T], &[f64])) {
    let mut random = Random(seed);
    for Family { make, .. } in FAMILIES {
        for length in LENGTHS {
            let x = T::of(&make(&mut random, length));
            let held: Vec<f64> = x.iter().map(|&x| x.into()).collect();
            if held.iter().any(|x| x.is_finite()) && held.iter().all(|x| *x < f64::INFINITY) {
                see(&x, &held);
            }
        }
    }
}

/// log mass of a fold: finish(fold(x)).
fn logarithms<T: Type>(t: f64) -> Worst {
    let (mut worst, temperature) = (Worst::default(), Temperature::new(t));
    each_row::<T>(131, |x, held| {
        let mass = fold(kernels(), x, temperature, Care::Fast);
        if mass.is_ordinary() {
            let [high, low] = finish(kernels(), &[mass], temperature);
            let exact = &log_sum_exp(held, t) * &Exact::of(t);
            // The mass errs by this much, whatever its logarithm
            let error = (&Exact::sum(&[high[0], low[0]]) - &exact).near().abs() / t;
            let allowed = power(-54) * exact.near().abs() / t;
            worst.see((error - allowed).max(0.0), &held[..1]);
        }
    });
    worst
}

#[test]
fn logarithms_of_masses() {
    for t in [1.0, 0.7] {
        logarithms::<f32>(t).within("log mass of float32", 2.0, power(-24));
        logarithms::<f64>(t).within("log mass of float64", 2.0, power(-53));
    }
}

/// Shares, of which a budget is promised.
fn share_errors<T: Type>(format: Format) -> Worst {
    let mut worst = Worst::default();
    each_row::<T>(132, |x, held| {
        let mass = fold_for_shares(kernels(), x, Temperature::ONE);
        if held.len() < 200 && mass.is_ordinary() {
            let way = Way::Shares(Inverse::of(&mass, Temperature::ONE));
            let got = spread(kernels(), x, &way);
            for ((got, exact), x) in got.iter().zip(shares(held, 1.0)).zip(held) {
                worst.see(ulps(*got, &exact, format), &[*x, held[0]]);
            }
        }
    });
    worst
}

#[test]
fn shares_are_within_their_budget() {
    share_errors::<f32>(FLOAT32).within("share_single, ulp", 1.0, 1.0);
    share_errors::<f64>(FLOAT64).within("share_double, ulp", 2.0, 1.0);
}

#[test]
fn precise_sums() {
    let mut worst = Worst::default();
    each_row::<f64>(133, |x, _| {
        let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let [high, low, top] = precise(kernels(), x, max, max, Temperature::ONE);
        let state = naive::fold(x);
        assert_eq!(top, state.top);
        if state.rest > 1e-250 {
            let rest = Exact::sum(&[state.rest, state.rest_low]);
            worst.see(relative(&[high, low], &rest), &x[..1]);
        }
    });
    worst.within("precise, against naive", 1.0, power(-93));
}

#[test]
fn split_counts_the_top_and_sums_the_rest() {
    let mut worst = Worst::default();
    each_row::<f64>(134, |x, _| {
        let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let reference = Reference::of::<f64>(max, Temperature::ONE);
        let guess = Guess { reference, temperature: Temperature::ONE };
        // SAFETY: no pointers.
        let (top, high, low) = unsafe { kernels().split(x, max, &guess) };
        let state = naive::fold(x);
        assert_eq!(top, state.top);
        // high + low is rest e^(max - center) 2^(LIFT - N)
        let powers = Exact::of(super::super::LIFT - reference.exponent);
        let scale =
            &(&Exact::of(max) - &Exact::of(reference.center)) + &(&powers * &Exact::of(2.0).log());
        let exact = &Exact::sum(&[state.rest, state.rest_low]) * &scale.exp();
        if state.rest > 1e-250 {
            worst.see(relative(&[high, low], &exact), &x[..1]);
        }
    });
    worst.within("split, against naive", 2.0, power(-53));
}

#[test]
fn weighted_sums_cancel_exactly() {
    let (mut random, mut worst) = (Random(135), Worst::default());
    for length in LENGTHS {
        for _ in 0..4 {
            let x: Vec<f64> = (0..length).map(|_| random.between(-8.0, 8.0)).collect();
            let mantissa: Vec<f64> = x.iter().map(|_| random.scaled(0, 0)).collect();
            let exponent: Vec<f64> = x.iter().map(|_| f64::from(random.whole(-5, 5))).collect();
            let part = Signed { x: &x, mantissa: &mantissa, exponent: &exponent };
            let got = weighted(kernels(), &part, 8.0, Temperature::ONE);
            let (mut exact, mut size) = (Exact::of(0.0), 0.0);
            for i in 0..length {
                let weight = times_power(mantissa[i], exponent[i] as i32);
                let term = &Exact::of(weight) * &(&Exact::of(x[i]) - &Exact::of(8.0)).exp();
                exact = &exact + &term;
                size += term.near().abs();
            }
            let error = (&Exact::sum(&got) - &exact).near().abs();
            worst.see(error / size, &x[..1]);
        }
    }
    worst.within("weighted, of the sum of magnitudes", 1.0, power(-100));
}

#[test]
fn a_kernel_that_lost_an_element_is_caught() {
    let row: Vec<f64> = (0..20).map(|i| -f64::from(i) / 3.0).collect();
    let exact = log_sum_exp(&row, 1.0);
    let error = |row: &[f64]| {
        let mass = fold::<f64>(kernels(), row, Temperature::ONE, Care::Fast);
        relative(&[mass.high, mass.low], &exact.exp())
    };
    assert!(error(&row) < power(-52));
    assert!(error(&row[..19]) > power(-20));
}
