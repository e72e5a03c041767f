//! A counting allocator: the question is not what survives but what hostile bytes can ask for, all requests of one case
//! added up, given back or not. What SQLite and zstd ask for in C is not seen here; theirs is capped by settings.

// A global allocator can only be written with `unsafe`; this one adds numbers and hands on to the system's.
#![allow(unsafe_code)]
#![allow(
    dead_code,
    reason = "one binary counts by thread, the other by process"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

thread_local! {
    /// Bytes this thread asked for; tests run on threads of their own.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// Bytes all threads asked for.
static ALL: AtomicUsize = AtomicUsize::new(0);

fn count(bytes: usize) {
    let _ = ASKED.try_with(|asked| asked.set(asked.get().saturating_add(bytes)));
    ALL.fetch_add(bytes, Relaxed);
}

// SAFETY: every call goes on to the system's allocator unaltered.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as promised to us by the caller.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as promised to us by the caller.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: as promised to us by the caller.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What one bad input may ask for.
const MOST: usize = 32 * 1024 * 1024;

/// Runs one bad input on this thread and holds that it asked for little.
#[track_caller]
pub(crate) fn frugal<T>(work: impl FnOnce() -> T) -> T {
    let before = ASKED.get();
    let out = work();
    let asked = ASKED.get() - before;
    assert!(asked <= MOST, "asked for {asked} bytes");
    out
}

/// Runs one bad input whose work is done by other threads too, and holds that all of them together asked for little.
/// The caller sees to it that nothing else runs.
#[track_caller]
pub(crate) fn frugal_all<T>(work: impl FnOnce() -> T) -> T {
    let before = ALL.load(Relaxed);
    let out = work();
    let asked = ALL.load(Relaxed) - before;
    assert!(asked <= MOST, "asked for {asked} bytes");
    out
}
