//! Blocks of weighted columns: on every table the sums, and what is watched beside them, of the same numbers in rows.

use super::super::table::{Guess, Table};
use super::super::{Quick, Strip, WeightedColumns};
use super::drive::Type;
use crate::elementary::exp::{Reference, Temperature};
use crate::isa::tests::tables;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;
use crate::tests::rows::FAMILIES;

const WIDTHS: [usize; 6] = [1, 8, 15, 16, 17, 40];
const LENGTHS: [usize; 9] = [1, 7, 17, 65, 127, 128, 129, 300, 1024];

/// How weights lie beside their elements.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Weights {
    /// One for each.
    Full,
    /// One for all elements of a column.
    Column,
    /// One for an element of all columns.
    Shared,
}

type Columns<T> = unsafe fn(&Table, &Strip<T>, &Strip<T>, &mut WeightedColumns);
type Row<T> = fn(&Table, &[T], &[T], &Guess) -> Quick;

/// Weights of which some groups are positive, others hold zeros and signs.
fn weight(random: &mut Random, signs: bool) -> f64 {
    let size = random.between(0.1, 3.0);
    if signs { size * f64::from(random.whole(-1, 1)) } else { size }
}

/// Beside an infinite element, what the power of it adds to `against` means nothing: the sum is nan.
fn parts(quick: &Quick) -> [f64; 5] {
    let against = if quick.max == f64::INFINITY { 0.0 } else { quick.against };
    [quick.max, quick.high, quick.low, against, quick.weights]
}

/// Row by row in memory: `width` numbers, and some that do not count.
fn lines<T: Type>(columns: &[Vec<T>], length: usize) -> Vec<T> {
    let line = |i: usize| {
        let unused = [T::default(); 3];
        columns.iter().map(move |column| column[i % column.len()]).chain(unused)
    };
    (0..length).flat_map(line).collect()
}

fn as_rows<T: Type>(compute: Columns<T>, row: Row<T>) {
    let mut random = Random(811);
    for (width, length) in WIDTHS.into_iter().flat_map(|w| LENGTHS.map(|l| (w, l))) {
        for weights in [Weights::Full, Weights::Column, Weights::Shared] {
            for t in [1.0, 0.7].map(Temperature::new) {
                let mut families = || FAMILIES[random.below(FAMILIES.len())].make;
                let make: Vec<_> = (0..width).map(|_| families()).collect();
                let x: Vec<Vec<T>> =
                    make.iter().map(|make| T::of(&make(&mut random, length))).collect();
                let half = length / 2;
                let many = if weights == Weights::Column { 1 } else { length };
                let mut b: Vec<Vec<T>> = (0..width)
                    .map(|_| {
                        let numbers = (0..many).map(|i| weight(&mut random, i > half));
                        T::of(&numbers.collect::<Vec<_>>())
                    })
                    .collect();
                if weights == Weights::Shared {
                    let first = b[0].clone();
                    b = vec![first; T::LANES];
                }
                let mut held = [lines(&x, length), lines(&b, length)];
                let of = |c: usize, i: usize| b[c % b.len()][i % many];
                let rows: Vec<Vec<T>> =
                    (0..width).map(|c| (0..length).map(|i| of(c, i)).collect()).collect();
                let reference = |c: usize| {
                    let counts = |i: &usize| rows[c][*i].into() != 0.0;
                    let elements = (0..length).filter(counts).map(|i| x[c][i].into());
                    Reference::of::<T>(elements.fold(f64::NEG_INFINITY, f64::max), t)
                };
                let references: Vec<Reference> = (0..width).map(reference).collect();
                let [x_start, b_start] = held.each_mut().map(|held| held.as_mut_ptr());
                let strip = |start, stride: usize, width| Strip {
                    start,
                    stride: stride as isize,
                    length,
                    width,
                    feed: None,
                };
                let b_width = if weights == Weights::Shared { T::LANES } else { width };
                let b_stride = if weights == Weights::Column { 0 } else { b_width + 3 };
                let (x_strip, b_strip) =
                    (strip(x_start, width + 3, width), strip(b_start, b_stride, b_width));
                for table in tables() {
                    let shared = weights == Weights::Shared;
                    let mut found = WeightedColumns::new(t, &references, shared);
                    // SAFETY: both strips lie within what is held.
                    unsafe { compute(table, &x_strip, &b_strip, &mut found) };
                    for c in 0..width {
                        let guess = Guess { reference: references[c], temperature: t };
                        let expected = row(table, &x[c], &rows[c], &guess);
                        let what = format!("{weights:?} {c} of {width} x {length} {}", table.name);
                        assert_same(&parts(&expected), &parts(&found.quick(c)), &what);
                    }
                }
            }
        }
    }
}

#[test]
fn single() {
    as_rows::<f32>(
        // SAFETY: handed on.
        |table, x, b, found| unsafe { table.weighted_columns_single(x, b, found) },
        // SAFETY: no pointers.
        |table, x, b, guess| unsafe { table.quick_single(x, b, guess) },
    );
}

#[test]
fn double() {
    as_rows::<f64>(
        // SAFETY: handed on.
        |table, x, b, found| unsafe { table.weighted_columns_double(x, b, found) },
        // SAFETY: no pointers.
        |table, x, b, guess| unsafe { table.quick_double(x, b, guess) },
    );
}
