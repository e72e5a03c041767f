//! What hostile bytes make a program hold: a counting allocator, and the most that was held at once beyond what was held
//! before. What SQLite and zstd ask for in C is not seen here; theirs is capped by settings.

// A global allocator can only be written with `unsafe`; this one adds numbers and hands on to the system's.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

/// Bytes held by all threads, and the most of it since somebody last looked.
static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn more(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    MOST.fetch_max(held, Relaxed);
}

fn less(bytes: usize) {
    HELD.fetch_sub(bytes, Relaxed);
}

// SAFETY: every call goes on to the system's allocator unaltered.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as promised to us by the caller.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as promised to us by the caller.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        less(layout.size());
        // SAFETY: as promised to us by the caller.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new stand beside each other while it is moved.
        more(size);
        // SAFETY: as promised to us by the caller.
        let moved = unsafe { System.realloc(at, layout, size) };
        less(layout.size());
        moved
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What one bad input may make the program hold.
pub(crate) const BOUND: usize = 32 * 1024 * 1024;

/// Runs something; with the most that was held beyond what was held before. The caller sees to it that nothing else runs.
pub(crate) fn weighed<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let out = work();
    (out, MOST.load(Relaxed).saturating_sub(before))
}

/// Runs one bad input and holds that it took little.
#[track_caller]
pub(crate) fn frugal<T>(work: impl FnOnce() -> T) -> T {
    let (out, grown) = weighed(work);
    assert!(grown <= BOUND, "held {grown} bytes more");
    out
}
