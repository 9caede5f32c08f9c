//! What lies beside the largest element: known to its own last places, however much that element is of the row.

use super::super::table::{Guess, Table};
use super::super::{Beside, Care, Peak, Top};
use super::drive::{Type, fold, precise};
use super::rows::TEMPERATURES;
use crate::elementary::exp::Temperature;
use crate::elementary::log::log_one;
use crate::elementary::precise::exp_one;
use crate::isa::kernels;
use crate::isa::tests::same_on_every_table;
use crate::state::Mass;
use crate::tests::random::Random;

trait Both: Type {
    fn beside(table: &Table, x: &[Self], peak: &Peak) -> Beside;
    fn level(table: &Table, mass: &Mass, t: Temperature) -> (f64, f64);
    fn level_beside(table: &Table, top: &Top, t: Temperature) -> (f64, f64);
    /// Half a unit in the last place of 1.
    const HALF: f64;
    /// What the others are of the whole at least.
    const LEAST: f64;
}

macro_rules! both {
    ($real:ty, $half:expr, $least:expr, $beside:ident, $level:ident, $level_beside:ident) => {
        impl Both for $real {
            const HALF: f64 = $half;
            const LEAST: f64 = $least;
            fn beside(table: &Table, x: &[$real], peak: &Peak) -> Beside {
                // SAFETY: no pointers.
                unsafe { table.$beside(x, peak) }
            }
            fn level(table: &Table, mass: &Mass, t: Temperature) -> (f64, f64) {
                // SAFETY: no pointers.
                unsafe { table.$level(mass, t) }
            }
            fn level_beside(table: &Table, top: &Top, t: Temperature) -> (f64, f64) {
                // SAFETY: no pointers.
                unsafe { table.$level_beside(top, t) }
            }
        }
    };
}
both!(f32, 5.96e-8, 1e-6, beside_single, level_single, level_beside_single);
both!(f64, 1.11e-16, 1e-12, beside_double, level_double, level_beside_double);

/// A row whose largest elements, `count` of them, are all but `others` of the whole.
fn row<T: Both>(random: &mut Random, count: usize, others: f64) -> Vec<T> {
    let length = 66 + random.below(500);
    let (low, _) = log_one(others / length as f64, 0.0);
    let mut row: Vec<f64> = (0..length).map(|_| low + random.between(-2.0, 0.0)).collect();
    for _ in 0..count {
        row[random.below(length)] = 0.25;
    }
    T::of(&row)
}

fn peak_of<T: Both>(x: &[T], mass: &Mass, t: Temperature, care: Care) -> Peak {
    assert!(!x.is_empty());
    let guess = Guess { reference: mass.reference, temperature: t };
    Peak { guess, care, max: mass.max, limit: mass.max - 1e-3 }
}

fn known<T: Both>() {
    let (mut random, mut before, mut after) = (Random(161), 0.0f64, 0.0f64);
    for care in [Care::Fast, Care::Shares] {
        for count in [1, 2, 5] {
            for others in [0.5, 1e-2, 1e-4, T::LEAST] {
                for _ in 0..40 {
                    let x = row::<T>(&mut random, count, others);
                    let wide: Vec<f64> = x.iter().map(|&x| x.into()).collect();
                    let mass = fold(kernels(), &x, Temperature::ONE, care);
                    let peak = peak_of(&x, &mass, Temperature::ONE, care);
                    let found = T::beside(kernels(), &x, &peak);
                    let [high, low, top] =
                        precise(kernels(), &wide, 0.0, mass.max, Temperature::ONE);
                    assert_eq!(found.top, top);
                    assert!(found.next < mass.max);
                    let error = |sum: f64| (sum / (high * T::HALF)).abs();
                    after = after.max(error(
                        ((mass.high + found.high) - high) + ((mass.low + found.low) - low),
                    ));
                    let target = exp_one(0.25, 0.0).0 * top;
                    before = before.max(error((mass.high - target) - high));
                }
            }
        }
    }
    assert!(before > 1e3, "nothing was lost: {before}");
    assert!(after < 1.5, "lost for good: {after}");
}

#[test]
fn others_are_known_to_their_last_places() {
    known::<f32>();
    known::<f64>();
}

/// The level of a row with its top kept apart is that of its mass, where both are known.
fn levels<T: Both>() {
    let mut random = Random(162);
    for t in TEMPERATURES.map(Temperature::new) {
        for count in [1, 3] {
            let x = row::<T>(&mut random, count, 0.5);
            let mass = fold(kernels(), &x, t, Care::Shares);
            let peak = peak_of(&x, &mass, t, Care::Shares);
            let found = T::beside(kernels(), &x, &peak);
            let top = Top {
                max: mass.max,
                count: found.top,
                reference: mass.reference,
                others: (mass.high + found.high, mass.low + found.low),
            };
            let (a, a_low) = T::level_beside(kernels(), &top, t);
            let (b, b_low) = T::level(kernels(), &mass, t);
            assert!(((a - b) + (a_low - b_low)).abs() < 4.0 * T::HALF * (a.abs() + t.value));
            same_on_every_table("beside", |table| {
                let Beside { top, high, low, next } = T::beside(table, &x, &peak);
                [top, high, low, next]
            });
            same_on_every_table("level", |table| T::level(table, &mass, t));
            same_on_every_table("level beside", |table| T::level_beside(table, &top, t));
        }
    }
}

#[test]
fn the_level_of_a_row_is_one() {
    levels::<f32>();
    levels::<f64>();
}
