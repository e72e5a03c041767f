//! Work that may panic over what a camera saw: a message of such a panic could show it, so nothing is told.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `work` answers; `None` when it panicked.
pub(super) fn attempt<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |told| {
            if !QUIET.get() {
                before(told);
            }
        }));
    });
    QUIET.set(true);
    // Nothing outlives the work but what it answers.
    let done = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer_and_the_next_attempt_goes_well() {
        let word = String::from("đ");
        assert_eq!(attempt(|| word.split_at(1).0.len()), None);
        assert_eq!(attempt(|| 7), Some(7));
        assert!(!QUIET.get());
    }
}
