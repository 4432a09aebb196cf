//! Work that is divided among threads.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

/// As many threads as there are cores.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// What `work` makes of each number below `count`, in order. A thread works on a clone of `state` of its own and takes
/// the next number when it is done with one, so that the results are independent of the threads only if `work` leaves
/// nothing in the state that it reads again. This thread is one of them: where the machine starts no more, or none at
/// all, the work takes longer.
///
/// # Panics
///
/// With the panic of `work`.
pub fn map<S, T>(count: usize, threads: usize, state: &S, work: impl Fn(&mut S, usize) -> T + Sync) -> Vec<T>
where
    S: Clone + Sync,
    T: Send,
{
    map_started_by(&Builder::new, count, threads, state, work)
}

fn map_started_by<S, T>(
    builder: &dyn Fn() -> Builder,
    count: usize,
    threads: usize,
    state: &S,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T>
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
        let others = 1..threads.max(1).min(count);
        let workers: Vec<_> = others.map_while(|_| builder().spawn_scoped(scope, run).ok()).collect();
        let mut all = run();
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

/// Has a thread for each of the pieces, as far as the machine starts them.
///
/// # Panics
///
/// With the panic of `work`.
pub(crate) fn each<T: Send>(pieces: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let pieces: Vec<Mutex<Option<T>>> = pieces.map(|piece| Mutex::new(Some(piece))).collect();
    map(pieces.len(), pieces.len(), &(), |(), at| {
        // Each number is given out once, so nobody waits and nothing is taken twice.
        let piece = pieces[at].lock().ok().and_then(|mut piece| piece.take());
        piece.map(&work);
    });
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
    fn a_machine_that_starts_no_thread_does_all_in_this_one() {
        let own = std::thread::current().id();
        // No machine has room for such a stack.
        let none = || Builder::new().stack_size(1 << 60);
        assert!(none().spawn(|| ()).is_err());
        let found = map_started_by(&none, 5, 3, &(), |(), at| (at, std::thread::current().id()));
        assert_eq!(found, (0..5).map(|at| (at, own)).collect::<Vec<_>>());
    }

    #[test]
    fn each_piece_is_worked_on_once() {
        let mut numbers = [1, 2, 3, 4, 5];
        each(numbers.chunks_mut(2), |piece| piece.iter_mut().for_each(|number| *number *= 10));
        assert_eq!(numbers, [10, 20, 30, 40, 50]);
        each(std::iter::empty::<()>(), |()| ());
    }

    #[test]
    #[should_panic(expected = "seven")]
    fn a_panic_is_passed_on() {
        map(10, 2, &(), |(), at| assert!(at != 7, "seven"));
    }
}
