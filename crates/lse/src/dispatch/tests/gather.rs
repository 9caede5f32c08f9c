//! gather: every kind, byte order, stride and alignment, against the definition of the kind.

use super::super::Compute;
use super::super::gather::gather;
use crate::intake::Kind;
use crate::tests::bits::assert_same;
use crate::tests::number::{KINDS, decode, small_float};
use crate::tests::random::Random;
use proptest::prelude::*;

/// `count` elements of a memory of random bytes, from `start` on, one by one.
fn obvious(
    kind: Kind,
    swapped: bool,
    memory: &[u8],
    start: usize,
    stride: isize,
    count: usize,
) -> Vec<f64> {
    let element = |i: usize| {
        let place = (start as isize + i as isize * stride) as usize;
        let mut bytes = memory[place..place + kind.size()].to_vec();
        if swapped {
            bytes.reverse();
        }
        decode(kind, &bytes)
    };
    (0..count).map(element).collect()
}

fn gathered<T: Compute>(
    kind: Kind,
    swapped: bool,
    memory: &[u8],
    start: usize,
    stride: isize,
    count: usize,
) -> Vec<f64> {
    let last = start as isize + stride * (count as isize - 1);
    assert!(last >= 0 && last as usize + kind.size() <= memory.len(), "within the memory");
    let mut out = vec![T::default(); count];
    // SAFETY: the first and the last element lie within the memory, the others between them.
    unsafe { gather(kind, swapped, memory.as_ptr().add(start), stride, &mut out) };
    out.into_iter().map(Into::into).collect()
}

proptest! {
    #![proptest_config(crate::tests::laws::cases(400))]

    #[test]
    fn every_kind_order_and_stride(
        kind in prop::sample::select(KINDS.to_vec()),
        swapped in any::<bool>(),
        stride in -20isize..20,
        odd in 0usize..8,
        count in 1usize..40,
        seed in any::<u64>(),
    ) {
        // Half of the time neighbours
        let stride = if seed & 1 == 0 { kind.size() as isize } else { stride };
        let mut random = Random(seed);
        let reach = stride.unsigned_abs() * (count - 1);
        let memory: Vec<u8> = (0..odd + reach + 8).map(|_| random.bits() as u8).collect();
        let start = odd + if stride < 0 { reach } else { 0 };
        // One byte has no order.
        let swapped = swapped && kind.size() > 1;
        let expected = obvious(kind, swapped, &memory, start, stride, count);
        let wide = gathered::<f64>(kind, swapped, &memory, start, stride, count);
        assert_same(&expected, &wide, "as float64");
        if kind.fits_float32() {
            let narrow = gathered::<f32>(kind, swapped, &memory, start, stride, count);
            assert_same(&expected, &narrow, "as float32");
        }
    }
}

#[test]
fn every_number_of_sixteen_bits() {
    let memory: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_ne_bytes).collect();
    for (kind, exponent) in [(Kind::Float16, 5), (Kind::BFloat16, 8)] {
        let expected: Vec<f64> = (0..=u16::MAX).map(|bits| small_float(bits, exponent)).collect();
        let count = expected.len();
        assert_same(&expected, &gathered::<f32>(kind, false, &memory, 0, 2, count), "float32");
        assert_same(&expected, &gathered::<f64>(kind, false, &memory, 0, 2, count), "float64");
    }
}

#[test]
fn integers_are_rounded_once() {
    for (x, rounded) in
        [(i64::MAX, 9_223_372_036_854_775_808.0), ((1 << 53) + 1, 9_007_199_254_740_992.0)]
    {
        let got = gathered::<f64>(Kind::Int64, false, &x.to_ne_bytes(), 0, 8, 1);
        assert_eq!(got, [rounded]);
    }
    let got = gathered::<f64>(Kind::Uint64, false, &u64::MAX.to_ne_bytes(), 0, 8, 1);
    assert_eq!(got, [18_446_744_073_709_551_616.0]);
}

#[test]
#[should_panic(expected = "number 2 of 4")]
fn a_stride_that_is_wrong_is_caught() {
    let memory: Vec<u8> = (0..32).collect();
    let right = obvious(Kind::Int16, false, &memory, 0, 4, 4);
    let mut wrong = gathered::<f64>(Kind::Int16, false, &memory, 0, 4, 4);
    wrong[2] = gathered::<f64>(Kind::Int16, false, &memory, 0, 2, 4)[2];
    assert_same(&right, &wrong, "strides");
}
