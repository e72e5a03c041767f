//! The desktop's door to the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

/// Documents are many small allocations: see docs/performance.md.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(u8::from(!toso_window::run()))
}
