//! `toso-hub`, the program. Everything it does is in the library.

use std::process::ExitCode;

/// Documents are many small allocations: see docs/performance.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    toso_hub::command::run()
}
