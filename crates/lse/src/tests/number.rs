//! Numbers as bytes: every kind by its definition.

use super::exact::times_power;
use crate::intake::Kind;
use half::{bf16, f16};

/// Every kind.
pub(crate) const KINDS: [Kind; 13] = [
    Kind::Bool,
    Kind::Int8,
    Kind::Int16,
    Kind::Int32,
    Kind::Int64,
    Kind::Uint8,
    Kind::Uint16,
    Kind::Uint32,
    Kind::Uint64,
    Kind::Float16,
    Kind::BFloat16,
    Kind::Float32,
    Kind::Float64,
];

/// The bytes of a number that the kind can hold.
pub(crate) fn encode(kind: Kind, x: f64) -> Vec<u8> {
    match kind {
        Kind::Bool => vec![u8::from(x != 0.0)],
        Kind::Int8 => (x as i8).to_ne_bytes().to_vec(),
        Kind::Int16 => (x as i16).to_ne_bytes().to_vec(),
        Kind::Int32 => (x as i32).to_ne_bytes().to_vec(),
        Kind::Int64 => (x as i64).to_ne_bytes().to_vec(),
        Kind::Uint8 => (x as u8).to_ne_bytes().to_vec(),
        Kind::Uint16 => (x as u16).to_ne_bytes().to_vec(),
        Kind::Uint32 => (x as u32).to_ne_bytes().to_vec(),
        Kind::Uint64 => (x as u64).to_ne_bytes().to_vec(),
        Kind::Float16 => f16::from_f64(x).to_ne_bytes().to_vec(),
        Kind::BFloat16 => bf16::from_f64(x).to_ne_bytes().to_vec(),
        Kind::Float32 => (x as f32).to_ne_bytes().to_vec(),
        Kind::Float64 => x.to_ne_bytes().to_vec(),
    }
}

/// The number that bytes stand for, as float64.
pub(crate) fn decode(kind: Kind, bytes: &[u8]) -> f64 {
    macro_rules! of {
        ($type:ty) => {
            <$type>::from_ne_bytes(bytes.try_into().expect("as many bytes"))
        };
    }
    match kind {
        Kind::Bool => f64::from(bytes[0] != 0),
        Kind::Int8 => of!(i8).into(),
        Kind::Int16 => of!(i16).into(),
        Kind::Int32 => of!(i32).into(),
        Kind::Int64 => of!(i64) as f64,
        Kind::Uint8 => of!(u8).into(),
        Kind::Uint16 => of!(u16).into(),
        Kind::Uint32 => of!(u32).into(),
        Kind::Uint64 => of!(u64) as f64,
        Kind::Float16 => small_float(of!(u16), 5),
        Kind::BFloat16 => small_float(of!(u16), 8),
        Kind::Float32 => of!(f32).into(),
        Kind::Float64 => of!(f64),
    }
}

/// A float of sixteen bits with this many bits of exponent, by the definition.
pub(crate) fn small_float(bits: u16, exponent_bits: i32) -> f64 {
    let mantissa_bits = 15 - exponent_bits;
    let (field, bias) = ((bits & 0x7FFF) >> mantissa_bits, (1 << (exponent_bits - 1)) - 1);
    let fraction = f64::from(bits & ((1 << mantissa_bits) - 1));
    let size = if i32::from(field) == (1 << exponent_bits) - 1 {
        if fraction == 0.0 { f64::INFINITY } else { f64::NAN }
    } else {
        let one = if field == 0 { 0.0 } else { f64::from(1 << mantissa_bits) };
        let power = i32::from(field.max(1)) - bias - mantissa_bits;
        times_power(one + fraction, power)
    };
    if bits >> 15 == 1 { -size } else { size }
}
