//! scatter: every float kind rounded once, to nearest, ties to even; every byte order, stride and alignment.

use super::super::scatter::write;
use super::super::{Compute, Sink};
use crate::intake::{Kind, OUT, Rows, Strides};
use crate::tests::array::{Array, Layout};
use crate::tests::bits::{assert_same, bits};
use crate::tests::number::{decode, small_float};
use crate::tests::random::Random;

/// What a number becomes.
fn written(kind: Kind, x: f64) -> f64 {
    let mut bytes = [0u8; 8];
    // SAFETY: eight bytes are room for every kind.
    unsafe { write(bytes.as_mut_ptr(), kind, false, x) };
    decode(kind, &bytes[..kind.size()])
}

/// Neighbours of sixteen bits and what lies between them: the midpoint goes to the even one.
fn between_neighbours(exponent_bits: i32) -> Vec<(f64, f64)> {
    let infinity = ((1u16 << exponent_bits) - 1) << (15 - exponent_bits);
    let mut cases = Vec::new();
    for bits in 0..infinity {
        let low = small_float(bits, exponent_bits);
        // The last neighbour is where the next number would be, and it rounds to infinity.
        let step = low - small_float(bits.max(1) - 1, exponent_bits);
        let past = bits + 1 == infinity;
        let high = if past { low + step } else { small_float(bits + 1, exponent_bits) };
        let answer = if past { f64::INFINITY } else { high };
        let middle = low + (high - low) / 2.0;
        let even = if bits % 2 == 0 { low } else { answer };
        for (x, expected) in [
            (low, low),
            (low + (high - low) * 0.01, low),
            (middle.next_down(), low),
            (f64::from((middle as f32).next_down()), low),
            (middle, even),
            (f64::from((middle as f32).next_up()), answer),
            (middle.next_up(), answer),
            (high.next_down(), answer),
        ] {
            cases.extend([(x, expected), (-x, -expected)]);
        }
    }
    cases
}

const NARROW: [(Kind, i32); 2] = [(Kind::Float16, 5), (Kind::BFloat16, 8)];

#[test]
fn between_any_two_neighbours() {
    for (kind, exponent_bits) in NARROW {
        for (x, expected) in between_neighbours(exponent_bits) {
            assert_eq!(written(kind, x), expected, "{kind:?}: {x:e}");
        }
    }
}

/// What float32 or float64 numbers become when they are scattered side by side.
fn scattered<T: Compute>(kind: Kind, values: &[T]) -> Vec<f64> {
    let shape = [values.len()];
    let mut array = Array::plain(kind, &shape, &vec![-1.0; values.len()]);
    let strides = array.strides.clone();
    let mut operands = [Strides::None; 5];
    operands[OUT] = Strides::All(&strides);
    let rows = Rows::new(&shape, 1, operands);
    let out = array.view_mut();
    Sink { out: &out, rows: &rows }.scatter(&rows.offsets(0), 0, values);
    array.numbers()
}

#[test]
fn between_any_two_neighbours_side_by_side() {
    for (kind, exponent_bits) in NARROW {
        let cases = between_neighbours(exponent_bits);
        let (x, expected): (Vec<f64>, Vec<f64>) = cases.into_iter().unzip();
        assert_same(&expected, &scattered(kind, &x), "float64");
        // float32 where it holds the number
        let singles = x.iter().zip(&expected).filter(|(x, _)| f64::from(**x as f32) == **x);
        let (x, expected): (Vec<f32>, Vec<f64>) = singles.map(|(x, y)| (*x as f32, *y)).unzip();
        assert_same(&expected, &scattered(kind, &x), "float32");
    }
}

#[test]
fn every_nan_stays_one() {
    let patterns =
        [0x7FC0_0000u32, 0x7F80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFF80_0001, 0xFFC0_0000];
    let x = patterns.map(f32::from_bits);
    for kind in [Kind::Float16, Kind::BFloat16, Kind::Float32, Kind::Float64] {
        assert!(scattered(kind, &x).iter().all(|x| x.is_nan()), "{kind:?}");
        assert!(scattered(kind, &x.map(f64::from)).iter().all(|x| x.is_nan()), "{kind:?}");
    }
}

#[test]
fn the_ends_of_every_kind() {
    for kind in [Kind::Float16, Kind::BFloat16, Kind::Float32, Kind::Float64] {
        assert!(written(kind, f64::NAN).is_nan());
        for x in [0.0, f64::INFINITY, 1.0, -2.5] {
            assert_eq!(bits(written(kind, x)), bits(x), "{kind:?}");
            assert_eq!(bits(written(kind, -x)), bits(-x), "{kind:?}");
        }
    }
    for kind in [Kind::Float16, Kind::BFloat16, Kind::Float32] {
        assert_eq!(written(kind, 1e300), f64::INFINITY, "{kind:?}");
        assert_eq!(bits(written(kind, -1e-300)), bits(-0.0), "{kind:?}");
        assert_eq!(bits(written(kind, f64::from_bits(1))), bits(0.0), "{kind:?}");
    }
    // Nothing that is no nan may become one, nor the other way round.
    for bits in [1u64, 1 << 31, 1 << 32, 1 << 45, 1 << 51] {
        let nan = f64::from_bits(0x7FF0_0000_0000_0000 | bits);
        for kind in [Kind::Float16, Kind::BFloat16, Kind::Float32, Kind::Float64] {
            assert!(written(kind, nan).is_nan(), "{kind:?}: {bits:x}");
        }
    }
}

#[test]
fn every_layout() {
    let mut random = Random(51);
    for round in 0..200 {
        let shape = [1 + random.below(5), 1 + random.below(6), 1 + random.below(70)];
        let count = shape.iter().product();
        let kinds = [Kind::Float16, Kind::BFloat16, Kind::Float32, Kind::Float64];
        let kind = kinds[round % kinds.len()];
        let numbers: Vec<f64> = (0..count).map(|_| f64::from(random.whole(-99, 99))).collect();
        let layout = Layout::any(&mut random, 3);
        let mut array = Array::new(kind, &shape, &layout, &vec![-1.0; count]);
        let strides = array.strides.clone();
        let mut operands = [Strides::None; 5];
        operands[OUT] = Strides::All(&strides);
        // Rows along the last two axes, written in two pieces
        let rows = Rows::new(&shape, 0b110, operands);
        let out = array.view_mut();
        let sink = Sink { out: &out, rows: &rows };
        for (row, part) in numbers.chunks(rows.length).enumerate() {
            let cut = random.below(part.len() + 1);
            sink.scatter(&rows.offsets(row), 0, &part[..cut]);
            sink.scatter(&rows.offsets(row), cut, &part[cut..]);
        }
        assert_same(&numbers, &array.numbers(), "scattered");
    }
}
