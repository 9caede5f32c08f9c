//! Weighted rows and rows across memory: kind, order and stride change no bit of what the same numbers give plain.

use super::super::{Job, weigh};
use crate::dispatch::{Minus, reduce};
use crate::intake::{Kind, View, ViewMut};
use crate::tests::array::{Array, Layout};
use crate::tests::bits::assert_same;
use crate::tests::random::Random;

/// Numbers that every kind of the list holds exactly, and signed weights.
fn numbers(random: &mut Random, count: usize) -> [Vec<f64>; 2] {
    let mut column = || (0..count).map(|_| f64::from(random.whole(-9, 9)) / 4.0).collect();
    [column(), column()]
}

/// The results of an array of rows of float64.
fn results(count: usize, work: impl FnOnce(&ViewMut<'_>)) -> Vec<f64> {
    let mut out = Array::plain(Kind::Float64, &[count], &vec![7.0; count]);
    work(&out.view_mut());
    out.numbers()
}

/// Rows along the first axis.
fn job(x: View<'_>) -> Job<'_> {
    Job { x, axes: 1, mask: None, temperature: 1.0 }
}

fn weighed(x: View<'_>, b: View<'_>, count: usize) -> Vec<f64> {
    results(count, |out| weigh(&job(x), &b, out, None).expect("memory"))
}

fn reduced(x: View<'_>, count: usize) -> Vec<f64> {
    results(count, |out| reduce(&job(x), out, Minus::Nothing).expect("memory"))
}

#[test]
fn weighted_rows_in_any_layout() {
    let mut random = Random(71);
    for (length, count) in [(1, 3), (10, 70), (64, 9), (65, 130), (600, 66), (1100, 5)] {
        let shape = [length, count];
        let [x, mut b] = numbers(&mut random, length * count);
        // Groups of positive weights are summed in a way of their own.
        for weight in b.iter_mut().take(length / 2 * count) {
            *weight = weight.abs() + 0.25;
        }
        let plain = |x: &[f64]| {
            // rows side by side
            let layout = Layout { order: vec![1, 0], ..Layout::plain(2) };
            Array::new(Kind::Float64, &shape, &layout, x)
        };
        let (rows, weights) = (plain(&x), plain(&b));
        let expected = weighed(rows.view(), weights.view(), count);
        for kind in [Kind::Float64, Kind::Float32, Kind::Float16, Kind::BFloat16] {
            for _ in 0..3 {
                let rows = Array::new(kind, &shape, &Layout::any(&mut random, 2), &x);
                let layout = Layout::any(&mut random, 2);
                let weights = Array::new(Kind::Float64, &shape, &layout, &b);
                let got = weighed(rows.view(), weights.view(), count);
                assert_same(&expected, &got, &format!("{length} x {count} {kind:?}"));
            }
        }
    }
}

#[test]
fn converted_rows_in_any_layout() {
    let mut random = Random(72);
    for (length, count) in [(10, 70), (65, 300), (600, 20), (20_000, 3)] {
        let shape = [length, count];
        let [x, _] = numbers(&mut random, length * count);
        let layout = Layout { order: vec![1, 0], ..Layout::plain(2) };
        let rows = Array::new(Kind::Float32, &shape, &layout, &x);
        let mut single = Array::plain(Kind::Float32, &[count], &vec![7.0; count]);
        reduce(&job(rows.view()), &single.view_mut(), Minus::Nothing).expect("memory");
        let expected = single.numbers();
        for kind in [Kind::Float32, Kind::Float16, Kind::BFloat16] {
            for swapped in [false, true] {
                for order in [vec![0, 1], vec![1, 0]] {
                    let layout = Layout { order, swapped, ..Layout::plain(2) };
                    let rows = Array::new(kind, &shape, &layout, &x);
                    reduce(&job(rows.view()), &single.view_mut(), Minus::Nothing).expect("memory");
                    let got = single.numbers();
                    assert_same(&expected, &got, &format!("{length} x {count} {kind:?}"));
                }
            }
        }
        let wide = Array::new(Kind::Float64, &shape, &layout, &x);
        let expected = reduced(wide.view(), count);
        let layout = Layout { swapped: true, ..Layout::plain(2) };
        let swapped = Array::new(Kind::Float64, &shape, &layout, &x);
        assert_same(&expected, &reduced(swapped.view(), count), "float64 across memory");
    }
}

#[test]
fn another_weight_is_another_result() {
    let [x, mut b] = numbers(&mut Random(73), 700);
    let rows = Array::plain(Kind::Float64, &[700, 1], &x);
    let before = weighed(rows.view(), Array::plain(Kind::Float64, &[700, 1], &b).view(), 1);
    b[699] += 1.0;
    let after = weighed(rows.view(), Array::plain(Kind::Float64, &[700, 1], &b).view(), 1);
    assert_ne!(before[0].to_bits(), after[0].to_bits());
}
