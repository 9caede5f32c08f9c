//! Rows whose every element counts, and the gradient at targets: the same bits on every table, whatever the cut.

use super::super::{BATCH, Batch, Bend, Dots, Peaks};
use crate::elementary::exp::{Reference, Temperature};
use crate::elementary::precise::exp_one;
use crate::isa::tests::same_on_every_table;
use crate::kernels::table::Table;
use crate::state::Mass;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;

const LENGTHS: [usize; 7] = [1, 7, 8, 31, 32, 65, 300];

fn numbers(random: &mut Random, count: usize) -> [Vec<f64>; 2] {
    let x = (0..count).map(|_| 3.0 * random.normal()).collect();
    let a = (0..count).map(|_| if random.below(4) == 0 { 0.0 } else { random.unit() });
    [x, a.collect()]
}

/// The sums of a row, added in pieces of that many elements.
fn sums(table: &Table, x: &[f64], a: Option<&[f64]>, piece: usize) -> Vec<f64> {
    let (mut double, mut single) = (Dots::ZERO, Dots::ZERO);
    let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
    for start in (0..x.len()).step_by(piece) {
        let end = x.len().min(start + piece);
        let a = a.map(|a| &a[start..end]);
        // SAFETY: no pointers.
        unsafe {
            table.dots_double(&x[start..end], a, &mut double);
            table.dots_single(&narrow[start..end], a, &mut single);
        }
    }
    [double.dot, double.all, single.dot, single.all].iter().flatten().flatten().copied().collect()
}

#[test]
fn sums_have_the_same_bits_on_every_table_and_in_pieces() {
    let mut random = Random(161);
    for count in LENGTHS {
        let [x, a] = numbers(&mut random, count);
        for a in [None, Some(&a[..])] {
            same_on_every_table("dots", |table| sums(table, &x, a, count));
            let table = crate::isa::kernels();
            assert_same(&sums(table, &x, a, count), &sums(table, &x, a, 32), "dots in pieces");
        }
    }
}

#[test]
fn nothing_is_lost_beside_a_large_term() {
    let x: Vec<f64> = (0..40).map(|i| [1e20, 0.5, -1e20, 0.25][i / 8 % 4]).collect();
    let sums = sums(crate::isa::kernels(), &x, None, 40);
    let dot: f64 = sums[..16].iter().sum();
    // 8 (1e20 + 0.5 - 1e20 + 0.25 + 1e20): the last of them stays
    assert_eq!(sums[8..16].iter().sum::<f64>(), 6.0);
    assert_eq!(dot, 8e20 + 6.0);
}

#[test]
fn what_counts_for_nothing_is_not_there() {
    let (x, a) = ([f64::NAN, 2.0, f64::INFINITY, 3.0], [0.0, 1.0, 0.0, 2.0]);
    let sums = sums(crate::isa::kernels(), &x, Some(&a), 4);
    assert_eq!(sums[..16].iter().sum::<f64>(), 8.0);
    assert_eq!(sums[16..32].iter().sum::<f64>(), 3.0);
}

#[test]
fn slopes_have_the_same_bits_on_every_table() {
    let mut random = Random(162);
    for count in LENGTHS {
        let [_, a] = numbers(&mut random, count);
        let shares: Vec<f64> = (0..count).map(|_| random.unit() / count as f64).collect();
        let bend = Bend { total: (1.3, 1e-17), z: 0.01, factor: 1.0 / 7.0, alike: 0.1 };
        for a in [None, Some(&a[..])] {
            same_on_every_table("bend", |table| {
                let mut shares = shares.clone();
                // SAFETY: no pointers.
                unsafe { table.bend(&mut shares, a, &bend) };
                shares
            });
        }
    }
}

#[test]
fn targets_have_the_same_bits_on_every_table_and_miss_what_they_share() {
    let mut random = Random(163);
    for t in super::rows::TEMPERATURES.map(Temperature::new) {
        let (mut batch, mut x) = (Batch::new(), [0.0; BATCH]);
        for (i, x) in x.iter_mut().enumerate() {
            *x = 5.0 * random.normal();
            // e^(x/t) is one part in 4 to 20
            let high = exp_one(*x / t.value, 0.0).0 * random.between(4.0, 20.0);
            batch.set(i, Mass { max: *x, reference: Reference::ZERO, high, low: 0.0 });
        }
        let slopes = |table: &Table| {
            let mut peaks = Peaks { x, factor: [[0.5; BATCH], [0.0; BATCH]], ..Peaks::NONE };
            // SAFETY: no pointers.
            unsafe { table.slopes(&mut peaks, &batch, BATCH, t) };
            peaks.slopes
        };
        same_on_every_table("slopes", slopes);
        for (i, slope) in slopes(crate::isa::kernels()).iter().enumerate() {
            let share = exp_one(x[i] / t.value, 0.0).0 / batch.high[i];
            assert!((slope + 0.5 * (1.0 - share)).abs() < 1e-12, "{slope} at a share of {share}");
        }
    }
}
