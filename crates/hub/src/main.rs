//! `toso-hub`, the program. Everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    toso_hub::command::run()
}
