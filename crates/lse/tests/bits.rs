//! The same row gives the same bits: on every path of this machine, with any number of threads, in any layout,
//! alone or in company.
//!
//! The path is chosen once a process, so each is run in a process of its own: this test calls itself.

mod support;

use lse::intake::Kind;
use std::process::Command;
use support::{Array, FUNCTIONS, call, numbers, shapes};

const KINDS: [Kind; 2] = [Kind::Float32, Kind::Float64];

/// A number that two different lists of bits do not share.
fn digest(bits: &[u64]) -> u64 {
    bits.iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, word| (hash ^ word).wrapping_mul(0x0100_0000_01B3))
}

/// One line a case.
fn digests() -> String {
    let mut lines = String::new();
    for (name, shape, axes) in shapes() {
        let x = numbers(shape.iter().product(), 5);
        for kind in KINDS {
            let array = Array::new(kind, &shape, &x);
            for function in FUNCTIONS {
                for t in [1.0, 0.7] {
                    let bits = digest(&call(function, &array, axes, t));
                    lines += &format!("case {function} {kind:?} t={t} {name}: {bits:016x}\n");
                }
            }
        }
    }
    lines
}

#[test]
#[ignore = "the other end of the next test"]
fn worker() {
    print!("path {}\n{}", lse::isa::name(), digests());
}

/// What the worker prints on this path with that many threads.
fn worker_says(path: &str, threads: usize) -> Vec<String> {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "worker", "--ignored", "--nocapture", "--test-threads", "1"])
        .env("LOGSUMEXP_ISA", path)
        .env("LOGSUMEXP_NUM_THREADS", threads.to_string())
        .output()
        .expect("a process");
    assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains(&format!("path {path}\n")), "{path} is not what ran: {text}");
    text.lines().filter(|line| line.starts_with("case ")).map(str::to_owned).collect()
}

#[test]
fn every_path_and_any_number_of_threads() {
    let paths = lse::isa::supported();
    let expected = worker_says("portable", 1);
    assert_eq!(expected.len(), shapes().len() * KINDS.len() * FUNCTIONS.len() * 2);
    let best = paths[0];
    let others = paths.iter().map(|path| (*path, 1)).chain([
        (best, 2),
        (best, 3),
        (best, 4),
        ("portable", 4),
    ]);
    for (path, threads) in others {
        for (got, expected) in worker_says(path, threads).iter().zip(&expected) {
            assert_eq!(got, expected, "{path} with {threads} threads");
        }
    }
}

#[test]
fn a_digest_sees_the_last_bit() {
    assert_ne!(digest(&[1, 2, 3]), digest(&[1, 2, 2]));
    assert_ne!(digest(&[1, 2]), digest(&[2, 1]));
}

/// The elements of each row, whatever the axis; rows of `length`.
fn transposed(x: &[f64], rows: usize, length: usize) -> Vec<f64> {
    (0..length).flat_map(|i| (0..rows).map(move |row| x[row * length + i])).collect()
}

#[test]
fn the_layout_changes_no_bit() {
    for (rows, length) in [(40, 9), (40, 64), (40, 65), (33, 700), (9, 20_000), (3, 20_000)] {
        let x = numbers(rows * length, 6);
        for kind in KINDS {
            let along = Array::new(kind, &[rows, length], &x);
            let across = Array::new(kind, &[length, rows], &transposed(&x, rows, length));
            // The same memory as `across`, its axes named the other way round
            let turned = Array {
                shape: vec![rows, length],
                strides: across.strides.iter().rev().copied().collect(),
                ..across.clone()
            };
            for t in [1.0, 0.7] {
                for function in ["logsumexp", "logmeanexp", "fold"] {
                    let expected = call(function, &along, 0b10, t);
                    let what = format!("{function} {kind:?} {rows}x{length} t={t}");
                    assert_eq!(expected, call(function, &across, 0b01, t), "{what}, axis 0");
                    assert_eq!(expected, call(function, &turned, 0b10, t), "{what}, turned");
                }
                for function in ["softmax", "log_softmax"] {
                    let expected = call(function, &along, 0b10, t);
                    let what = format!("{function} {kind:?} {rows}x{length} t={t}");
                    assert_eq!(expected, call(function, &turned, 0b10, t), "{what}, turned");
                }
            }
        }
    }
}

#[test]
fn company_changes_no_bit() {
    // Beside rows that lie far out, hold infinities and nan, vanish or overflow
    let strange =
        [0.0, 3e6, -3e6, 1e30, -1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -800.0];
    for length in [1, 7, 10, 64, 65, 300] {
        let rows = 45;
        let mut x = numbers(rows * length, 7);
        for (row, part) in x.chunks_mut(length).enumerate() {
            if row % 2 == 1 {
                part.iter_mut().for_each(|x| *x += strange[row / 2 % strange.len()]);
            } else if row % 10 == 0 {
                part[row % length] = strange[row / 10 % strange.len()];
            }
        }
        for kind in KINDS {
            let together = Array::new(kind, &[rows, length], &x);
            let columns = Array::new(kind, &[length, rows], &transposed(&x, rows, length));
            let size = kind.size();
            for t in [1.0, 0.7] {
                for function in ["logsumexp", "softmax", "log_softmax", "fold"] {
                    let all = bytes(&call(function, &together, 0b10, t));
                    let reduces = function == "logsumexp" || function == "fold";
                    let across = reduces.then(|| bytes(&call(function, &columns, 0b01, t)));
                    for row in 0..rows {
                        let part = &x[row * length..][..length];
                        let alone =
                            bytes(&call(function, &Array::new(kind, &[length], part), 1, t));
                        let width = match function {
                            "logsumexp" => size,
                            "fold" => 32,
                            _ => length * size,
                        };
                        let what = format!("{function} {kind:?} length {length} t={t} row {row}");
                        let element = if function == "fold" { 8 } else { size };
                        let same = |all: &[u8], what: &str| {
                            let there = all[row * width..][..width].chunks(element);
                            for (a, b) in alone[..width].chunks(element).zip(there) {
                                assert!(a == b || is_nan(a) && is_nan(b), "{what}");
                            }
                        };
                        same(&all, &what);
                        if let Some(across) = &across {
                            same(across, &format!("{what}, as a column"));
                        }
                    }
                }
            }
        }
    }
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// Whether these are the bytes of a nan, float32 or float64 by their number.
fn is_nan(bytes: &[u8]) -> bool {
    match bytes.len() {
        4 => bytes.try_into().is_ok_and(|bytes| f32::from_ne_bytes(bytes).is_nan()),
        _ => bytes.try_into().is_ok_and(|bytes| f64::from_ne_bytes(bytes).is_nan()),
    }
}
