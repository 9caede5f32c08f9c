//! Rows whose every element counts, and the gradient at targets: the same bits on every table, whatever the cut.

use super::super::{BATCH, Batch, Bend, Dots, Given, Inverse, Numbers, Peaks};
use crate::elementary::exp::{Reference, Temperature};
use crate::elementary::precise::exp_one;
use crate::isa::tests::same_on_every_table;
use crate::kernels::table::{Guess, Table};
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
fn sums(table: &Table, x: &[f64], a: Option<Numbers<'_>>, piece: usize) -> Vec<f64> {
    let (mut double, mut single) = (Dots::ZERO, Dots::ZERO);
    let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
    for start in (0..x.len()).step_by(piece) {
        let end = x.len().min(start + piece);
        let a = a.map(|a| match a {
            Numbers::Single(a) => Numbers::Single(&a[start..end]),
            Numbers::Double(a) => Numbers::Double(&a[start..end]),
        });
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
        let single: Vec<f32> = a.iter().map(|a| *a as f32).collect();
        let widened: Vec<f64> = single.iter().map(|a| f64::from(*a)).collect();
        let table = crate::isa::kernels();
        for a in [None, Some(Numbers::Double(&a)), Some(Numbers::Single(&single))] {
            same_on_every_table("dots", |table| sums(table, &x, a, count));
            assert_same(&sums(table, &x, a, count), &sums(table, &x, a, 32), "dots in pieces");
        }
        let [a, b] = [Numbers::Single(&single), Numbers::Double(&widened)];
        let sums = |a| sums(table, &x, Some(a), count);
        assert_same(&sums(a), &sums(b), "float32 coefficients");
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
    let sums = sums(crate::isa::kernels(), &x, Some(Numbers::Double(&a)), 4);
    assert_eq!(sums[..16].iter().sum::<f64>(), 8.0);
    assert_eq!(sums[16..32].iter().sum::<f64>(), 3.0);
}

/// The gradient of a row as float32 and as float64, with remainders or without.
fn slopes(table: &Table, x: &[f64], given: Given<'_>, t: Temperature, keep: bool) -> [Vec<f64>; 2] {
    let single: Vec<f32> = x.iter().map(|x| *x as f32).collect();
    let max = x.iter().fold(f64::NEG_INFINITY, |max: f64, x| max.max(*x));
    let guess = Guess { reference: Reference::of::<f64>(max, t), temperature: t };
    let room = || vec![0f64; x.len().next_multiple_of(8)];
    let (mut kept, mut narrowly) = (room(), vec![0f32; x.len()]);
    let place = |kept: &mut Vec<f64>| if keep { kept.as_mut_ptr() } else { core::ptr::null_mut() };
    // SAFETY: all hold as many elements, remainders in whole vectors.
    unsafe {
        let rests = place(&mut kept);
        let mass = table.fold_wide(&single, &guess, rests);
        let by = Bend { inverse: Inverse::of(&mass, t), given };
        table.bend_single(single.as_ptr(), rests, narrowly.as_mut_ptr(), x.len(), &by);
    }
    let (mut kept, mut widely) = (room(), room());
    // SAFETY: as above.
    unsafe {
        let rests = place(&mut kept);
        let mass = table.keep_double(x, &guess, kept.as_mut_ptr());
        let by = Bend { inverse: Inverse::of(&mass, t), given };
        table.bend_double(x.as_ptr(), rests, widely.as_mut_ptr(), x.len(), &by);
    }
    [narrowly.iter().map(|slope| f64::from(*slope)).collect(), widely[..x.len()].to_vec()]
}

#[test]
fn slopes_have_the_same_bits_on_every_table_and_are_differences() {
    let mut random = Random(162);
    for (count, t) in LENGTHS.iter().flat_map(|n| super::rows::TEMPERATURES.map(|t| (*n, t))) {
        let t = Temperature::new(t);
        let [mut x, q] = numbers(&mut random, count);
        x.iter_mut().for_each(|x| *x = f64::from((*x * t.value) as f32));
        let single: Vec<f32> = q.iter().map(|q| *q as f32).collect();
        let each = |numbers| Given::Each { factor: 0.7, term: 1e-3, numbers };
        for given in [Given::Alike(0.1), each(Numbers::Double(&q)), each(Numbers::Single(&single))]
        {
            for i in 0..2 {
                same_on_every_table("slopes", |table| slopes(table, &x, given, t, true)[i].clone());
            }
            let table = crate::isa::kernels();
            let [kept, again] = [true, false].map(|keep| slopes(table, &x, given, t, keep));
            assert_same(&kept.concat(), &again.concat(), "slopes of remainders");
            let max = x.iter().fold(f64::NEG_INFINITY, |max: f64, x| max.max(*x));
            let power = |x: f64| exp_one((x - max) / t.value, 0.0).0;
            let sum: f64 = x.iter().map(|x| power(*x)).sum();
            for (i, x) in x.iter().enumerate() {
                let a = match given {
                    Given::Alike(a) => a,
                    Given::Each { .. } => 0.7 * q[i] + 1e-3,
                };
                let want = power(*x) / sum - a;
                // 2^-24 of what is subtracted, for float32 coefficients and results
                assert!((kept[0][i] - want).abs() < 1e-7 && (kept[1][i] - want).abs() < 1e-7);
            }
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
