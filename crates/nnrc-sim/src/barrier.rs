//! Where threads wait for each other many thousand times a second.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::parallel::cores;

/// About 20 µs.
const SPINS: usize = 2_000;
/// How often it lets others run before it sleeps.
const YIELDS: usize = 200;

/// A barrier for a fixed number of threads. A thread that waits spins for a while, then lets other threads run, then
/// sleeps: on a machine with fewer cores than threads it does not burn what the others need.
#[derive(Debug)]
pub struct Barrier {
    size: usize,
    /// How often a thread looks before it lets others run.
    spins: usize,
    arrived: AtomicUsize,
    /// How often all have met.
    turn: AtomicUsize,
    is_broken: AtomicBool,
    asleep: AtomicUsize,
    lock: Mutex<()>,
    wake: Condvar,
}

/// A thread has panicked: the others go home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl Barrier {
    /// For so many threads.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            // Where there are fewer cores, one of those that are waited for may need this one.
            spins: if size <= cores() { SPINS } else { 0 },
            arrived: AtomicUsize::new(0),
            turn: AtomicUsize::new(0),
            is_broken: AtomicBool::new(false),
            asleep: AtomicUsize::new(0),
            lock: Mutex::new(()),
            wake: Condvar::new(),
        }
    }

    /// Waits until all are here. What each did before is seen by all after it.
    ///
    /// # Errors
    ///
    /// [`Broken`] where one will never come.
    pub fn meet(&self) -> Result<(), Broken> {
        if self.size <= 1 {
            return self.unbroken();
        }
        let turn = self.turn.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.size {
            self.arrived.store(0, Ordering::Relaxed);
            self.turn.store(turn.wrapping_add(1), Ordering::SeqCst);
            self.wake_all();
            return self.unbroken();
        }
        let is_over = || self.turn.load(Ordering::Acquire) != turn || self.is_broken.load(Ordering::Acquire);
        for _ in 0..self.spins {
            if is_over() {
                return self.unbroken();
            }
            std::hint::spin_loop();
        }
        for _ in 0..YIELDS {
            if is_over() {
                return self.unbroken();
            }
            std::thread::yield_now();
        }
        let mut guard = self.guard();
        // Whoever turns looks for sleepers after the turn, and a sleeper at the turn after it is one: one of the two
        // sees the other.
        self.asleep.fetch_add(1, Ordering::SeqCst);
        while self.turn.load(Ordering::SeqCst) == turn && !self.is_broken.load(Ordering::SeqCst) {
            guard = self.wake.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
        drop(guard);
        self.unbroken()
    }

    /// Breaks the barrier if the thread that holds it panics.
    pub fn breaker(&self) -> Breaker<'_> {
        Breaker(self)
    }

    fn unbroken(&self) -> Result<(), Broken> {
        if self.is_broken.load(Ordering::Acquire) { Err(Broken) } else { Ok(()) }
    }

    fn wake_all(&self) {
        if self.asleep.load(Ordering::SeqCst) > 0 {
            drop(self.guard());
            self.wake.notify_all();
        }
    }

    fn guard(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Breaks a barrier if it is dropped by a panic.
#[derive(Debug)]
pub struct Breaker<'a>(&'a Barrier);

impl Drop for Breaker<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.is_broken.store(true, Ordering::SeqCst);
            self.0.wake_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn nobody_is_a_turn_ahead() {
        // More threads than most machines have cores, so that some of them sleep.
        for size in [1, 2, 5, 40] {
            let barrier = Barrier::new(size);
            let counts: Vec<AtomicU64> = (0..size).map(|_| AtomicU64::new(0)).collect();
            std::thread::scope(|scope| {
                for rank in 0..size {
                    let (barrier, counts) = (&barrier, &counts);
                    scope.spawn(move || {
                        for turn in 1..=200 {
                            counts[rank].store(turn, Ordering::Relaxed);
                            barrier.meet().unwrap();
                            assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) >= turn));
                            barrier.meet().unwrap();
                        }
                    });
                }
            });
            assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 200));
        }
    }

    #[test]
    fn a_panic_sends_all_home() {
        let barrier = Barrier::new(3);
        std::thread::scope(|scope| {
            let waiting: Vec<_> = (0..2).map(|_| scope.spawn(|| barrier.meet())).collect();
            let panics = scope.spawn(|| {
                let _breaker = barrier.breaker();
                // Late enough for the others to sleep.
                std::thread::sleep(std::time::Duration::from_millis(50));
                panic!("on purpose");
            });
            assert!(panics.join().is_err());
            waiting.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), Err(Broken)));
        });
        assert_eq!(barrier.meet(), Err(Broken));
    }
}
