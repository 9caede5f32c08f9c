//! NEON lanes: arrays that the compiler turns into four 128-bit registers each. NEON and its fused
//! multiply-add belong to every aarch64, so the portable form compiles to vector code as it stands.

pub(crate) use super::portable::Portable as Neon;
