//! The kernels as functions from rows to numbers: what every test below goes through.

use super::super::table::{Guess, Table};
use super::super::{
    Abreast, Batch, Care, Columns, Flow, Inverse, Level, Running, Signed, Strip, Tile,
};
use crate::elementary::exp::{Reference, Temperature};
use crate::lanes::Real;
use crate::state::Mass;
use crate::tests::rows::narrow;

/// The two types, so that a test is written once.
pub(super) trait Type: Real + Default + Into<f64> {
    /// Rows in a tile.
    const LANES: usize;
    fn of(row: &[f64]) -> Vec<Self>;
    fn fold(table: &Table, x: &[Self], guess: &Guess, care: Care) -> Mass;
    fn errors(table: &Table, x: &[Self], guess: &Guess, limit: f64, care: Care) -> f64;
    fn short(table: &Table, tile: &mut Tile<Self>, of: Abreast, t: Temperature, batch: &mut Batch);
    fn short_shares(
        table: &Table,
        tile: &mut Tile<Self>,
        of: Abreast,
        t: Temperature,
        batch: &mut Batch,
    );
    fn short_logs(
        table: &Table,
        tile: &mut Tile<Self>,
        of: Abreast,
        t: Temperature,
        batch: &mut Batch,
    );
    /// The logarithms of the masses of short rows.
    fn finish(table: &Table, batch: &mut Batch, rows: usize, t: Temperature);
    fn fold_columns(table: &Table, strip: &Strip<Self>, columns: &mut Columns);
    /// # Safety
    /// As the kernels: `out` has room for the shares or logarithms of `x`.
    unsafe fn spread(table: &Table, x: &[Self], out: *mut Self, way: &Way);
    /// # Safety
    /// As the kernels: the strips lie within their memory.
    unsafe fn spread_columns(
        table: &Table,
        x: &Strip<Self>,
        out: &Strip<Self>,
        of: (&Columns, bool),
    );
}

/// What becomes of the elements.
pub(super) enum Way {
    Shares(Inverse),
    Logarithms(Level),
}

macro_rules! of_type {
    ($real:ty, $lanes:literal, $of:expr, $fold:ident, $errors:ident, $short:ident, $short_shares:ident,
     $short_logs:ident, $finish:ident, $columns:ident,
     $share:ident, $log:ident, $share_columns:ident, $log_columns:ident) => {
        impl Type for $real {
            const LANES: usize = $lanes;
            fn of(row: &[f64]) -> Vec<$real> {
                $of(row)
            }
            fn fold(table: &Table, x: &[$real], guess: &Guess, care: Care) -> Mass {
                // SAFETY: no pointers.
                unsafe { table.$fold(x, guess, care) }
            }
            fn errors(table: &Table, x: &[$real], guess: &Guess, limit: f64, care: Care) -> f64 {
                // SAFETY: no pointers.
                unsafe { table.$errors(x, guess, limit, care) }
            }
            fn short(
                table: &Table,
                tile: &mut Tile<$real>,
                of: Abreast,
                t: Temperature,
                batch: &mut Batch,
            ) {
                // SAFETY: no pointers.
                unsafe { table.$short(tile, of, t, batch, 0) }
            }
            fn short_shares(
                table: &Table,
                tile: &mut Tile<$real>,
                of: Abreast,
                t: Temperature,
                batch: &mut Batch,
            ) {
                // SAFETY: no pointers.
                unsafe { table.$short_shares(tile, of, t, batch) }
            }
            fn short_logs(
                table: &Table,
                tile: &mut Tile<$real>,
                of: Abreast,
                t: Temperature,
                batch: &mut Batch,
            ) {
                // SAFETY: no pointers.
                unsafe { table.$short_logs(tile, of, t, batch) }
            }
            fn finish(table: &Table, batch: &mut Batch, rows: usize, t: Temperature) {
                // SAFETY: no pointers.
                unsafe { table.$finish(batch, rows, t, 0.0) };
            }
            fn fold_columns(table: &Table, strip: &Strip<$real>, columns: &mut Columns) {
                // SAFETY: the strip was made of a slice.
                unsafe { table.$columns(strip, columns) }
            }
            unsafe fn spread(table: &Table, x: &[$real], out: *mut $real, way: &Way) {
                // SAFETY: the caller vouches for `out`.
                unsafe {
                    match way {
                        Way::Shares(inverse) => {
                            table.$share(x.as_ptr(), out, x.len(), inverse, Flow::Kept)
                        }
                        Way::Logarithms(level) => {
                            table.$log(x.as_ptr(), out, x.len(), level, Flow::Kept)
                        }
                    }
                }
            }
            unsafe fn spread_columns(
                table: &Table,
                x: &Strip<$real>,
                out: &Strip<$real>,
                of: (&Columns, bool),
            ) {
                // SAFETY: the caller vouches for the strips.
                unsafe {
                    if of.1 {
                        table.$log_columns(x, out, of.0)
                    } else {
                        table.$share_columns(x, out, of.0)
                    }
                }
            }
        }
    };
}
of_type!(
    f32,
    16,
    narrow,
    fold_single,
    errors_single,
    short_single,
    short_shares_single,
    short_log_shares_single,
    finish_coarsely,
    columns_single,
    share_single,
    log_single,
    share_columns_single,
    log_columns_single
);
of_type!(
    f64,
    8,
    <[f64]>::to_vec,
    fold_double,
    errors_double,
    short_double,
    short_shares_double,
    short_log_shares,
    finish,
    columns_double,
    share_double,
    log_double,
    share_columns_double,
    log_columns_double
);

/// The mass of a row in the reference that belongs to its maximum, as dispatch would fold it.
pub(super) fn fold<T: Type>(table: &Table, x: &[T], temperature: Temperature, care: Care) -> Mass {
    let mut reference = Reference::ZERO;
    loop {
        let mass = T::fold(table, x, &Guess { reference, temperature }, care);
        let wanted = Reference::of::<T>(mass.max, temperature);
        if wanted == reference {
            return mass;
        }
        reference = wanted;
    }
}

/// The mass of a row for its shares, as dispatch makes it good enough.
pub(super) fn fold_for_shares<T: Type>(table: &Table, x: &[T], temperature: Temperature) -> Mass {
    let mass = fold(table, x, temperature, Care::Shares);
    if !mass.is_confident(temperature) {
        return mass;
    }
    if mass.reference.center != 0.0 {
        return fold(table, x, temperature, Care::Fine);
    }
    let guess = Guess { reference: mass.reference, temperature };
    let limit = mass.confident_from(temperature);
    Mass { low: mass.low + T::errors(table, x, &guess, limit, Care::Shares), ..mass }
}

/// Shares or logarithms of shares.
pub(super) fn spread<T: Type>(table: &Table, x: &[T], way: &Way) -> Vec<f64> {
    let mut out = vec![T::default(); x.len()];
    // SAFETY: as many elements.
    unsafe { T::spread(table, x, out.as_mut_ptr(), way) };
    out.into_iter().map(Into::into).collect()
}

/// Rows of equal length in the lanes of tiles side by side.
pub(super) fn tile<T: Type>(rows: &[Vec<f64>]) -> Box<Tile<T>> {
    let mut tile = Box::new(Tile::new());
    for (i, row) in rows.iter().enumerate() {
        for (j, x) in T::of(row).into_iter().enumerate() {
            tile.x[place::<T>(i, j, row.len())] = x;
        }
    }
    tile
}

/// Where element j of row i lies.
fn place<T: Type>(i: usize, j: usize, count: usize) -> usize {
    T::LANES * (i / T::LANES * count + j) + i % T::LANES
}

/// What the lane of row `i` holds.
pub(super) fn lane<T: Type>(tile: &Tile<T>, i: usize, count: usize) -> Vec<f64> {
    (0..count).map(|j| tile.x[place::<T>(i, j, count)].into()).collect()
}

/// log mass in two parts.
pub(super) fn finish(table: &Table, masses: &[Mass], temperature: Temperature) -> [Vec<f64>; 2] {
    let mut batch = Batch::new();
    for (row, mass) in masses.iter().enumerate() {
        batch.set(row, *mass);
    }
    // SAFETY: no pointers.
    unsafe { table.finish(&mut batch, masses.len(), temperature, 0.0) };
    [batch.log_high[..masses.len()].to_vec(), batch.log_low[..masses.len()].to_vec()]
}

/// The precise sum of a row, and the count of the elements equal to `peak`.
pub(super) fn precise(
    table: &Table,
    x: &[f64],
    center: f64,
    peak: f64,
    t: Temperature,
) -> [f64; 3] {
    let mut running = Running::ZERO;
    // SAFETY: no pointers.
    unsafe { table.precise(x, &mut running, center, peak, t) };
    let (high, low) = running.lowered();
    [high, low, running.top()]
}

/// The signed sum of b e^((x - center) / t), the weights given as mantissa and exponent.
pub(super) fn weighted(table: &Table, part: &Signed<'_>, center: f64, t: Temperature) -> [f64; 2] {
    let mut running = Running::ZERO;
    // SAFETY: no pointers.
    unsafe { table.weighted(part, &mut running, center, t) };
    let (high, low) = running.lowered();
    [high, low]
}
