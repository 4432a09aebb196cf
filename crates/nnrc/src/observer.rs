//! What long work tells whoever waits for it, and asks of them.

/// Whoever waits for long work. Every method has a default, so that nothing need be said.
pub trait Observer {
    /// A remark on what is done, in words.
    fn note(&mut self, _words: &str) {}

    /// So much of the work is done.
    fn progress(&mut self, _done: usize, _of: usize) {}
}

/// Nobody waits.
impl Observer for () {}
