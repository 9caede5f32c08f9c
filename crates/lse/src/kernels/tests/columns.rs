//! Strips of columns: the same bits on every table, in every company, and as the same numbers in rows.

use super::super::{Care, Columns, Inverse, STRIP, Strip};
use super::drive::{Type, Way, finish, fold, spread};
use crate::elementary::exp::{Reference, Temperature};
use crate::isa::tests::same_on_every_table;
use crate::kernels::table::Table;
use crate::state::Mass;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, special};

const WIDTHS: [usize; 9] = [1, 7, 8, 9, 15, 16, 17, 40, STRIP];
const LENGTHS: [usize; 12] = [1, 2, 7, 8, 9, 17, 63, 65, 127, 128, 129, 300];

/// Columns in memory, some unused elements between one line and the next.
struct Memory<T> {
    held: Vec<T>,
    stride: usize,
    width: usize,
}

impl<T: Type> Memory<T> {
    fn of(columns: &[Vec<f64>]) -> Memory<T> {
        let (width, length) = (columns.len(), columns[0].len());
        let (stride, mut held) = (width + 3, vec![T::default(); (width + 3) * length]);
        for (c, column) in columns.iter().enumerate() {
            for (i, x) in T::of(column).into_iter().enumerate() {
                held[i * stride + c] = x;
            }
        }
        Memory { held, stride, width }
    }

    fn strip(&mut self) -> Strip<'_, T> {
        let length = self.held.len() / self.stride;
        let start = self.held.as_mut_ptr();
        Strip { start, stride: self.stride as isize, length, width: self.width, feed: None }
    }

    fn column(&self, c: usize) -> Vec<f64> {
        self.held.iter().skip(c).step_by(self.stride).map(|&x| x.into()).collect()
    }

    /// What lies between the lines must stay as it was.
    fn untouched(&self) -> bool {
        let gap = |i: usize| i % self.stride >= self.width;
        self.held.iter().enumerate().all(|(i, &x)| !gap(i) || x.into() == 0.0)
    }
}

/// Columns that differ in kind and size; some hold infinities or nan.
fn mixed(random: &mut Random, width: usize, length: usize) -> Vec<Vec<f64>> {
    let mut column = || {
        if random.below(9) > 0 {
            return (FAMILIES[random.below(FAMILIES.len())].make)(random, length);
        }
        let mut rows = special(random, length);
        rows.swap_remove(random.below(rows.len())).1
    };
    (0..width).map(|_| column()).collect()
}

/// The masses of columns, each in the reference of its maximum, as dispatch folds them.
fn masses<T: Type>(table: &Table, columns: &[Vec<f64>], t: Temperature, care: Care) -> Vec<Mass> {
    let mut memory = Memory::<T>::of(columns);
    let (strip, mut known) = (memory.strip(), Columns::new(t));
    known.care = care;
    loop {
        T::fold_columns(table, &strip, &mut known);
        let mut settled = true;
        for c in 0..strip.width {
            let wanted = Reference::of::<T>(known.max[c], t);
            settled &= wanted == Reference { exponent: known.exponent[c], center: known.center[c] };
            (known.exponent[c], known.center[c]) = (wanted.exponent, wanted.center);
            known.general |= wanted.center != 0.0;
        }
        if settled {
            return (0..strip.width).map(|c| known.mass(c)).collect();
        }
    }
}

/// The shares of columns of these masses, or their logarithms.
fn spreads<T: Type>(
    table: &Table,
    columns: &[Vec<f64>],
    masses: &[Mass],
    t: Temperature,
    log: bool,
) -> Vec<Vec<f64>> {
    let (mut x, mut known) = (Memory::<T>::of(columns), Columns::new(t));
    for (c, mass) in masses.iter().enumerate() {
        known.high[c] = 1.0;
        if !mass.is_ordinary() {
            continue;
        }
        if log {
            let [high, low] = finish(table, &[*mass], t);
            (known.high[c], known.low[c]) = (high[0], low[0]);
        } else {
            let inverse = Inverse::of(mass, t);
            let reference = inverse.reference();
            known.general |= reference.center != 0.0;
            (known.exponent[c], known.center[c]) = (reference.exponent, reference.center);
            (known.high[c], known.low[c]) = inverse.factors::<T>();
        }
    }
    let mut out = Memory::<T> { held: vec![T::default(); x.held.len()], ..x };
    let strips = (x.strip(), out.strip());
    // SAFETY: both strips lie within their memories.
    unsafe { T::spread_columns(table, &strips.0, &strips.1, (&known, log)) };
    assert!(out.untouched(), "written beyond the strip");
    let ordinary = |c: usize| masses[c].is_ordinary();
    (0..columns.len()).map(|c| if ordinary(c) { out.column(c) } else { Vec::new() }).collect()
}

fn each_strip(seed: u64, mut see: impl FnMut(&[Vec<f64>], Temperature)) {
    let mut random = Random(seed);
    for width in WIDTHS {
        for length in LENGTHS {
            if width * length <= 30_000 {
                let columns = mixed(&mut random, width, length);
                see(&columns, Temperature::ONE);
                see(&columns, Temperature::new(0.7));
            }
        }
    }
}

fn same_bits<T: Type>() {
    each_strip(121, |columns, t| {
        for care in [Care::Brief, Care::Fast, Care::Fine, Care::Shares] {
            same_on_every_table("columns", |table| masses::<T>(table, columns, t, care));
        }
        let masses = masses::<T>(crate::isa::kernels(), columns, t, Care::Shares);
        for log in [false, true] {
            same_on_every_table("spread", |table| spreads::<T>(table, columns, &masses, t, log));
        }
    });
}

/// A column has the bits that it would have as a row.
fn as_rows<T: Type>() {
    let table = crate::isa::kernels();
    each_strip(122, |columns, t| {
        for care in [Care::Brief, Care::Fast, Care::Fine, Care::Shares] {
            let folded = masses::<T>(table, columns, t, care);
            for (column, mass) in columns.iter().zip(&folded) {
                assert_same(mass, &fold(table, &T::of(column), t, care), "column and row");
            }
        }
        let masses = masses::<T>(table, columns, t, Care::Shares);
        let shares = spreads::<T>(table, columns, &masses, t, false);
        for ((column, mass), shares) in columns.iter().zip(&masses).zip(&shares) {
            if mass.is_ordinary() {
                let way = Way::Shares(Inverse::of(mass, t));
                assert_same(
                    shares,
                    &spread(table, &T::of(column), &way),
                    "shares of column and row",
                );
            }
        }
    });
}

#[test]
fn single_on_every_table() {
    same_bits::<f32>();
}

#[test]
fn double_on_every_table() {
    same_bits::<f64>();
}

#[test]
fn single_as_rows() {
    as_rows::<f32>();
}

#[test]
fn double_as_rows() {
    as_rows::<f64>();
}
