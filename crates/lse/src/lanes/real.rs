//! The scalar under a vector: its bit layout, and what exp needs to know of it.
//!
//! The coefficients come from `tables/coefficients.py`.

/// The scalar under a vector: its constants for exp, and its bit layout.
pub(crate) trait Real: Copy + PartialOrd + Send + Sync + 'static {
    /// 1.5 * 2^(mantissa bits) + exponent bias: adding it puts round(t) + bias into the low bits.
    const SHIFT: f64;
    /// The exponent bias.
    const BIAS: f64;
    /// The quantum Q of the reference: N is a multiple of it.
    const QUANTUM: f64;
    /// Above this |log2| the row is centred at its maximum instead (the difference is then exact).
    const REACH: f64;
    /// Whether exp keeps the two parts of its remainder apart.
    const APART: bool;
    const LOG2E: Self;
    const LN2_HIGH: Self;
    const LN2_LOW: Self;
    /// (e^r - 1 - r) / r^2, lowest power first.
    const EXP_TAIL: &'static [Self];
    fn from_f64(x: f64) -> Self;
    fn to_f64(self) -> f64;
}

/// (e^r - 1 - r) / r^2 for float32, lowest power first.
const TAIL_SINGLE: [f32; 6] =
    [0.5, 0.166_666_67, 0.041_666_267, 0.008_333_264, 0.001_394_629_1, 0.000_199_186_8];

/// (e^r - 1 - r) / r^2 for float64, lowest power first.
const TAIL_DOUBLE: [f64; 10] = [
    0.500_000_000_000_001_3,
    0.166_666_666_666_667,
    0.041_666_666_666_513_1,
    0.008_333_333_333_306_816,
    0.001_388_888_894_768_199,
    0.000_198_412_699_182_265_6,
    2.480_148_919_981_119_4e-5,
    2.755_721_554_493_223e-6,
    2.763_156_188_917_364_6e-7,
    2.511_810_147_170_364e-8,
];

impl Real for f32 {
    const SHIFT: f64 = 12_582_912.0 + 127.0;
    const BIAS: f64 = 127.0;
    const QUANTUM: f64 = 64.0;
    const REACH: f64 = 16_384.0;
    const APART: bool = true;
    const LOG2E: f32 = core::f32::consts::LOG2_E;
    const LN2_HIGH: f32 = core::f32::consts::LN_2;
    const LN2_LOW: f32 = -1.904_654_3e-9;
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
    const SHIFT: f64 = 6_755_399_441_055_744.0 + 1023.0;
    const BIAS: f64 = 1023.0;
    const QUANTUM: f64 = 512.0;
    const REACH: f64 = 1_048_576.0;
    const APART: bool = false;
    const LOG2E: f64 = core::f64::consts::LOG2_E;
    const LN2_HIGH: f64 = core::f64::consts::LN_2;
    const LN2_LOW: f64 = 2.319_046_813_846_299_6e-17;
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
