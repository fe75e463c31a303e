//! Runs an analysis where it can neither exhaust the stack nor take the program down.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::thread;

/// The stack of an analysis. It is reserved address space; what is not used costs no memory.
pub const STACK_SIZE: usize = 256 * 1024 * 1024;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps panics inside an analysis off the terminal; they are reported as findings.
///
/// It replaces the process's panic hook, so a program calls it once. Other panics are shown as before.
pub fn capture_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if GUARDED.get() {
            LAST_PANIC.set(Some(info.to_string().replace('\n', " ")));
        } else {
            before(info);
        }
    }));
}

/// Runs `work` on a thread with a deep stack; a panic in it becomes the error, in words.
pub fn guarded<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    let mut work = Some(work);
    let result = thread::scope(|scope| {
        let run = || caught(work.take());
        match thread::Builder::new()
            .name("analysis".to_owned())
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, run)
        {
            Ok(handle) => Some(handle.join().unwrap_or_else(|_| Err("the analysis panicked".to_owned()))),
            // No address space for such a stack.
            Err(_) => None,
        }
    });
    result.unwrap_or_else(|| caught(work.take()))
}

fn caught<T>(work: Option<impl FnOnce() -> T>) -> Result<T, String> {
    let Some(work) = work else { return Err("the analysis could not be started".to_owned()) };
    GUARDED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    result.map_err(|payload| {
        LAST_PANIC.take().unwrap_or_else(|| {
            let text = payload.downcast_ref::<&str>().copied();
            text.or(payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic").to_owned()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_result_or_the_panic() {
        assert_eq!(guarded(|| 7), Ok(7));
        let failed = guarded(|| assert_eq!(1 + 1, 3, "arithmetic"));
        assert!(failed.is_err_and(|message| message.contains("arithmetic")));
    }

    #[test]
    fn has_a_deep_stack() {
        fn depth(n: u64) -> u64 {
            let kept = std::hint::black_box([n; 64]);
            if n == 0 { 0 } else { depth(n - 1) + u64::from(kept[0] == n) }
        }
        assert_eq!(guarded(|| depth(100_000)), Ok(100_000));
    }
}
