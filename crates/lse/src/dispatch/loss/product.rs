//! The second derivative of a row's loss, times a vector, without the matrix.
//!
//! ```text
//! m = sum p v,  A = sum a,  B = A + 2 c v lse
//! product_k = (B p_k (v_k - m) + 2 c v p_k m) / t^2
//! ```
//!
//! For an element that is more than half of its row, v_k - m is the sum of p_j (v_k - v_j) over the others.

use super::careful::Careful;
use super::coefficients::Sums;
use super::pair::{Pair, Running};
use super::targets::Target;
use super::{Bench, LossError, VECTOR, Work};
use crate::dispatch::each_row;
use crate::dispatch::gather::gather;
use crate::intake::{Offsets, View};
use crate::kernels::Inverse;

impl Work<'_, '_> {
    pub(super) fn products(&self, vector: &View<'_>) -> Result<(), LossError> {
        let rows = &self.source.rows;
        each_row(rows.count, rows.length, 1, |range| {
            let (mut bench, mut v) = (Bench::default(), Vec::new());
            for row in range {
                let base = rows.offsets(row);
                match self.question.targets.at(&base) {
                    Target::Ignored => drop(self.ignored(&base)),
                    target => self.product(&base, target, vector, &mut bench, &mut v),
                }
            }
        });
        Ok(())
    }

    fn product(
        &self,
        base: &Offsets,
        target: Target,
        vector: &View<'_>,
        bench: &mut Bench,
        v: &mut Vec<f64>,
    ) {
        let (length, t) = (self.source.rows.length, self.question.temperature);
        let ordinary = (1e-270..1e270).contains(&t);
        let measured = if ordinary { self.measure(base, bench) } else { None };
        let Some((mass, level)) = measured else {
            return self.careful_product(base, target, vector);
        };
        let inverse = Inverse::of(&mass, self.source.temperature);
        let (mut mean, mut all) = (Running::ZERO, Sums::ZERO);
        let mut peak = None;
        for start in (0..length).step_by(Self::piece()) {
            let count = Self::piece().min(length - start);
            self.pieces(base, target, vector, start, count, (&inverse, v), bench);
            let shares = &bench.shares[..count];
            mean.add(count, |i| shares[i] * v[i]);
            all.weigh_all(&bench.coefficients.all[..count]);
            if let Some(i) = shares.iter().position(|share| *share > 0.5) {
                peak = Some((start + i, v[i]));
            }
        }
        let mean = mean.total().0;
        // sum of p_j (v_peak - v_j)
        let mut apart = Running::ZERO;
        if let Some((_, top)) = peak {
            for start in (0..length).step_by(Self::piece()) {
                let count = Self::piece().min(length - start);
                self.pieces(base, target, vector, start, count, (&inverse, v), bench);
                let shares = &bench.shares[..count];
                apart.add(count, |i| shares[i] * (top - v[i]));
            }
        }
        let lse = level.0 / t;
        let z = 2.0 * self.z_weight(target);
        let whole = all.all().0 + z * lse;
        for start in (0..length).step_by(Self::piece()) {
            let count = Self::piece().min(length - start);
            self.pieces(base, target, vector, start, count, (&inverse, v), bench);
            for (i, share) in bench.shares[..count].iter_mut().enumerate() {
                let distance = match peak {
                    Some((k, _)) if k == start + i => apart.total().0,
                    _ => v[i] - mean,
                };
                *share *= (whole * distance + z * mean) / self.divisor / t / t;
            }
            self.write(base, start, &bench.shares[..count]);
        }
    }

    /// Shares, coefficients and the vector of a piece of a row.
    #[allow(clippy::too_many_arguments)]
    fn pieces(
        &self,
        base: &Offsets,
        target: Target,
        vector: &View<'_>,
        start: usize,
        count: usize,
        (inverse, v): (&Inverse, &mut Vec<f64>),
        bench: &mut Bench,
    ) {
        self.shares(base, start, count, inverse, bench);
        self.coefficients(base, target, start, count, &mut bench.coefficients);
        v.resize(count, 0.0);
        self.fill_vector(vector, base, start, v);
    }

    fn fill_vector(&self, vector: &View<'_>, base: &Offsets, start: usize, out: &mut [f64]) {
        self.source.rows.pieces(start, out.len(), |offsets, first, axis, size| {
            // SAFETY: the offsets address elements of the view.
            unsafe {
                let pointer = vector.data.offset(base[VECTOR] + offsets[VECTOR]);
                let part = &mut out[first..first + size];
                gather(vector.kind, vector.swapped, pointer, axis.strides[VECTOR], part);
            }
        });
    }

    fn careful_product(&self, base: &Offsets, target: Target, vector: &View<'_>) {
        let (length, t) = (self.source.rows.length, self.question.temperature);
        let (mut x, mut v) = (vec![0.0; length], vec![0.0; length]);
        self.source.fill(base, 0, &mut x);
        self.fill_vector(vector, base, 0, &mut v);
        let Careful { mut shares, lse, .. } = Careful::of(&x, t);
        let mut bench = Bench::default();
        self.coefficients(base, target, 0, length, &mut bench.coefficients);
        let mut all = Sums::ZERO;
        all.weigh_all(&bench.coefficients.all);
        let mut mean = Running::ZERO;
        mean.add(length, |i| if shares[i] == 0.0 { 0.0 } else { shares[i] * v[i] });
        let mean: Pair = mean.total();
        let z = 2.0 * self.z_weight(target);
        // Without a z-loss lse has no part in it, and may be infinite.
        let whole = all.all().0 + if z == 0.0 { 0.0 } else { z * lse };
        for (share, v) in shares.iter_mut().zip(&v) {
            if *share != 0.0 {
                *share *= (whole * (v - mean.0) + z * mean.0) / self.divisor / t / t;
            }
        }
        self.write(base, 0, &shares);
    }
}
