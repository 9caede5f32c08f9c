//! The cut of the work among threads: ranges of rows, or chunks of one long row.

use crate::threads;
use rayon::ThreadPool;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below this many elements the caller's thread does the work itself.
const SMALL: usize = 1 << 15;
/// Ranges a thread gets, so that a slow one can be helped.
const PIECES: usize = 8;

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
    let pieces = (threads::get() * PIECES).min(rows.div_ceil(grain));
    let size = rows.div_ceil(pieces).next_multiple_of(grain);
    each_piece(&pool, rows.div_ceil(size), |piece| {
        work(piece * size..((piece + 1) * size).min(rows));
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
    let Some(pool) = pool else { return (0..count).map(|i| work(range(i))).collect() };
    let answers = Mutex::new(Vec::from_iter((0..count).map(|_| None)));
    each_piece(&pool, count, |i| {
        let answer = work(range(i));
        answers.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[i] = Some(answer);
    });
    let answers = answers.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    answers.into_iter().flatten().collect()
}

/// Call `work` on `0..pieces`, on whatever thread comes first.
fn each_piece(pool: &ThreadPool, pieces: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let drain = || {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return;
            }
            work(piece);
        }
    };
    // The caller works too, and does not wait for a sleeper before it begins.
    pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            scope.spawn(|_| drain());
        }
        drain();
    });
}
