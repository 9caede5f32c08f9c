//! exp beside a sum near 1, to 114 bits, without a look-up in memory: for rows whose log-sum-exp almost vanishes.
//!
//! ```text
//! x = k ln2/512 + r                      k = 512 n + 64 a + 8 b + c
//! power = 2^n A[a] B[b] C[c]             2^(a/8), 2^(b/64), 2^(c/512) in 20, 16 and 16 bits: an exact product
//! r + missed                             in two parts, below 2^-10.4; missed = log(2^(k/512) / power)
//! v = e^r - 1 = r + r^2 h(r)             the first terms in double-double, the others in float64
//! e^x = power (1 + v)
//! ```
//!
//! A table of eight is one register: three of them, with what each misses in two parts, cost nine permutations,
//! where the table of 256 entries that `precise` looks up would cost three gathers, as much as all the rest.
//!
//! |error| <= 1.2 * 2^-114 e^x: 1.096 * 2^-114 at x = -0x1.5e38cd9496f47p+7, the worst of 3 * 10^4 against 448 bits.
//!
//! The tables come from `tables/coefficients.py`.

use super::table::STEP;
use crate::lanes::{Lanes, Real};

/// 1/6!, 1/7!, 1/8!, 1/9!
const TAIL: [f64; 4] = [
    1.388_888_888_888_889e-3,
    1.984_126_984_126_984e-4,
    2.480_158_730_158_73e-5,
    2.755_731_922_398_589_3e-6,
];
/// 1/5!, 1/4!, 1/3!, 1/2!, each in two parts.
const HEAD: [(f64, f64); 4] = [
    (8.333_333_333_333_333e-3, 1.156_482_317_317_871_4e-19),
    (4.166_666_666_666_666_4e-2, 2.312_964_634_635_742_7e-18),
    (1.666_666_666_666_666_6e-1, 9.251_858_538_542_97e-18),
    (0.5, 0.0),
];
/// Above this e^x may be any number.
pub(crate) const HIGHEST: f64 = 500.0;
/// Beside 1, e^x below this is nothing.
const LEAST: f64 = -200.0;

/// 2^(j/64) in 16 bits.
const B: [f64; 8] = [
    1.0,
    1.010_894_775_390_625,
    1.021_911_621_093_75,
    1.033_020_019_531_25,
    1.044_281_005_859_375,
    1.055_633_544_921_875,
    1.067_138_671_875,
    1.078_765_869_140_625,
];
/// 2^(j/512) in 16 bits.
const C: [f64; 8] = [
    1.0,
    1.001_342_773_437_5,
    1.002_716_064_453_125,
    1.004_058_837_890_625,
    1.005_432_128_906_25,
    1.006_805_419_921_875,
    1.008_148_193_359_375,
    1.009_521_484_375,
];
/// What the powers of A (those of `exp`), B and C miss: multiples of 2^-63, so that no sum with them is rounded.
const MISSED: [[f64; 8]; 3] = [
    [
        0.0,
        2.066_386_651_294_535_6e-7,
        3.193_418_035_129_375e-8,
        6.124_699_647_613_212e-7,
        2.699_953_985_499_425e-7,
        -4.585_525_265_562_475e-7,
        -2.273_663_827_714_487_6e-7,
        4.488_671_230_914_358_4e-7,
    ],
    [
        0.0,
        -5.430_193_094_545_84e-6,
        -1.416_222_481_064_022_8e-5,
        4.704_147_506_025_746e-6,
        -6.917_158_220_315_377_6e-6,
        1.102_027_747_827_618_2e-5,
        1.620_033_524_061_593_5e-6,
        -4.701_108_526_744_308e-6,
    ],
    [
        0.0,
        1.193_036_357_027_225_2e-5,
        -4.776_441_238_414_36e-6,
        1.078_623_195_450_512_5e-5,
        -2.215_759_623_407_326e-6,
        -1.335_214_470_879_638_2e-5,
        7.642_457_380_430_492e-6,
        1.808_707_700_261_952_3e-7,
    ],
];
/// The rest of that.
const MISSED_LOW: [[f64; 8]; 3] = [
    [
        0.0,
        -2.098_764_104_363_843_3e-21,
        4.267_338_528_125_735_3e-20,
        5.240_849_822_107_038e-20,
        -2.357_265_041_785_033e-20,
        1.880_528_448_597_974_2e-21,
        1.963_653_886_927_863_6e-20,
        -1.845_965_730_244_613e-21,
    ],
    [
        0.0,
        1.035_222_493_033_386_4e-20,
        4.846_515_706_360_253e-22,
        3.182_417_008_272_922e-20,
        2.156_495_972_681_120_7e-20,
        5.608_131_158_540_929_5e-21,
        2.580_093_090_481_476e-20,
        7.060_075_134_493_15e-21,
    ],
    [
        0.0,
        2.183_174_158_024_553_2e-20,
        -3.079_624_610_782_647_4e-20,
        -1.660_006_544_114_686e-20,
        -6.203_764_865_695_613e-21,
        8.814_729_996_486_287e-21,
        -4.198_940_548_811_832e-20,
        3.650_299_336_958_876e-21,
    ],
];

/// Two vectors side by side, each step taken for both before the next: neither waits for what it has just begun.
#[derive(Clone, Copy)]
struct Two<L>(L, L);

macro_rules! each {
    ($($name:ident($($other:ident),*);)*) => {
        impl<L: Lanes<Real = f64>> Two<L> {
            $(#[inline(always)]
            fn $name(self, $($other: Self),*) -> Self {
                Two(self.0.$name($($other.0),*), self.1.$name($($other.1),*))
            })*
        }
    };
}
each! {
    add(other);
    sub(other);
    mul(other);
    fma(factor, term);
    above(other);
    neg();
}

impl<L: Lanes<Real = f64>> Two<L> {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Two(L::splat(x), L::splat(x))
    }
    #[inline(always)]
    fn pick(self, table: &[f64; 8]) -> Self {
        Two(self.0.pick(table), self.1.pick(table))
    }
    #[inline(always)]
    fn power(self, table: &[f64; 8]) -> Self {
        Two(self.0.power(table), self.1.power(table))
    }
}

/// floor(k / parts) in the low bits, for an integer k: k less half of parts - 1 is never halfway.
#[inline(always)]
fn coarser<L: Lanes<Real = f64>>(k: Two<L>, parts: f64, bias: f64) -> Two<L> {
    let middle = Two::splat((parts - 1.0) / 2.0);
    k.sub(middle).fma(Two::splat(1.0 / parts), Two::splat(f64::ROUNDER + bias))
}

/// e^r - 1 for |r| < 2^-10.4.
#[inline(always)]
fn grow<L: Lanes<Real = f64>>(r: Two<L>, r_low: Two<L>) -> [Two<L>; 2] {
    // h(r) = 1/2! + r (1/3! + r (1/4! + r (1/5! + r tail)))
    let mut tail = Two::splat(TAIL[3]);
    let mut i = 3;
    while i > 0 {
        i -= 1;
        tail = tail.fma(r, Two::splat(TAIL[i]));
    }
    // What each rounding leaves is one more fused operation: the terms shrink by 2^-10 and more.
    let head = Two::splat(HEAD[0].0);
    let mut high = r.fma(tail, head);
    let mut low = r.fma(tail, head.sub(high)).add(Two::splat(HEAD[0].1));
    let mut i = 1;
    while i < HEAD.len() {
        let head = Two::splat(HEAD[i].0);
        let sum = r.fma(high, head);
        let error = r.fma(high, head.sub(sum));
        low = r.fma(low, Two::splat(HEAD[i].1)).add(error);
        high = sum;
        i += 1;
    }

    // v = r + r (r h(r)), and what the low part of r adds to it
    let product = r.mul(high);
    let product_low = r.fma(low, r.fma(high, product.neg()));
    let v = r.fma(product, r);
    let error = r.fma(product, r.sub(v));
    let low = r.fma(product_low, error).add(r_low);
    [v, r_low.fma(v, low)]
}

/// e^x of two vectors for x up to `HIGHEST`, each as three terms, largest first: the power, exact, and two that are below 2^-10
/// and 2^-62 of it. Everything below e^-200 becomes that.
#[inline(always)]
pub(crate) fn exp_near<L: Lanes<Real = f64>>(x: [L; 2]) -> [[L; 3]; 2] {
    let x = Two::splat(LEAST).above(Two(x[0], x[1]));
    let rounder = Two::splat(f64::ROUNDER);
    let c = x.fma(Two::splat(512.0 * core::f64::consts::LOG2_E), rounder);
    let k = c.sub(rounder);
    let b = coarser(k, 8.0, 0.0);
    let a = coarser(k, 64.0, f64::STEPS * f64::BIAS);
    let power = a.power(&f64::COARSE).mul(b.pick(&B)).mul(c.pick(&C));

    // r + missed: the first product and the sums with it are exact, as are k step and what that leaves
    let missed = a.pick(&MISSED[0]).add(b.pick(&MISSED[1])).add(c.pick(&MISSED[2]));
    let missed_low = a.pick(&MISSED_LOW[0]).add(b.pick(&MISSED_LOW[1])).add(c.pick(&MISSED_LOW[2]));
    let first = k.fma(Two::splat(STEP[0] * -0.5), x).add(missed);
    let step = Two::splat(STEP[1] * -0.5);
    let r = k.fma(step, first);
    let error = k.fma(step, first.sub(r)).add(missed_low);
    let [v, v_low] = grow(r, k.fma(Two::splat(STEP[2] * -0.5), error));

    let product = power.mul(v);
    let low = power.fma(v_low, power.fma(v, product.neg()));
    [[power.0, product.0, low.0], [power.1, product.1, low.1]]
}
