//! What the tests of all rooms share: exact answers, distances from them, rows to try, arrays in memory;
//! and the laws, which belong to no single room.
//!
//! The other tests of a room stand in its own folder `tests`. Nothing in here is compiled into the library.

pub(crate) mod array;
pub(crate) mod bits;
mod can_fail;
pub(crate) mod exact;
pub(crate) mod laws;
pub(crate) mod number;
pub(crate) mod random;
pub(crate) mod rows;
pub(crate) mod worst;
