//! The cut of the work among threads: ranges of rows, or chunks of one long row.

use crate::threads;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below this many elements the caller's thread does the work itself.
const SMALL: usize = 1 << 15;
/// Ranges a thread gets, so that a slow one can be helped.
const PIECES: usize = 4;

/// Call `work` on ranges that cover `0..rows`; `grain` rows belong together.
pub(crate) fn each_row(
    rows: usize,
    length: usize,
    grain: usize,
    work: impl Fn(Range<usize>) + Sync,
) {
    let elements = rows.saturating_mul(length);
    let pool = if elements < SMALL || rows < 2 * grain { None } else { threads::pool() };
    let Some(pool) = pool else { return work(0..rows) };
    let pieces = (pool.current_num_threads() * PIECES).min(rows.div_ceil(grain));
    let size = rows.div_ceil(pieces).next_multiple_of(grain);
    let pieces = rows.div_ceil(size);
    // The caller works too, and does not wait for a sleeper before it begins.
    let next = AtomicUsize::new(0);
    let drain = || {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return;
            }
            work(piece * size..((piece + 1) * size).min(rows));
        }
    };
    pool.in_place_scope(|scope| {
        for _ in 1..pool.current_num_threads() {
            scope.spawn(|_| drain());
        }
        drain();
    });
}

/// `work` on every chunk of a long row, answers in order.
pub(crate) fn map_chunks<A: Send>(
    length: usize,
    chunk: usize,
    work: impl Fn(Range<usize>) -> A + Sync,
) -> Vec<A> {
    let count = length.div_ceil(chunk);
    let range = |i: usize| i * chunk..((i + 1) * chunk).min(length);
    let pool = if length < SMALL || count < 2 { None } else { threads::pool() };
    match pool {
        None => (0..count).map(|i| work(range(i))).collect(),
        Some(pool) => pool.install(|| (0..count).into_par_iter().map(|i| work(range(i))).collect()),
    }
}
