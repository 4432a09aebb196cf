//! What threads share, behind locks; and the same for one thread alone, without their cost.

use std::cell::{Ref, RefCell, RefMut};
use std::ops::{Deref, DerefMut};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A place that is read by many or written by one.
pub trait Slot<T> {
    /// What reads.
    type Read<'a>: Deref<Target = T>
    where
        Self: 'a;
    /// What writes.
    type Write<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// A place with this in it.
    fn new(value: T) -> Self;

    /// Reads.
    fn read(&self) -> Self::Read<'_>;

    /// Writes.
    fn write(&self) -> Self::Write<'_>;
}

/// Which places are used.
pub trait Slots {
    /// Its place.
    type Slot<T>: Slot<T>;
}

/// For one thread.
pub struct Alone;

impl Slots for Alone {
    type Slot<T> = RefCell<T>;
}

impl<T> Slot<T> for RefCell<T> {
    type Read<'a>
        = Ref<'a, T>
    where
        T: 'a;
    type Write<'a>
        = RefMut<'a, T>
    where
        T: 'a;

    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn read(&self) -> Ref<'_, T> {
        self.borrow()
    }

    fn write(&self) -> RefMut<'_, T> {
        self.borrow_mut()
    }
}

/// For several threads. Phases are divided so that nobody waits for a lock: whoever writes has no readers.
pub struct Shared;

impl Slots for Shared {
    type Slot<T> = RwLock<T>;
}

/// A panic elsewhere ends this thread at the next barrier; until then what it left is as good as any.
impl<T> Slot<T> for RwLock<T> {
    type Read<'a>
        = RwLockReadGuard<'a, T>
    where
        T: 'a;
    type Write<'a>
        = RwLockWriteGuard<'a, T>
    where
        T: 'a;

    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn read(&self) -> RwLockReadGuard<'_, T> {
        Self::read(self).unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, T> {
        Self::write(self).unwrap_or_else(PoisonError::into_inner)
    }
}
