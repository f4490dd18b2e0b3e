//! A process that forks, as Python's `multiprocessing` does, and whose child has the client but not its thread.
#![cfg(target_os = "linux")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Bench, context, key};

unsafe extern "C" {
    safe fn fork() -> i32;
    safe fn alarm(seconds: u32) -> u32;
    safe fn _exit(code: i32) -> !;
    unsafe fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
}

#[test]
fn a_child_starts_a_thread_of_its_own() {
    let bench = Bench::new();
    let wrapped = bench.wrapped();
    let other = bench.open(&bench.arn);
    other.generate(&context("reveal")).unwrap();

    let process = fork();
    if process == 0 {
        // Whatever hangs, the child ends.
        alarm(20);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            // What was used before the fork is used, or dropped, after it.
            assert!(bench.unwrap(&wrapped).unwrap().same_as(&key()));
            drop(other);
        }));
        _exit(i32::from(outcome.is_err()));
    }
    assert!(process > 0);
    let mut status = 0;
    // SAFETY: `status` is an `int` that lives longer than the call.
    assert_eq!(unsafe { waitpid(process, &raw mut status, 0) }, process);
    assert_eq!(status, 0, "the child failed, or hung");
    // The parent's own thread is as it was.
    bench.unwrap(&wrapped).unwrap();
    other.generate(&context("reveal")).unwrap();
}
