//! The scalar under a vector: its bit layout, and what exp needs to know of it.
//!
//! The coefficients come from `tables/coefficients.py`.

/// The scalar under a vector: its constants for exp, and its bit layout.
pub(crate) trait Real: Copy + PartialOrd + Send + Sync + 'static {
    /// As wide as the powers of two between 1 and 2 are many: one vector.
    type Table: AsRef<[Self]>;
    /// 1.5 * 2^(mantissa bits): adding it rounds to an integer and puts that into the low bits.
    const ROUNDER: f64;
    /// The exponent bias.
    const BIAS: f64;
    /// Steps of exp in a factor of two: j in 2^(j/STEPS).
    const STEPS: f64;
    /// The quantum Q of the reference: N is a multiple of it.
    const QUANTUM: f64;
    /// Above this |log2| the row is centred at its maximum instead (the difference is then exact).
    const REACH: f64;
    /// Whether this is float64: wide enough for powers to the nearest, and for sums of 64 terms.
    const WIDE: bool;
    /// What is kept of the inverse of a mass, so that its product with a coarse power is exact.
    const KEPT: u64;
    /// Extra exponent that terms of shares are given, and the power of two that takes it back: the last
    /// multiplication is then the only one that can round a subnormal share.
    const HEADROOM: f64;
    const BACK: f64;
    const LOG2E: Self;
    const LN2_HIGH: Self;
    const LN2_LOW: Self;
    /// 2^(j/STEPS) in few bits, so that sums of many are exact; as `Lanes::power` wants it.
    const COARSE: Self::Table;
    /// log(2^(j/STEPS) / coarse): what the coarse powers miss.
    const MISSED: Self::Table;
    /// 2^(j/STEPS) to the nearest, as `Lanes::power` wants it.
    const NEAREST: Self::Table;
    /// (e^r - 1 - r) / r^2, lowest power first.
    const EXP_TAIL: &'static [Self];
    fn from_f64(x: f64) -> Self;
    fn to_f64(self) -> f64;
}

/// (e^r - 1 - r) / r^2 for float32, lowest power first.
const TAIL_SINGLE: [f32; 2] = [0.500_021, 0.166_671_74];

/// (e^r - 1 - r) / r^2 for float64, lowest power first.
const TAIL_DOUBLE: [f64; 6] = [
    0.500_000_000_000_030_4,
    0.166_666_666_666_674_17,
    0.041_666_666_568_694_97,
    0.008_333_333_316_351_664,
    0.001_388_978_631_502_761_2,
    0.000_198_424_788_796_294_15,
];

/// 2^(j/16) in 8 bits.
const COARSE_SINGLE: [f32; 16] = [
    1.0,
    1.046_875,
    1.093_75,
    1.140_625,
    1.187_5,
    1.242_187_5,
    1.296_875,
    1.351_562_5,
    1.414_062_5,
    1.476_562_5,
    1.539_062_5,
    1.609_375,
    1.679_687_5,
    1.757_812_5,
    1.835_937_5,
    1.914_062_5,
];
const MISSED_SINGLE: [f32; 16] = [
    0.0,
    -0.002_487_837,
    -0.002_968_761,
    -0.001_611_261_4,
    0.001_436_538_2,
    -0.000_265_444_27,
    -2.733_172_8e-5,
    0.001_990_561,
    0.000_106_822_93,
    0.000_178_537_93,
    0.002_043_523,
    0.000_692_781_74,
    0.001_252_621_2,
    -0.000_888_054_1,
    -0.001_051_467_2,
    0.000_597_535_1,
];
/// 2^(j/8) in 20 bits.
const COARSE_DOUBLE: [f64; 8] = [
    1.0,
    1.090_507_507_324_218_8,
    1.189_207_077_026_367_2,
    1.296_838_760_375_976_6,
    1.414_213_180_541_992_2,
    1.542_211_532_592_773_4,
    1.681_793_212_890_625,
    1.834_007_263_183_593_8,
];
const MISSED_DOUBLE: [f64; 8] = [
    0.0,
    2.066_386_651_294_514_6e-7,
    3.193_418_035_133_642_4e-8,
    6.124_699_647_613_716e-7,
    2.699_953_985_499_189_3e-7,
    -4.585_525_265_562_456e-7,
    -2.273_663_827_714_291_3e-7,
    4.488_671_230_914_34e-7,
];
/// 2^(j/8) to the nearest.
const NEAREST_DOUBLE: [f64; 8] = [
    1.0,
    1.090_507_732_665_257_7,
    1.189_207_115_002_721,
    1.296_839_554_651_009_6,
    core::f64::consts::SQRT_2,
    1.542_210_825_407_940_7,
    1.681_792_830_507_429,
    1.834_008_086_409_342_4,
];

/// The mantissas, less the bits that j itself leaves there when it is moved up.
const fn moved_single(powers: [f32; 16]) -> [f32; 16] {
    let (mut table, mut j) = ([0.0; 16], 0);
    while j < 16 {
        let mantissa = powers[j].to_bits() - (127 << 23);
        table[j] = f32::from_bits(mantissa.wrapping_sub((j as u32) << 19));
        j += 1;
    }
    table
}

const fn moved_double(powers: [f64; 8]) -> [f64; 8] {
    let (mut table, mut j) = ([0.0; 8], 0);
    while j < 8 {
        let mantissa = powers[j].to_bits() - (1023 << 52);
        table[j] = f64::from_bits(mantissa.wrapping_sub((j as u64) << 49));
        j += 1;
    }
    table
}

impl Real for f32 {
    type Table = [f32; 16];
    const ROUNDER: f64 = 12_582_912.0;
    const BIAS: f64 = 127.0;
    const STEPS: f64 = 16.0;
    const QUANTUM: f64 = 64.0;
    const REACH: f64 = 16_384.0;
    const WIDE: bool = false;
    // 16 bits beside the 8 of a coarse power
    const KEPT: u64 = !0 << 37;
    const HEADROOM: f64 = 64.0;
    const BACK: f64 = 5.421_010_862_427_522e-20;
    const LOG2E: f32 = core::f32::consts::LOG2_E;
    const LN2_HIGH: f32 = core::f32::consts::LN_2;
    const LN2_LOW: f32 = -1.904_654_3e-9;
    const COARSE: [f32; 16] = moved_single(COARSE_SINGLE);
    const MISSED: [f32; 16] = MISSED_SINGLE;
    // Nothing is gained by others: a vector of them is one register.
    const NEAREST: [f32; 16] = Self::COARSE;
    const EXP_TAIL: &'static [f32] = &TAIL_SINGLE;
    #[inline(always)]
    fn from_f64(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    type Table = [f64; 8];
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    const BIAS: f64 = 1023.0;
    const STEPS: f64 = 8.0;
    const QUANTUM: f64 = 512.0;
    const REACH: f64 = 1_048_576.0;
    const WIDE: bool = true;
    // 33 bits beside the 20 of a coarse power
    const KEPT: u64 = !0 << 20;
    const HEADROOM: f64 = 512.0;
    const BACK: f64 = 7.458_340_731_200_207e-155;
    const LOG2E: f64 = core::f64::consts::LOG2_E;
    const LN2_HIGH: f64 = core::f64::consts::LN_2;
    const LN2_LOW: f64 = 2.319_046_813_846_299_6e-17;
    const COARSE: [f64; 8] = moved_double(COARSE_DOUBLE);
    const MISSED: [f64; 8] = MISSED_DOUBLE;
    const NEAREST: [f64; 8] = moved_double(NEAREST_DOUBLE);
    const EXP_TAIL: &'static [f64] = &TAIL_DOUBLE;
    #[inline(always)]
    fn from_f64(x: f64) -> f64 {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
}
