//! Work that is divided among threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As many threads as there are cores.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// What `work` makes of each number below `count`, in order. A thread works on a clone of `state` of its own and takes
/// the next number when it is done with one, so that the results are independent of the threads only if `work` leaves
/// nothing in the state that it reads again.
///
/// # Panics
///
/// With the panic of `work`.
pub fn map<S, T>(count: usize, threads: usize, state: &S, work: impl Fn(&mut S, usize) -> T + Sync) -> Vec<T>
where
    S: Clone + Sync,
    T: Send,
{
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = state.clone();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, work(&mut state, at)));
        }
    };
    let mut all = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1).min(count)).map(|_| scope.spawn(run)).collect();
        let mut all = Vec::with_capacity(count);
        for worker in workers {
            match worker.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_number_of_threads() {
        let expected: Vec<usize> = (0..100).map(|at| at * at).collect();
        for threads in [0, 1, 3, 200] {
            // Late results of early numbers, so that threads overtake each other.
            let found = map(100, threads, &0_usize, |scratch, at| {
                if at % 7 == 0 {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                *scratch = at;
                *scratch * at
            });
            assert_eq!(found, expected, "{threads}");
        }
        assert!(map(0, 4, &(), |(), at| at).is_empty());
    }

    #[test]
    #[should_panic(expected = "seven")]
    fn a_panic_is_passed_on() {
        map(10, 2, &(), |(), at| assert!(at != 7, "seven"));
    }
}
