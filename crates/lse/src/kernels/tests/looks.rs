//! Blocks that are looked at once: the same shares as one element after the other.

use super::drive::{Type, Way, fold_for_shares, spread};
use super::rows::TEMPERATURES;
use crate::elementary::exp::Temperature;
use crate::isa::tests::tables;
use crate::kernels::Inverse;
use crate::lanes::Real;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;

/// Rows that are ordinary but for one element, which comes down past the least normal share and past the least of all,
/// through every exponent between them.
fn rare_elements<T: Type>(center: f64) {
    let mut random = Random(711);
    let depth = (<T as Real>::BIAS + 60.0) as usize;
    for t in TEMPERATURES {
        let temperature = Temperature::new(t);
        for power in (0..depth).rev().step_by(if T::LANES == 16 { 1 } else { 7 }) {
            let below = (power as f64 + random.unit()) * std::f64::consts::LN_2;
            let mut row: Vec<f64> = (0..300).map(|_| center + t * random.normal()).collect();
            let place = random.below(row.len());
            row[place] = if power == 0 { f64::NEG_INFINITY } else { center + t * (7.0 - below) };
            let x = T::of(&row);
            for table in tables() {
                let mass = fold_for_shares(table, &x, temperature);
                let way = Way::Shares(Inverse::of(&mass, temperature));
                let together = spread(table, &x, &way);
                let each: Vec<f64> = x.iter().flat_map(|x| spread(table, &[*x], &way)).collect();
                assert_same(&together, &each, &format!("2^-{power} on {}", table.name));
                assert!((together.iter().sum::<f64>() - 1.0).abs() < 1e-4, "shares of {power}");
            }
        }
    }
}

#[test]
fn float32_near_zero() {
    rare_elements::<f32>(0.0);
}

#[test]
fn float32_far_out() {
    for center in [500.0, -300.0, 3e6] {
        rare_elements::<f32>(center);
    }
}

#[test]
fn float64_near_zero() {
    rare_elements::<f64>(0.0);
}

#[test]
fn float64_far_out() {
    for center in [9000.0, -3000.0, 1e14] {
        rare_elements::<f64>(center);
    }
}
