//! Rows to try: lengths around every cut of the kernels, numbers in every range that they treat apart.

use super::random::Random;

/// Around the width of a vector, of a chain, of a short row; nothing and much.
pub(crate) const LENGTHS: [usize; 19] =
    [1, 2, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 127, 128, 129, 511, 512, 513, 1000];

/// A kind of row.
pub(crate) struct Family {
    pub name: &'static str,
    pub make: fn(&mut Random, usize) -> Vec<f64>,
}

macro_rules! families {
    ($($name:ident($random:ident) = $number:expr;)*) => {
        /// Every kind of row with finite numbers, and some with a few -inf.
        pub(crate) const FAMILIES: &[Family] = &[$(Family { name: stringify!($name), make: $name }),*];
        $(fn $name($random: &mut Random, length: usize) -> Vec<f64> {
            (0..length).map(|_| $number).collect()
        })*
    };
}

families! {
    normal(random) = random.normal();
    logits(random) = 10.0 * random.normal();
    wide(random) = random.between(-700.0, 700.0);
    below(random) = random.between(-1500.0, -1000.0);
    // Centred: |x log2 e| beyond the reach of the power-of-two reference.
    far_single(random) = 2e4 + random.normal();
    far(random) = -3e6 + 50.0 * random.normal();
    huge(random) = random.scaled(100, 1000);
    subnormal(random) = random.scaled(-1080, -1030);
    any(random) = random.scaled(-60, 60);
    whole(random) = f64::from(random.whole(-3, 3));
    zero(_random) = 0.0;
    dominated(random) = if random.below(40) == 0 { 0.0 } else { random.between(-60.0, -30.0) };
    vanishing(random) = if random.below(3) == 0 { f64::NEG_INFINITY } else { random.normal() };
    underflowing(random) = random.between(-745.5, -700.0) * random.unit().round();
}

/// Rows with what is not finite: -inf alone, one +inf, two, nan among them.
pub(crate) fn special(random: &mut Random, length: usize) -> Vec<(&'static str, Vec<f64>)> {
    let mut rows = vec![("all -inf", vec![f64::NEG_INFINITY; length])];
    for (name, extra) in [
        ("+inf", &[f64::INFINITY][..]),
        ("two +inf", &[f64::INFINITY, f64::INFINITY]),
        ("nan", &[f64::NAN]),
        ("nan and +inf", &[f64::NAN, f64::INFINITY]),
        ("nan and -inf", &[f64::NAN, f64::NEG_INFINITY]),
    ] {
        if extra.len() <= length {
            let (mut row, place) = (normal(random, length), random.below(length));
            for (i, &x) in extra.iter().enumerate() {
                row[(place + i * (length / 2).max(1)) % length] = x;
            }
            rows.push((name, row));
        }
    }
    rows
}

/// A row of normalised log-probabilities: its logsumexp is the sum of their roundings.
pub(crate) fn normalised(random: &mut Random, length: usize) -> Vec<f64> {
    let logits = logits(random, length);
    let total = crate::kernels::naive::fold(&logits).finish(0.0);
    logits.iter().map(|x| x - total).collect()
}

/// As float32.
pub(crate) fn narrow(row: &[f64]) -> Vec<f32> {
    row.iter().map(|&x| x as f32).collect()
}
