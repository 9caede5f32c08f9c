//! The helpers are tested to be able to fail: an answer that is wrong by a little is seen.

use super::array::{Array, Layout, walk};
use super::bits::assert_same;
use super::exact::{Exact, log_sum_exp, shares, times_power};
use super::number::{decode, encode, small_float};
use super::worst::{FLOAT32, FLOAT64, Worst, hex, power, relative, ulps};
use crate::intake::Kind;
use crate::kernels::naive;
use crate::state::State;

#[test]
fn exact_answers_are_those_of_the_books() {
    let third = &Exact::of(1.0) / &Exact::of(3.0);
    assert_eq!(third.near(), 1.0 / 3.0);
    assert_eq!(third.exponent(), -2);
    // e and log 2 to 100 bits, as the nearest float64 and what it misses
    let e = Exact::sum(&[core::f64::consts::E, 1.4456468917292502e-16]);
    assert!(relative(&[Exact::of(1.0).exp().near()], &e) < power(-52));
    assert!((&Exact::of(1.0).exp() - &e).near().abs() < 1e-31);
    let log2 = Exact::sum(&[core::f64::consts::LN_2, 2.3190468138462996e-17]);
    assert!((&Exact::of(2.0).log() - &log2).near().abs() < 1e-32);
    // the cases of the contract
    assert_eq!(log_sum_exp(&[0.0, -40.0], 1.0).near(), 4.248354255291589e-18);
    assert_eq!(log_sum_exp(&[-600.0, 0.0], 1.0).near(), 2.6503965530043108e-261);
    let half = -core::f64::consts::LN_2;
    assert_eq!(log_sum_exp(&[half, half], 1.0).near(), 2.3190468138462996e-17);
    assert_eq!(shares(&[0.0, -100.0], 1.0)[1].near(), 3.720075976020836e-44);
}

#[test]
fn one_ulp_is_one_ulp() {
    for (x, format, next) in [
        (1.0, FLOAT64, 1.0f64.next_up()),
        (1.0, FLOAT32, f64::from(1.0f32.next_up())),
        (-1e300, FLOAT64, (-1e300f64).next_down()),
        (f64::from_bits(5), FLOAT64, f64::from_bits(6)),
        (f64::from(f32::from_bits(5)), FLOAT32, f64::from(f32::from_bits(6))),
    ] {
        assert_eq!(ulps(x, &Exact::of(x), format), 0.0);
        assert_eq!(ulps(next, &Exact::of(x), format), 1.0, "{}", hex(x));
    }
    assert_eq!(ulps(f64::NAN, &Exact::of(1.0), FLOAT64), f64::INFINITY);
    assert_eq!(relative(&[1.0, f64::NAN], &Exact::of(1.0)), f64::INFINITY);
    assert_eq!(relative(&[1.0, power(-100)], &Exact::of(1.0)), power(-100));
}

#[test]
#[should_panic(expected = "worst 3.0000")]
fn one_wrong_answer_of_many_fails() {
    let mut worst = Worst::default();
    for i in 0..100 {
        worst.see(if i == 57 { 3.0 } else { 0.5 }, &[f64::from(i)]);
    }
    assert_eq!((worst.at[0], worst.count), (57.0, 100));
    worst.within("three", 2.0, 1.0);
}

#[test]
#[should_panic(expected = "inf")]
fn a_nan_fails() {
    let mut worst = Worst::default();
    worst.see(f64::NAN, &[1.0]);
    worst.within("nan", 1e300, 1.0);
}

#[test]
#[should_panic(expected = "nothing was tried")]
fn trying_nothing_fails() {
    Worst::default().within("nothing", 1.0, 1.0);
}

#[test]
#[should_panic(expected = "number 1 of 3")]
fn a_last_bit_fails() {
    assert_same(&[1.0, 2.0, 3.0][..], &[1.0, 2.0f64.next_up(), 3.0][..], "bits");
}

#[test]
#[should_panic(expected = "number 0 of 1")]
fn a_sign_of_zero_fails() {
    assert_same(&0.0f64, &-0.0f64, "zeros");
}

#[test]
fn hexadecimal() {
    assert_eq!(hex(1.0), "0x1.0000000000000p0");
    assert_eq!(hex(-0.1), "-0x1.999999999999ap-4");
    assert_eq!(hex(f64::from_bits(1)), "0x0.0000000000001p-1022");
    assert_eq!(times_power(3.0, -1074), f64::from_bits(3));
}

#[test]
fn arrays_hold_what_was_put_in() {
    let numbers: Vec<f64> = (0..24).map(f64::from).collect();
    let layout =
        Layout { order: vec![1, 0, 2], backwards: vec![true, false, true], gap: 3, swapped: true };
    let array = Array::new(Kind::Int32, &[2, 3, 4], &layout, &numbers);
    assert_eq!(array.numbers(), numbers);
    assert_eq!(array.strides, [-28, 56, -7]);
    assert_eq!(walk(&[2, 3], &[10, -1]), [0, -1, -2, 10, 9, 8]);
    // read in the other byte order, the same bytes are other numbers
    assert_ne!(decode(Kind::Int32, &[0, 0, 0, 1]), decode(Kind::Int32, &[1, 0, 0, 0]));
    assert_eq!(decode(Kind::Float16, &encode(Kind::Float16, -1.5)), -1.5);
    assert_eq!(small_float(0x0001, 5), power(-24));
    assert_eq!(small_float(0x7BFF, 5), 65504.0);
    assert_eq!(small_float(0x3F80, 8), 1.0);
    assert!(small_float(0x7F81, 8).is_nan());
}

#[test]
fn the_naive_kernel_sees_every_element() {
    let row = [0.0, -1.0, 2.5, 2.5, -30.0];
    let state = naive::fold(&row);
    assert_eq!((state.max, state.top), (2.5, 2.0));
    for i in 0..row.len() {
        let mut other = row;
        other[i] -= 1e-3;
        assert_ne!(naive::fold(&other), state, "element {i}");
    }
    assert_ne!(naive::fold(&row[1..]), state);
    assert_ne!(State { rest: state.rest.next_up(), ..state }, state);
}
