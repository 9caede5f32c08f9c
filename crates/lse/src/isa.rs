//! The instruction set: found once, forced lower by `LOGSUMEXP_ISA`.

#[cfg(test)]
pub(crate) mod tests;

use crate::kernels::table::{self, Table};
use std::sync::OnceLock;

static CHOSEN: OnceLock<&'static Table> = OnceLock::new();

/// The kernels of this machine.
#[inline(always)]
pub(crate) fn kernels() -> &'static Table {
    match CHOSEN.get() {
        Some(table) => table,
        None => CHOSEN.get_or_init(choose),
    }
}

/// The name of the chosen kernels: avx512, avx2, neon or portable.
pub fn name() -> &'static str {
    kernels().name
}

/// Every path that this machine can run, best first.
pub fn supported() -> Vec<&'static str> {
    tables().iter().map(|table| table.name).collect()
}

/// The features of this processor that matter here, separated by spaces.
pub fn features() -> String {
    let mut found: Vec<&str> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! probe {
            ($($feature:tt)*) => {
                $(if std::is_x86_feature_detected!($feature) { found.push($feature); })*
            };
        }
        probe!("sse2" "avx" "avx2" "fma" "f16c" "avx512f" "avx512dq" "avx512vl" "avx512bw");
    }
    #[cfg(target_arch = "aarch64")]
    found.push("neon");
    found.retain(|feature| !feature.is_empty());
    found.join(" ")
}

/// The value of `LOGSUMEXP_ISA` if it names no path that this machine can run.
pub fn misnamed() -> Option<String> {
    let wanted = std::env::var("LOGSUMEXP_ISA").ok()?;
    (!wanted.is_empty() && !supported().contains(&wanted.as_str())).then_some(wanted)
}

fn choose() -> &'static Table {
    let tables = tables();
    let wanted = std::env::var("LOGSUMEXP_ISA").unwrap_or_default();
    tables.iter().find(|table| table.name == wanted).copied().unwrap_or(tables[0])
}

fn tables() -> Vec<&'static Table> {
    let mut tables: Vec<&'static Table> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        use std::is_x86_feature_detected as has;
        let avx2 = has!("avx2") && has!("fma") && has!("f16c");
        let avx512 = has!("avx512f") && has!("avx512dq") && has!("avx512vl") && has!("avx512bw");
        if avx2 && avx512 {
            tables.push(&table::avx512::TABLE);
        }
        if avx2 {
            tables.push(&table::avx2::TABLE);
        }
    }
    #[cfg(target_arch = "aarch64")]
    tables.push(&table::neon::TABLE);
    tables.push(&table::portable::TABLE);
    tables
}
