//! What a fold has lost beside its largest elements, and what it has kept.

use super::super::table::Guess;
use super::super::{Care, Columns, Flow, Inverse, Strip};
use super::drive::{Type, fold, precise};
use super::rows::{TEMPERATURES, each_row};
use crate::elementary::exp::Temperature;
use crate::isa::kernels;
use crate::isa::tests::same_on_every_table;
use crate::kernels::table::Table;
use crate::state::Mass;
use crate::tests::random::Random;

/// Both types, with kernels that only some tests call.
trait Both: Type {
    unsafe fn errors_columns(table: &Table, x: &Strip<Self>, columns: &mut Columns);
    unsafe fn keep(table: &Table, x: &[Self], guess: &Guess, rests: *mut Self) -> Mass;
    unsafe fn share(table: &Table, x: &[Self], out: *mut Self, inverse: &Inverse);
    unsafe fn kept(table: &Table, x: &[Self], rests: *const Self, out: *mut Self, i: &Inverse);
    /// Half a unit in the last place of 1, and its logarithm.
    const HALF: f64;
    const LAST: f64;
}

macro_rules! both {
    ($real:ty, $half:expr, $last:expr, $errors:ident, $keep:ident, $share:ident, $kept:ident) => {
        impl Both for $real {
            const HALF: f64 = $half;
            const LAST: f64 = $last;
            unsafe fn errors_columns(table: &Table, x: &Strip<$real>, columns: &mut Columns) {
                // SAFETY: handed on.
                unsafe { table.$errors(x, columns) }
            }
            unsafe fn keep(table: &Table, x: &[$real], guess: &Guess, rests: *mut $real) -> Mass {
                // SAFETY: handed on.
                unsafe { table.$keep(x, guess, rests) }
            }
            unsafe fn share(table: &Table, x: &[$real], out: *mut $real, inverse: &Inverse) {
                // SAFETY: handed on.
                unsafe { table.$share(x.as_ptr(), out, x.len(), inverse, Flow::Kept) }
            }
            unsafe fn kept(
                table: &Table,
                x: &[$real],
                rests: *const $real,
                out: *mut $real,
                inverse: &Inverse,
            ) {
                // SAFETY: handed on.
                unsafe { table.$kept(x.as_ptr(), rests, out, x.len(), inverse, Flow::Kept) }
            }
        }
    };
}
both!(f32, 5.96e-8, -16.64, errors_columns_single, keep_single, share_single, kept_single);
both!(f64, 1.11e-16, -36.74, errors_columns_double, keep_double, share_double, kept_double);

/// A row of which one element is much.
fn confident(random: &mut Random, height: f64) -> Vec<f64> {
    let mut row: Vec<f64> =
        (0..65 + random.below(400)).map(|_| random.between(-3.0, 0.0)).collect();
    let place = random.below(row.len());
    row[place] = height;
    row
}

fn lost<T: Both>(table: &Table, x: &[T], mass: &Mass, t: Temperature) -> f64 {
    let guess = Guess { reference: mass.reference, temperature: t };
    T::errors(table, x, &guess, mass.confident_from(t))
}

/// The sum errs by half units beside a large element, and by much less with what was lost.
///
/// The powers are short: the others lie where the last places of the largest cut through them.
fn found<T: Both>() {
    let mut random = Random(151);
    let (mut before, mut after) = (0.0f64, 0.0f64);
    for large in [1, 3, 7] {
        for _ in 0..500 {
            let mut row: Vec<f64> =
                (0..300).map(|_| random.between(T::LAST, T::LAST + 5.0)).collect();
            for _ in 0..large {
                row[random.below(300)] = random.between(-0.5, 0.5);
            }
            let x = T::of(&row);
            let wide: Vec<f64> = x.iter().map(|&x| x.into()).collect();
            let mass = fold(kernels(), &x, Temperature::ONE, Care::Shares);
            assert!(mass.is_confident(Temperature::ONE));
            let [high, low, _] = precise(kernels(), &wide, 0.0, f64::NAN, Temperature::ONE);
            assert_eq!(mass.reference.exponent, 0.0);
            let error =
                |missed: f64| (((mass.high - high) + (mass.low - low)) + missed).abs() / high;
            before = before.max(error(0.0) / T::HALF);
            after = after.max(error(lost(kernels(), &x, &mass, Temperature::ONE)) / T::HALF);
        }
    }
    assert!(before > 1.2, "nothing was lost: {before}");
    assert!(after < 0.5, "lost for good: {after}");
}

#[test]
fn what_was_lost_is_found() {
    found::<f32>();
    found::<f64>();
}

fn same_everywhere<T: Both>() {
    let mut random = Random(152);
    for t in TEMPERATURES.map(Temperature::new) {
        for height in [5.0, 8.0] {
            let x = T::of(&confident(&mut random, height));
            let mass = fold(kernels(), &x, t, Care::Shares);
            let row = lost(kernels(), &x, &mass, t);
            same_on_every_table("confident", |table| lost(table, &x, &mass, t));
            // The same numbers as columns, beside one that is not asked for.
            let width = 20;
            let mut held: Vec<T> = x.iter().flat_map(|&x| [x; 20]).collect();
            let (start, length) = (held.as_mut_ptr(), x.len());
            let strip = Strip { start, stride: width as isize, length, width, feed: None };
            let mut columns = Columns::new(t);
            columns.exponent.fill(mass.reference.exponent);
            columns.max.fill(mass.confident_from(t));
            columns.max[7] = f64::INFINITY;
            for table in crate::isa::tests::tables() {
                // SAFETY: the strip holds its columns.
                unsafe { T::errors_columns(table, &strip, &mut columns) };
                for (c, low) in columns.low[..width].iter().enumerate() {
                    assert_eq!(*low, if c == 7 { 0.0 } else { row }, "{}", table.name);
                }
            }
        }
    }
}

#[test]
fn rows_and_columns_have_lost_the_same() {
    same_everywhere::<f32>();
    same_everywhere::<f64>();
}

/// Remainders that were kept make the shares that computing them again makes.
fn keeps<T: Both>() {
    each_row(153, |name, row| {
        let x = T::of(row);
        for t in TEMPERATURES.map(Temperature::new) {
            let mass = fold(kernels(), &x, t, Care::Shares);
            let guess = Guess { reference: mass.reference, temperature: t };
            let (mut rests, mut out) = (vec![T::default(); x.len() + 16], x.clone());
            // SAFETY: whole vectors, and as many elements.
            let again = unsafe { T::keep(kernels(), &x, &guess, rests.as_mut_ptr()) };
            assert_eq!(
                (again.high.to_bits(), again.low.to_bits()),
                (mass.high.to_bits(), mass.low.to_bits()),
                "{name}"
            );
            if !mass.is_ordinary() {
                continue;
            }
            let inverse = Inverse::of(&mass, t);
            // SAFETY: as above.
            unsafe { T::share(kernels(), &x, out.as_mut_ptr(), &inverse) };
            let computed: Vec<f64> = out.iter().map(|&x| x.into()).collect();
            for table in crate::isa::tests::tables() {
                // SAFETY: as above.
                unsafe { T::kept(table, &x, rests.as_ptr(), out.as_mut_ptr(), &inverse) };
                let kept: Vec<f64> = out.iter().map(|&x| x.into()).collect();
                assert_eq!(kept, computed, "{name} {}", table.name);
            }
        }
    });
}

#[test]
fn kept_remainders_change_no_bit() {
    keeps::<f32>();
    keeps::<f64>();
}
