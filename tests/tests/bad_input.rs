//! What strangers, couriers and worn-out sticks may put before the protocol: each gets a stable code, changes nothing,
//! and asks for little memory.
//!
//! Every allocation of this binary is counted, because the question is not what survives but what hostile bytes can ask
//! for: 32 MB, all requests of one case added up. What zstd asks for in C is not seen here; its window is capped instead.

// A global allocator can only be written with `unsafe`; this one adds two numbers and hands on to the system's.
#![allow(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed step is a failed test"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

mod bad {
    mod body;
    mod file;
    mod message;
    mod pack;
    mod ruling;
}

struct Counting;

thread_local! {
    /// Bytes this thread asked for; tests run on threads of their own.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: usize) {
    let _ = ASKED.try_with(|asked| asked.set(asked.get().saturating_add(bytes)));
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

/// Runs one bad input and holds that it asked for little.
fn frugal<T>(work: impl FnOnce() -> T) -> T {
    let before = ASKED.get();
    let out = work();
    let asked = ASKED.get() - before;
    assert!(asked <= MOST, "asked for {asked} bytes");
    out
}
