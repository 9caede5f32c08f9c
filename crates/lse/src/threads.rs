//! Threads: one persistent pool, made when it is first needed, made anew after a fork.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

/// The wanted number of threads; 0 before anyone asked.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// The process that last held the pool.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// The pool with the process and the size that it was made for.
static POOL: Mutex<Option<(u32, usize, Arc<ThreadPool>)>> = Mutex::new(None);

/// The number of processors that this process may use: affinity and cgroup quota.
pub fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The number of threads in use: what was set, else `LOGSUMEXP_NUM_THREADS`, else [`available`].
pub fn get() -> usize {
    match WANTED.load(Ordering::Relaxed) {
        0 => {
            let named = std::env::var("LOGSUMEXP_NUM_THREADS").ok();
            let count = named.and_then(|text| text.trim().parse().ok()).filter(|&n| n > 0);
            let count = count.unwrap_or_else(available);
            WANTED.store(count, Ordering::Relaxed);
            count
        }
        count => count,
    }
}

/// Set the number of threads; 0 goes back to the default.
pub fn set(count: usize) {
    WANTED.store(count, Ordering::Relaxed);
}

/// The helpers of the calling thread, or none where one thread is wanted or none can be had.
///
/// The caller is one of the threads that were asked for: another helper would only take turns with it.
///
/// A pool does not survive fork(): the child has its memory but not its threads. It is therefore
/// kept with the process that made it, and a child makes its own, leaking the other.
pub(crate) fn pool() -> Option<Arc<ThreadPool>> {
    let count = get();
    if count <= 1 {
        return None;
    }
    let process = std::process::id();
    let mut held = match POOL.try_lock() {
        Ok(held) => held,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        // Held by a thread that the fork did not bring along: it will never be let go.
        Err(TryLockError::WouldBlock) if PROCESS.load(Ordering::Acquire) != process => return None,
        Err(TryLockError::WouldBlock) => {
            POOL.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
        }
    };
    PROCESS.store(process, Ordering::Release);
    if let Some((owner, size, pool)) = held.as_ref()
        && *owner == process
        && *size == count
    {
        return Some(Arc::clone(pool));
    }
    let made = ThreadPoolBuilder::new()
        .num_threads(count - 1)
        .thread_name(|i| format!("logsumexp-{i}"))
        .build()
        .ok()?;
    let made = Arc::new(made);
    let before = held.replace((process, count, Arc::clone(&made)));
    if let Some((owner, _, pool)) = before
        && owner != process
    {
        std::mem::forget(pool);
    }
    Some(made)
}
