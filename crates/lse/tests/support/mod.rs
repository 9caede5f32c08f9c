//! What the tests from outside share: numbers, and the functions called on them as the seam calls them.

#![allow(dead_code, reason = "each test file uses a part of this")]

use lse::functions::{self, Job};
use lse::intake::{Kind, View, ViewMut};

/// Numbers between -20 and 20, the same in every run.
pub fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64 * 40.0 - 20.0
    };
    (0..count).map(|_| next()).collect()
}

/// An array of float32 or float64 with any strides (in elements).
#[derive(Clone)]
pub struct Array {
    pub kind: Kind,
    pub bytes: Vec<u64>,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
}

impl Array {
    /// Contiguous, in C order.
    pub fn new(kind: Kind, shape: &[usize], numbers: &[f64]) -> Array {
        let mut strides = vec![kind.size() as isize; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis] as isize;
        }
        let mut bytes = vec![0u64; numbers.len() * kind.size() / 8 + 1];
        for (i, &x) in numbers.iter().enumerate() {
            match kind {
                Kind::Float64 => bytes[i] = x.to_bits(),
                Kind::Float32 => {
                    let half = u64::from((x as f32).to_bits());
                    let (low, shift) =
                        (i % 2 == 0, if cfg!(target_endian = "big") { 32 } else { 0 });
                    bytes[i / 2] |= if low { half << shift } else { half << (32 - shift) };
                }
                _ => panic!("float32 or float64"),
            }
        }
        Array { kind, bytes, shape: shape.to_vec(), strides }
    }

    pub fn zeros(kind: Kind, shape: &[usize]) -> Array {
        Array::new(kind, shape, &vec![0.0; shape.iter().product()])
    }

    pub fn view(&self) -> View<'_> {
        // SAFETY: the shape and the strides address elements of `bytes`.
        unsafe {
            View::new(self.bytes.as_ptr().cast(), self.kind, false, &self.shape, &self.strides)
        }
    }

    pub fn view_mut(&mut self) -> ViewMut<'_> {
        let data = self.bytes.as_mut_ptr().cast();
        // SAFETY: as above, borrowed alone.
        unsafe { ViewMut::new(data, self.kind, false, &self.shape, &self.strides) }
    }
}

/// The functions that a test runs through.
pub const FUNCTIONS: [&str; 6] =
    ["logsumexp", "logmeanexp", "softmax", "log_softmax", "weighted", "fold"];

/// Call a function by its name, rows along `axes`; answers the bits of the result.
pub fn call(function: &str, x: &Array, axes: u64, t: f64) -> Vec<u64> {
    let job = Job { x: x.view(), axes, mask: None, temperature: t };
    let kept = (0..x.shape.len()).filter(|axis| axes >> axis & 1 == 0);
    let rows: Vec<usize> = kept.map(|axis| x.shape[axis]).collect();
    let of_rows = || Array::zeros(x.kind, &rows);
    let of_elements = || Array::zeros(x.kind, &x.shape);
    match function {
        "logsumexp" => with(of_rows(), |out| functions::logsumexp(&job, out)),
        "logmeanexp" => with(of_rows(), |out| functions::logmeanexp(&job, out)),
        "softmax" => with(of_elements(), |out| functions::softmax(&job, out)),
        "log_softmax" => with(of_elements(), |out| functions::log_softmax(&job, out)),
        "weighted" => {
            let (mut sign, weights) = (of_rows(), numbers(x.shape.iter().product(), 99));
            let weights = Array::new(Kind::Float64, &x.shape, &weights);
            let mut bits = with(of_rows(), |out| {
                functions::logsumexp_weighted(&job, &weights.view(), out, Some(&sign.view_mut()))
            });
            bits.extend(sign.bytes);
            bits
        }
        "fold" => {
            let states = functions::fold(&job).expect("memory");
            let fields = states.iter().flat_map(|s| [s.max, s.top, s.rest, s.rest_low]);
            fields.map(f64::to_bits).collect()
        }
        _ => panic!("no function {function}"),
    }
}

fn with<E: core::fmt::Debug>(
    mut out: Array,
    call: impl FnOnce(&ViewMut<'_>) -> Result<(), E>,
) -> Vec<u64> {
    call(&out.view_mut()).expect("memory");
    out.bytes
}

/// One array for every way that dispatch cuts the work: a long row, many rows, short ones, strips.
pub fn shapes() -> Vec<(&'static str, Vec<usize>, u64)> {
    vec![
        ("a long row", vec![150_000], 1),
        ("two long rows", vec![2, 40_000], 0b10),
        ("many rows", vec![700, 100], 0b10),
        ("short rows", vec![5_000, 10], 0b10),
        ("strips", vec![130, 900], 0b01),
        ("a strip of long columns", vec![20_000, 9], 0b01),
        ("two axes of three", vec![30, 40, 50], 0b101),
        ("everything", vec![30, 40, 50], 0b111),
    ]
}
