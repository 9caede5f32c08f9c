//! Every elementary function against 448-bit arithmetic: its bound holds, and where it is attained.

mod close;
mod double;
mod exact;
mod exhaustive;
mod exp;
mod guide;
mod log;
mod precise;
mod ratio;
mod reference;
