//! Tiles of short rows: the same bits on every table, and in every company.

use super::super::{Abreast, Batch};
use super::drive::{Type, lane, tile};
use super::rows::TEMPERATURES;
use crate::elementary::exp::Temperature;
use crate::isa::tests::same_on_every_table;
use crate::kernels::table::Table;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, special};

const COUNTS: [usize; 13] = [1, 2, 7, 8, 9, 10, 15, 16, 17, 31, 32, 63, 64];

/// A tile of rows of every kind, so that lanes differ in what they need; some hold infinities or nan.
fn mixed(random: &mut Random, lanes: usize, count: usize) -> Vec<Vec<f64>> {
    let mut row = || {
        if random.below(5) > 0 {
            return (FAMILIES[random.below(FAMILIES.len())].make)(random, count);
        }
        let mut rows = special(random, count);
        rows.swap_remove(random.below(rows.len())).1
    };
    (0..lanes).map(|_| row()).collect()
}

/// The tiles of these rows.
fn abreast<T: Type>(rows: &[Vec<f64>]) -> Abreast {
    Abreast::of(rows[0].len(), rows.len(), T::LANES)
}

/// What a tile is folded to: the masses, field by field.
fn masses<T: Type>(table: &Table, rows: &[Vec<f64>], t: Temperature) -> Vec<Vec<f64>> {
    let (mut tile, mut batch) = (tile::<T>(rows), Batch::new());
    T::short(table, &mut tile, abreast::<T>(rows), t, &mut batch);
    let fields = [batch.max, batch.exponent, batch.center, batch.high, batch.low];
    fields.map(|field| field[..rows.len()].to_vec()).to_vec()
}

/// The shares of every row of a tile.
fn shares<T: Type>(table: &Table, rows: &[Vec<f64>], t: Temperature) -> Vec<Vec<f64>> {
    let (mut tile, count) = (tile::<T>(rows), rows[0].len());
    let mut batch = Batch::new();
    T::short_shares(table, &mut tile, abreast::<T>(rows), t, &mut batch);
    let shares = (0..rows.len()).map(|i| {
        // What a row holds that has no ordinary mass is never read.
        let ordinary = batch.high[i] > 0.0 && batch.high[i] < f64::INFINITY;
        if ordinary { lane::<T>(&tile, i, count) } else { Vec::new() }
    });
    shares.collect()
}

/// The logarithms of the shares of every row.
fn log_shares<T: Type>(table: &Table, rows: &[Vec<f64>], t: Temperature) -> Vec<Vec<f64>> {
    let (mut tile, count) = (tile::<T>(rows), rows[0].len());
    let mut batch = Batch::new();
    T::short_logs(table, &mut tile, abreast::<T>(rows), t, &mut batch);
    let ordinary = |i: &usize| batch.log_high[*i].is_finite();
    let log = |i| if ordinary(&i) { lane::<T>(&tile, i, count) } else { Vec::new() };
    (0..rows.len()).map(log).collect()
}

/// The sums of every row of a float64 tile to 110 bits.
fn precise(table: &Table, rows: &[Vec<f64>], t: Temperature) -> Vec<Vec<f64>> {
    let tile = tile::<f64>(rows);
    // SAFETY: no pointers.
    let [high, low] = unsafe { table.precise_tile(&tile, rows[0].len(), t) };
    (0..rows.len()).map(|i| vec![high[i], low[i]]).collect()
}

type Kernel = fn(&Table, &[Vec<f64>], Temperature) -> Vec<Vec<f64>>;
const KERNELS: [(&str, usize, Kernel); 7] = [
    ("short_single", 16, masses::<f32>),
    ("short_double", 8, masses::<f64>),
    ("short_shares_single", 16, shares::<f32>),
    ("short_shares_double", 8, shares::<f64>),
    ("short_log_shares_single", 16, log_shares::<f32>),
    ("short_log_shares", 8, log_shares::<f64>),
    ("precise_tile", 8, precise),
];

#[test]
fn the_same_bits_on_every_table() {
    let mut random = Random(111);
    for count in COUNTS {
        for (name, lanes, kernel) in KERNELS {
            for t in TEMPERATURES.map(Temperature::new) {
                for _ in 0..8 {
                    let rows = mixed(&mut random, lanes, count);
                    same_on_every_table(name, |table| kernel(table, &rows, t));
                }
            }
        }
    }
}

#[test]
fn company_changes_no_bit() {
    // A row alone in its tile, and beside rows that have to be centred, in as many tiles as there is room for
    let (mut random, table) = (Random(112), crate::isa::kernels());
    for count in COUNTS {
        for (name, lanes, kernel) in KERNELS {
            let tiles = if name == "precise_tile" { 1 } else { Abreast::room(count) };
            for t in TEMPERATURES.map(Temperature::new) {
                let rows = mixed(&mut random, lanes * tiles, count);
                let together = kernel(table, &rows, t);
                for (i, row) in rows.iter().enumerate() {
                    let alone = kernel(table, std::slice::from_ref(row), t);
                    // Masses come field by field, everything else row by row.
                    if name == "short_single" || name == "short_double" {
                        let fields: Vec<f64> = together.iter().map(|field| field[i]).collect();
                        assert_same(&alone.concat(), &fields, name);
                    } else {
                        assert_same(&alone[0], &together[i], name);
                    }
                }
            }
        }
    }
}
