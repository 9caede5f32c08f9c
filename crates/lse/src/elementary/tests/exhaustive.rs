//! The long runs: every finite float32 through exp, 10^8 random float64 through exp and log.
//!
//! Minutes of both threads, so they are run by hand; what they print is kept in `tables/records`:
//!
//! ```text
//! cargo test --release -p lse --lib -- --ignored --nocapture --test-threads 1 elementary
//! ```
//!
//! The reference is that of `reference.rs`: 90 bits, itself held against 448.

use super::exp::{
    LIMIT_DOUBLE, LIMIT_NEAREST, LIMIT_SINGLE, argument, measure_double, measure_single,
    parts_single,
};
use super::log;
use super::reference::log_error;
use crate::elementary::exp::{Guide, Reference, Temperature, exp};
use crate::elementary::log::log_one;
use crate::lanes::portable::Portable;
use crate::lanes::{Isa, Lanes};
use crate::tests::random::Random;
use crate::tests::worst::{Worst, power};
use rayon::prelude::*;

/// Random numbers in each run over float64.
const MANY: u64 = 100_000_000;
/// Numbers that a thread takes at a time.
const BLOCK: u64 = 1 << 20;

/// e^(x - x) of sixteen float32, each its own centre, must be 1 and nothing else.
#[inline(always)]
fn centred_on_themselves(x: &[f32; 16]) -> bool {
    type L = <Portable as Isa>::Single;
    let x = L::from_array(x);
    let parts = exp::<L, true>(x, &Guide::per_lane(L::constant(0.0), x, Temperature::ONE));
    let (power, rest) = (parts.power.to_array(), parts.rest.to_array());
    let mut plain = true;
    for i in 0..16 {
        plain &= power[i] == 1.0 && rest[i] == 0.0;
    }
    plain
}

/// In the reference of zero the remainders must be the same, the powers too or, far below, nothing.
#[inline(always)]
fn same_in_the_reference_of_zero(x: &[f32; 16], reference: Reference) -> bool {
    let (own, zero) =
        (parts_single::<Portable>(x, reference), parts_single::<Portable>(x, Reference::ZERO));
    let (mut same, scale) = (true, f64::from_bits(((1023.0 + reference.exponent) as u64) << 52));
    for i in 0..16 {
        let at = |part: [[f64; 8]; 2]| part[i / 8][i % 8];
        let scaled = at(own[0]) * scale;
        let kept = at(own[1]) == at(zero[1]) && at(zero[0]) == scaled;
        // 2^-126 is the least power that a float32 can have
        same &= if scaled >= power(-126) { kept } else { at(zero[0]) < power(-126) };
    }
    same
}

/// Every float32 whose bits are in `start .. start + BLOCK`.
#[inline(always)]
fn every_single(start: u64) -> Worst {
    let mut worst = Worst::default();
    for first in (start..start + BLOCK).step_by(16) {
        let mut x = [0f32; 16];
        for (i, x) in x.iter_mut().enumerate() {
            *x = f32::from_bits(first as u32 + i as u32);
        }
        // Sixteen neighbours are all finite or none of them.
        if !x[0].is_finite() {
            continue;
        }
        let max = f64::from(if x[0] > x[15] { x[0] } else { x[15] });
        let reference = Reference::of::<f32>(max, Temperature::ONE);
        if reference.center != 0.0 {
            assert!(centred_on_themselves(&x), "centred on {max:e}");
            worst.count += 16;
            continue;
        }
        if max < 22.0 && reference.exponent > -1000.0 {
            assert!(same_in_the_reference_of_zero(&x, reference), "near {max:e}");
        }
        for (half, errors) in measure_single::<Portable>(&x, reference).iter().enumerate() {
            for (i, error) in errors.iter().enumerate() {
                worst.see_one(error.abs(), f64::from(x[8 * half + i]));
            }
        }
    }
    worst
}

/// `BLOCK` random float64, the remainders' ends and small numbers among them.
#[inline(always)]
fn many_doubles<const NEAREST: bool>(start: u64) -> Worst {
    let (mut random, mut worst) = (Random(start), Worst::default());
    for _ in 0..BLOCK / 8 {
        let mut x = [0f64; 8];
        for x in &mut x {
            *x = argument(&mut random, 177.0);
        }
        for (x, error) in x.iter().zip(measure_double::<Portable, NEAREST>(&x, Reference::ZERO)) {
            worst.see_one(error.abs(), *x);
        }
    }
    worst
}

fn many_logs(start: u64) -> Worst {
    let (mut random, mut worst) = (Random(start), Worst::default());
    for _ in 0..BLOCK {
        let (high, low) = log::argument(&mut random);
        if (high, low) != (1.0, 0.0) {
            worst.see(log_error(log_one(high, low), high, low).abs(), &[high, low]);
        }
    }
    worst
}

/// The same text with fused multiply-add instructions, where the machine has them.
macro_rules! fused {
    ($name:ident = $body:expr) => {
        fn $name(start: u64) -> Worst {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn with_instructions(start: u64) -> Worst {
                    $body(start)
                }
                if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
                    // SAFETY: the instructions were detected.
                    return unsafe { with_instructions(start) };
                }
            }
            $body(start)
        }
    };
}
fused!(every_single_fused = every_single);
fused!(many_doubles_fused = many_doubles::<false>);
fused!(many_nearest_fused = many_doubles::<true>);
fused!(many_logs_fused = many_logs);

fn run(numbers: u64, block: fn(u64) -> Worst) -> Worst {
    let blocks = (0..numbers.div_ceil(BLOCK)).into_par_iter();
    blocks.map(|i| block(i * BLOCK)).reduce(Worst::default, Worst::join)
}

#[test]
#[ignore = "minutes: every finite float32"]
fn exp_of_every_float32() {
    let worst = run(1 << 32, every_single_fused);
    assert_eq!(worst.count, (1 << 32) - (1 << 24), "every finite float32");
    worst.within("exp float32, every finite number", LIMIT_SINGLE, power(-24));
}

#[test]
#[ignore = "a minute: 10^8 random float64"]
fn exp_of_many_float64() {
    let worst = run(MANY, many_doubles_fused);
    worst.within("exp float64, random", LIMIT_DOUBLE, power(-53));
    let worst = run(MANY, many_nearest_fused);
    worst.within("exp float64, nearest powers, random", LIMIT_NEAREST, power(-53));
}

#[test]
#[ignore = "minutes: 10^8 random double-doubles"]
fn log_of_many_numbers() {
    run(MANY, many_logs_fused).within("log, random", log::LIMIT, power(-58));
}
