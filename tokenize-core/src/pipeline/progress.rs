//! How far a run has come, told while it goes on.

use std::fmt::Debug;

/// Is told what has been done, from any thread; counts only.
///
/// Meant to be implemented by callers, say to draw a bar. It is called often and must not block.
pub trait Progress: Debug + Send + Sync {
    /// So many more rows have been treated.
    fn rows(&self, rows: u64);

    /// So many more bytes of input have been dealt with.
    fn bytes(&self, bytes: u64);
}
