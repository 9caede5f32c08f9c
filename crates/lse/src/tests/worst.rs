//! Distances from exact answers, and the worst of them with the input that attains it.

use super::exact::Exact;

/// A float format: bits of its significand, exponent of its least number.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    pub digits: i32,
    pub least: i32,
}

pub(crate) const FLOAT64: Format = Format { digits: 53, least: -1074 };
pub(crate) const FLOAT32: Format = Format { digits: 24, least: -149 };

/// |got - exact| in units of the last place of the exact answer; infinite for nan.
pub(crate) fn ulps(got: f64, exact: &Exact, format: Format) -> f64 {
    if !got.is_finite() {
        return f64::INFINITY;
    }
    let ulp = (exact.exponent() - format.digits + 1).max(format.least);
    let error = (&Exact::of(got) - exact).near().abs();
    if error == 0.0 { 0.0 } else { super::exact::times_power(error, -ulp) }
}

/// |sum of parts - exact| / |exact|; infinite for nan.
pub(crate) fn relative(parts: &[f64], exact: &Exact) -> f64 {
    if parts.iter().any(|part| !part.is_finite()) {
        return f64::INFINITY;
    }
    let error = &Exact::sum(parts) - exact;
    if error.is_zero() { 0.0 } else { (&error / exact).near().abs() }
}

/// 2^power, for limits.
pub(crate) fn power(power: i32) -> f64 {
    super::exact::times_power(1.0, power)
}

/// A float64 as it can be written down: C99 hexadecimal.
pub(crate) fn hex(x: f64) -> String {
    let bits = x.to_bits();
    let (sign, exponent) = (if x < 0.0 { "-" } else { "" }, (bits >> 52 & 0x7FF) as i32);
    let mantissa = bits & ((1 << 52) - 1);
    match exponent {
        0x7FF => format!("{x}"),
        0 => format!("{sign}0x0.{mantissa:013x}p-1022"),
        _ => format!("{sign}0x1.{mantissa:013x}p{}", exponent - 1023),
    }
}

/// The largest error seen, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worst {
    pub error: f64,
    pub at: Vec<f64>,
    pub count: u64,
}

impl Worst {
    /// Note an error at this input; a nan counts as infinite.
    #[inline]
    pub fn see(&mut self, error: f64, at: &[f64]) {
        self.count += 1;
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > self.error {
            self.error = error;
            self.at = at.to_vec();
        }
    }

    /// As `see` where the input is one number; for loops that must not allocate.
    #[inline(always)]
    pub fn see_one(&mut self, error: f64, at: f64) {
        if error <= self.error {
            self.count += 1;
        } else {
            self.see(error, &[at]);
        }
    }

    /// The worse of two.
    pub fn join(mut self, other: Worst) -> Worst {
        self.count += other.count;
        if other.error > self.error {
            (self.error, self.at) = (other.error, other.at);
        }
        self
    }

    /// Say what was found, `error / unit`, and fail above `limit` units.
    pub fn within(&self, what: &str, limit: f64, unit: f64) {
        let at: Vec<String> = self.at.iter().map(|&x| hex(x)).collect();
        let found = format!(
            "{what}: worst {:.4} x {unit:e} at [{}], of {} (limit {limit})",
            self.error / unit,
            at.join(", "),
            self.count
        );
        println!("{found}");
        assert!(self.count > 0, "{what}: nothing was tried");
        assert!(self.error <= limit * unit, "{found}");
    }
}
