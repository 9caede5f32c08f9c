//! Random: numbers that are the same in every run (SplitMix64).

/// A generator; the seed is its state.
pub(crate) struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// In 0 .. count.
    pub fn below(&mut self, count: usize) -> usize {
        (self.bits() % count as u64) as usize
    }

    /// In low ..= high.
    pub fn whole(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1) as usize) as i32
    }

    /// About a standard normal number: the sum of twelve uniform ones.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A number in +-[2^low, 2^(high + 1)), every exponent as often.
    pub fn scaled(&mut self, low: i32, high: i32) -> f64 {
        let size = super::exact::times_power(1.0 + self.unit(), self.whole(low, high));
        if self.bits() & 1 == 0 { size } else { -size }
    }

    /// The low part of a double-double: up to half an ulp of a normal `high`, sometimes 0.
    pub fn low_part(&mut self, high: f64) -> f64 {
        let exponent = (high.to_bits() >> 52 & 0x7FF) as i32 - 1023;
        match self.below(8) {
            0 => 0.0,
            1 => super::exact::times_power(1.0, exponent - 54),
            _ => super::exact::times_power(self.between(-1.0, 1.0), exponent - 54),
        }
    }
}
