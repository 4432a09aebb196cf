//! A team of threads that stay: one leads, the others work whenever it says so.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::thread::Builder;

use nnrc_sim::barrier::{Barrier, Broken};

/// What a team works on.
pub(crate) trait Work: Sync {
    /// Does what was ordered as the thread `rank`, from 1; whether there will be more.
    fn work(&self, rank: usize) -> Result<bool, Broken>;

    /// Where the threads meet.
    fn barrier(&self) -> &Barrier;

    /// Orders the end.
    fn order_end(&self);
}

/// Makes what a team of at most `threads` works on, once it is known how many the machine starts, and leads it: `lead`
/// gives orders, begins each by meeting the others, and does the part of thread 0.
///
/// # Panics
///
/// With the panic of a thread of the team.
pub(crate) fn with_team<W: Work + Send, R>(
    threads: usize,
    make: impl FnOnce(usize) -> W,
    lead: impl FnOnce(&W) -> R,
) -> R {
    let place: OnceLock<W> = OnceLock::new();
    let run = |rank: usize| {
        let work = place.wait();
        let _breaker = work.barrier().breaker();
        while work.barrier().meet().is_ok() {
            match work.work(rank) {
                Ok(true) => {}
                Ok(false) | Err(Broken) => return,
            }
        }
    };
    let run = &run;
    std::thread::scope(|scope| {
        let start = |rank| Builder::new().spawn_scoped(scope, move || run(rank)).ok();
        let others: Vec<_> = (1..threads).map_while(start).collect();
        let work = place.get_or_init(|| make(others.len() + 1));
        let result = catch_unwind(AssertUnwindSafe(|| {
            let _breaker = work.barrier().breaker();
            let result = lead(work);
            work.order_end();
            // Where a thread has panicked nobody waits here, and its panic is passed on below.
            let _ = work.barrier().meet();
            result
        }));
        // The panic of a worker comes before that of the leader, who only found it missing.
        for other in others {
            if let Err(panic) = other.join() {
                resume_unwind(panic);
            }
        }
        result.unwrap_or_else(|panic| resume_unwind(panic))
    })
}
