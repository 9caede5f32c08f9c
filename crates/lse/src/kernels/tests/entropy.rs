//! The cross-entropy of tiles: the same bits on every table, and in every company.

use super::super::{Abreast, BATCH, Batch, Entropy};
use super::drive::{Type, lane, tile};
use super::rows::TEMPERATURES;
use crate::elementary::exp::Temperature;
use crate::isa::tests::same_on_every_table;
use crate::kernels::Tile;
use crate::kernels::table::Table;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, special};

const COUNTS: [usize; 8] = [1, 2, 7, 10, 16, 17, 33, 64];

/// A type that has the kernel.
trait Kernel: Type {
    fn run(table: &Table, tile: &mut Tile<Self>, of: Abreast, t: Temperature, e: &mut Entropy);
}

impl Kernel for f32 {
    fn run(table: &Table, tile: &mut Tile<f32>, of: Abreast, t: Temperature, e: &mut Entropy) {
        // SAFETY: no pointers.
        unsafe { table.entropy_single(tile, of, t, e, &mut Batch::new()) }
    }
}

impl Kernel for f64 {
    fn run(table: &Table, tile: &mut Tile<f64>, of: Abreast, t: Temperature, e: &mut Entropy) {
        // SAFETY: no pointers.
        unsafe { table.entropy_double(tile, of, t, e, &mut Batch::new()) }
    }
}

/// Rows of every kind with a class each; some hold infinities or nan.
fn mixed(random: &mut Random, rows: usize, count: usize) -> (Vec<Vec<f64>>, Vec<usize>) {
    let mut row = || {
        if random.below(5) > 0 {
            return (FAMILIES[random.below(FAMILIES.len())].make)(random, count);
        }
        let mut rows = special(random, count);
        rows.swap_remove(random.below(rows.len())).1
    };
    let rows: Vec<Vec<f64>> = (0..rows).map(|_| row()).collect();
    let classes = rows.iter().map(|_| random.below(count)).collect();
    (rows, classes)
}

/// The loss and the gradient of every row that has an answer.
fn answers<K: Kernel>(
    table: &Table,
    rows: &[Vec<f64>],
    classes: &[usize],
    t: Temperature,
    gradient: bool,
) -> Vec<Vec<f64>> {
    let (mut tile, count) = (tile::<K>(rows), rows[0].len());
    let mut entropy = Entropy::new(gradient);
    entropy.factor = [[0.3; BATCH], [1e-17; BATCH]];
    entropy.classes[..rows.len()].copy_from_slice(classes);
    let of = Abreast::of(count, rows.len(), K::LANES);
    K::run(table, &mut tile, of, t, &mut entropy);
    let known = entropy.known & (u64::MAX >> (64 - rows.len()));
    let answer = |row: usize| {
        if known >> row & 1 == 0 {
            return Vec::new();
        }
        let mut answer = vec![entropy.losses[0][row], entropy.losses[1][row]];
        answer.extend(if gradient { lane::<K>(&tile, row, count) } else { Vec::new() });
        answer
    };
    (0..rows.len()).map(answer).collect()
}

fn each_tile<K: Kernel>(seed: u64, see: impl Fn(&[Vec<f64>], &[usize], Temperature, bool)) {
    let mut random = Random(seed);
    for count in COUNTS {
        for t in TEMPERATURES.map(Temperature::new) {
            for gradient in [false, true] {
                let (rows, classes) = mixed(&mut random, K::LANES * Abreast::room(count), count);
                see(&rows, &classes, t, gradient);
            }
        }
    }
}

fn same_bits<K: Kernel>(seed: u64) {
    each_tile::<K>(seed, |rows, classes, t, gradient| {
        same_on_every_table("entropy", |table| answers::<K>(table, rows, classes, t, gradient));
    });
}

fn alone<K: Kernel>(seed: u64) {
    let table = crate::isa::kernels();
    each_tile::<K>(seed, |rows, classes, t, gradient| {
        let together = answers::<K>(table, rows, classes, t, gradient);
        for (i, row) in rows.iter().enumerate() {
            let row = std::slice::from_ref(row);
            let alone = answers::<K>(table, row, &classes[i..=i], t, gradient);
            assert_same(&alone[0], &together[i], "entropy");
        }
    });
}

#[test]
fn the_same_bits_on_every_table() {
    same_bits::<f32>(151);
    same_bits::<f64>(152);
}

#[test]
fn company_changes_no_bit() {
    alone::<f32>(153);
    alone::<f64>(154);
}
