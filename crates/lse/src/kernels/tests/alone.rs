//! A single short row: on every table the bits of the same row in a tile.

use super::super::{Abreast, Batch};
use super::drive::{Type, lane, tile};
use super::rows::TEMPERATURES;
use crate::elementary::exp::Temperature;
use crate::isa::tests::tables;
use crate::kernels::table::Table;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, special};

/// t log(mass / n) from a tile, nan where the mass is not ordinary.
fn in_a_tile<T: Type>(table: &Table, row: &[f64], t: Temperature, n: f64) -> f64 {
    let (mut tile, mut batch) = (tile::<T>(&[row.to_vec()]), Batch::new());
    T::short(table, &mut tile, Abreast::one(row.len()), t, &mut batch);
    // SAFETY: no pointers.
    if unsafe { table.rare(&batch, 1) } != 0 {
        return f64::NAN;
    }
    batch.divide(0, n);
    T::finish(table, &mut batch, 1, t);
    batch.log_high[0]
}

/// Shares from a tile, none where the mass is not ordinary.
fn shares_in_a_tile<T: Type>(table: &Table, row: &[f64], t: Temperature) -> Vec<f64> {
    let (mut tile, mut batch) = (tile::<T>(&[row.to_vec()]), Batch::new());
    T::short_shares(table, &mut tile, Abreast::one(row.len()), t, &mut batch);
    let mass = batch.high[0];
    let ordinary = mass > 0.0 && mass < f64::INFINITY;
    if ordinary { lane::<T>(&tile, 0, row.len()) } else { Vec::new() }
}

/// Logarithms of shares from a tile, none where the mass is not ordinary.
fn logs_in_a_tile<T: Type>(table: &Table, row: &[f64], t: Temperature) -> Vec<f64> {
    let (mut tile, mut batch) = (tile::<T>(&[row.to_vec()]), Batch::new());
    T::short_logs(table, &mut tile, Abreast::one(row.len()), t, &mut batch);
    let ordinary = batch.log_high[0].is_finite();
    if ordinary { lane::<T>(&tile, 0, row.len()) } else { Vec::new() }
}

macro_rules! compare {
    ($real:ty, $alone:ident, $table:ident, $row:ident, $t:ident) => {{
        let x = <$real as Type>::of(&$row);
        for n in [1.0, x.len() as f64] {
            // SAFETY: a live row.
            let alone = unsafe { $table.$alone(x.as_ptr(), x.len(), $t, n) };
            let wanted = in_a_tile::<$real>($table, &$row, $t, n);
            assert_same(&[alone], &[wanted], stringify!($alone));
        }
    }};
}

macro_rules! compare_spread {
    ($real:ty, $shares:ident, $in_a_tile:ident, $table:ident, $row:ident, $t:ident) => {{
        let x = <$real as Type>::of(&$row);
        let untouched = <$real>::MAX;
        let mut out = vec![untouched; x.len()];
        // SAFETY: both live, and as long as each other.
        let ordinary = unsafe { $table.$shares(x.as_ptr(), out.as_mut_ptr(), x.len(), $t) };
        let shares: Vec<f64> = out.iter().map(|share| f64::from(*share)).collect();
        let wanted = $in_a_tile::<$real>($table, &$row, $t);
        if ordinary {
            assert_same(&shares, &wanted, stringify!($shares));
            let mut same = x.clone();
            // SAFETY: over the row itself; the answer repeats what is known.
            let _ = unsafe { $table.$shares(same.as_ptr(), same.as_mut_ptr(), same.len(), $t) };
            assert!(same == out, "{} in place", stringify!($shares));
        } else {
            assert!(wanted.is_empty(), "{} has shares", stringify!($shares));
            assert!(out.iter().all(|share| *share == untouched), "nothing is written");
        }
    }};
}

#[test]
fn alone_as_in_a_tile() {
    let mut random = Random(113);
    for count in 1..=64 {
        let mut rows: Vec<Vec<f64>> =
            FAMILIES.iter().map(|family| (family.make)(&mut random, count)).collect();
        rows.extend(special(&mut random, count).into_iter().map(|(_, row)| row));
        for row in rows {
            for t in TEMPERATURES.map(Temperature::new) {
                for table in tables() {
                    compare!(f32, alone_single, table, row, t);
                    compare!(f64, alone_double, table, row, t);
                    compare_spread!(f32, alone_shares_single, shares_in_a_tile, table, row, t);
                    compare_spread!(f64, alone_shares_double, shares_in_a_tile, table, row, t);
                    compare_spread!(f32, alone_logs_single, logs_in_a_tile, table, row, t);
                    compare_spread!(f64, alone_logs_double, logs_in_a_tile, table, row, t);
                }
            }
        }
    }
}
