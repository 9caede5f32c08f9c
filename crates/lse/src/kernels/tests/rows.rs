//! The kernels of whole rows: the same bits on every table.

use super::super::table::Guess;
use super::super::{Care, Inverse, Level, Signed};
use super::drive::{Type, Way, finish, fold, precise, spread, weighted};
use crate::elementary::exp::{Reference, Temperature};
use crate::isa::tests::same_on_every_table;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, LENGTHS, special};

/// Every kind of row at every length, rows with infinities and nan among them.
pub(super) fn each_row(seed: u64, mut see: impl FnMut(&str, &[f64])) {
    let mut random = Random(seed);
    for length in LENGTHS {
        for family in FAMILIES {
            see(family.name, &(family.make)(&mut random, length));
        }
        for (name, row) in special(&mut random, length) {
            see(name, &row);
        }
    }
}

/// Temperatures: 1, and one whose inverse is no float.
pub(super) const TEMPERATURES: [f64; 2] = [1.0, 0.7];

fn folds<T: Type>() {
    each_row(101, |name, row| {
        let x = T::of(row);
        for temperature in TEMPERATURES.map(Temperature::new) {
            for care in [Care::Fast, Care::Fine, Care::Shares] {
                same_on_every_table(name, |table| fold(table, &x, temperature, care));
            }
        }
        // in a reference that is not its own, as a wrong guess would have it
        for reference in [
            Reference { exponent: 512.0, center: 0.0 },
            Reference { exponent: -1024.0, center: 0.0 },
            Reference { exponent: 0.0, center: 3.5 },
        ] {
            let guess = Guess { reference, temperature: Temperature::ONE };
            same_on_every_table(name, |table| T::fold(table, &x, &guess, Care::Shares));
        }
    });
}

#[test]
fn fold_single() {
    folds::<f32>();
}

#[test]
fn fold_double() {
    folds::<f64>();
}

#[test]
fn split_of_float64() {
    each_row(102, |name, row| {
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for temperature in TEMPERATURES.map(Temperature::new) {
            let guess = Guess { reference: Reference::of::<f64>(max, temperature), temperature };
            // SAFETY: no pointers.
            same_on_every_table(name, |table| unsafe { table.split(row, max, &guess) });
        }
    });
}

#[test]
fn precise_sums() {
    each_row(103, |name, row| {
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for t in TEMPERATURES.map(Temperature::new) {
            same_on_every_table(name, |table| precise(table, row, max, max, t));
            same_on_every_table(name, |table| precise(table, row, 0.0, f64::NAN, t));
        }
    });
}

#[test]
fn weighted_sums() {
    let mut random = Random(104);
    each_row(105, |name, row| {
        let mantissa: Vec<f64> = row.iter().map(|_| random.scaled(0, 0)).collect();
        let exponent: Vec<f64> = row.iter().map(|_| f64::from(random.whole(-60, 60))).collect();
        let part = Signed { x: row, mantissa: &mantissa, exponent: &exponent };
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for t in TEMPERATURES.map(Temperature::new) {
            same_on_every_table(name, |table| weighted(table, &part, max, t));
        }
    });
}

#[test]
fn quick_weighted_sums() {
    let mut random = Random(108);
    each_row(109, |name, row| {
        let weights: Vec<f64> = row.iter().map(|_| random.normal()).collect();
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for temperature in TEMPERATURES.map(Temperature::new) {
            for reference in [Reference::ZERO, Reference::of::<f64>(max, temperature)] {
                let guess = Guess { reference, temperature };
                same_on_every_table(name, |table| {
                    // SAFETY: no pointers.
                    let quick = unsafe { table.quick_double(row, &weights, &guess) };
                    [quick.max, quick.high, quick.low, quick.against, quick.weights]
                });
                if reference.center == 0.0 && temperature == Temperature::ONE {
                    same_on_every_table(name, |table| {
                        // SAFETY: no pointers.
                        let careful = unsafe { table.careful(row, &weights, &guess) };
                        [careful.max, careful.high, careful.low, careful.against, careful.weights]
                    });
                }
            }
        }
    });
}

#[test]
fn a_zero_weight_removes_its_element() {
    let (mut random, table) = (Random(110), crate::isa::kernels());
    let mut x: Vec<f64> = (0..300).map(|_| random.normal()).collect();
    let mut weights: Vec<f64> = x.iter().map(|_| random.normal().abs() + 0.1).collect();
    let guess = Guess { reference: Reference::ZERO, temperature: Temperature::ONE };
    let sums = |x: &[f64], weights: &[f64]| {
        // SAFETY: no pointers.
        let quick = unsafe { table.quick_double(x, weights, &guess) };
        [quick.max, quick.high, quick.low].map(f64::to_bits)
    };
    // All weights positive, and one of them 0: the same, whatever that element is.
    x[7] = f64::NEG_INFINITY;
    let without = sums(&x, &weights);
    weights[7] = 0.0;
    for element in [1.0, f64::INFINITY, f64::NAN] {
        x[7] = element;
        assert_eq!(without, sums(&x, &weights), "{element}");
    }
    weights[7] = 1e-9;
    x[7] = 1.0;
    assert_ne!(without, sums(&x, &weights));
}

fn spreads<T: Type>() {
    each_row(106, |name, row| {
        let x = T::of(row);
        for temperature in TEMPERATURES.map(Temperature::new) {
            let mass = fold(crate::isa::kernels(), &x, temperature, Care::Shares);
            if !mass.is_ordinary() {
                continue;
            }
            let shares = Way::Shares(Inverse::of(&mass, temperature));
            same_on_every_table(name, |table| spread(table, &x, &shares));
            let [high, low] = finish(crate::isa::kernels(), &[mass], temperature);
            let level = Level { high: high[0], low: low[0], temperature: temperature.value };
            let logarithms = Way::Logarithms(level);
            same_on_every_table(name, |table| spread(table, &x, &logarithms));
        }
    });
}

#[test]
fn spread_single() {
    spreads::<f32>();
}

#[test]
fn spread_double() {
    spreads::<f64>();
}

#[test]
fn finish_of_any_count_of_rows() {
    let (mut random, mut masses) = (Random(107), Vec::new());
    for family in FAMILIES {
        for length in [1, 9, 130] {
            let row = (family.make)(&mut random, length);
            let mass = fold(crate::isa::kernels(), &row, Temperature::ONE, Care::Shares);
            if mass.is_ordinary() {
                masses.push(mass);
            }
        }
    }
    for count in [1, 2, 7, 8, 9, 15, 16, 17, masses.len()] {
        for t in TEMPERATURES.map(Temperature::new) {
            same_on_every_table("finish", |table| finish(table, &masses[..count], t));
        }
    }
}
