//! The two types that kernels compute in, and what each promises.

use super::tiles::Tiles;
use crate::elementary::exp::Temperature;
use crate::intake::Kind;
use crate::kernels::table::{Guess, Table};
use crate::kernels::{
    Abreast, Batch, Beside, Bundle, Care, Columns, Dots, Flow, Inverse, Level, Line, Numbers, Peak,
    Quick, Strip, Tile, Top, WeightedColumns,
};
use crate::lanes::Real;
use crate::state::Mass;

/// float32 or float64.
pub(crate) trait Compute: Real + Default + Into<f64> {
    /// The kind of an array that holds this type.
    const KIND: Kind;
    /// Elements in a chunk of a row: 64 KiB, which stay in the second-level cache.
    const CHUNK: usize;
    /// Rows in a tile of short rows.
    const LANES: usize;
    /// Above this |result| / t the sum of a fast fold is known well enough for 1 ulp.
    const TRUSTED: f64;
    /// The same for a fold with care, and for short rows.
    const TRUSTED_CLOSE: f64;
    /// Above this log(mass) - max/t a fold, mended for float32, is known well enough for logarithms of shares.
    const TRUSTED_GAP: f64;

    /// The tile of this type.
    fn tile(tiles: &mut Tiles) -> &mut Tile<Self>;
    fn fold(table: &Table, x: &[Self], guess: &Guess, care: Care) -> Mass;
    /// # Safety
    /// As the kernel.
    unsafe fn seconds(
        table: &Table,
        x: *const Self,
        count: usize,
        guess: &Guess,
        care: Care,
    ) -> Mass;
    /// What a fold lost beside the elements above a limit.
    fn errors(table: &Table, x: &[Self], guess: &Guess, limit: f64, care: Care) -> f64;
    /// # Safety
    /// As the kernel.
    unsafe fn errors_columns(table: &Table, x: &Strip<Self>, columns: &mut Columns);
    /// What lies beside the largest element.
    fn beside(table: &Table, x: &[Self], peak: &Peak) -> Beside;
    /// t log(mass), in two parts.
    fn level(table: &Table, mass: &Mass, temperature: Temperature) -> (f64, f64);
    /// The same of a row with its top kept apart.
    fn level_beside(table: &Table, top: &Top, temperature: Temperature) -> (f64, f64);
    /// Fold for shares, the remainders kept.
    ///
    /// # Safety
    /// As the kernel.
    unsafe fn keep(table: &Table, x: &[Self], guess: &Guess, rests: *mut Self) -> Mass;
    /// # Safety
    /// As the kernel.
    unsafe fn share_kept(
        table: &Table,
        pieces: [*const Self; 2],
        out: *mut Self,
        n: usize,
        inverse: &Inverse,
        flow: Flow,
    );
    fn short(
        table: &Table,
        tile: &mut Tile<Self>,
        abreast: Abreast,
        temperature: Temperature,
        batch: &mut Batch,
        at: usize,
    );
    /// Replace short rows by their shares; answers their masses, as `high`.
    fn short_shares(
        table: &Table,
        tile: &mut Tile<Self>,
        abreast: Abreast,
        temperature: Temperature,
        batch: &mut Batch,
    );
    /// Replace short rows by the logarithms of their shares; answers logsumexp, finite for ordinary rows, as
    /// `log_high`.
    fn short_logs(
        table: &Table,
        tile: &mut Tile<Self>,
        abreast: Abreast,
        temperature: Temperature,
        batch: &mut Batch,
    );
    /// The logarithms of the masses of short rows, as `log_high`; answers which are below `limit` in magnitude.
    fn finish_short(
        table: &Table,
        batch: &mut Batch,
        rows: usize,
        temperature: Temperature,
        limit: f64,
    ) -> u64;
    /// # Safety
    /// As the kernel.
    unsafe fn turn(table: &Table, bundle: &Bundle<Self>, tile: *mut Self);
    /// # Safety
    /// As the kernel.
    unsafe fn turn_back(table: &Table, tile: *const Self, bundle: &Bundle<Self>);
    /// # Safety
    /// As the kernel.
    unsafe fn share(
        table: &Table,
        x: *const Self,
        out: *mut Self,
        n: usize,
        inverse: &Inverse,
        flow: Flow,
    );
    /// # Safety
    /// As the kernel.
    unsafe fn log(
        table: &Table,
        x: *const Self,
        out: *mut Self,
        n: usize,
        level: &Level,
        flow: Flow,
    );
    /// # Safety
    /// As the kernel.
    unsafe fn fold_columns(table: &Table, x: &Strip<Self>, columns: &mut Columns);
    /// # Safety
    /// As the kernel.
    unsafe fn share_columns(table: &Table, x: &Strip<Self>, out: &Strip<Self>, columns: &Columns);
    /// # Safety
    /// As the kernel.
    unsafe fn log_columns(table: &Table, x: &Strip<Self>, out: &Strip<Self>, columns: &Columns);
    /// # Safety
    /// As the kernel.
    unsafe fn read(table: &Table, line: &Line, out: *mut Self, count: usize);
    /// # Safety
    /// As the kernel.
    unsafe fn write(table: &Table, x: &[Self], line: &Line);
    /// # Safety
    /// As the kernel.
    unsafe fn replace(table: &Table, x: &mut [Self], mask: *const u8, stride: isize);
    fn quick(table: &Table, x: &[Self], weights: &[Self], guess: &Guess) -> Quick;
    /// # Safety
    /// As the kernel.
    unsafe fn select(table: &Table, x: *const Self, mask: *const u8, out: &mut [Self]);
    fn dots(table: &Table, x: &[Self], a: Option<Numbers<'_>>, sums: &mut Dots);
    /// # Safety
    /// As the kernel.
    unsafe fn weighted_columns(
        table: &Table,
        x: &Strip<Self>,
        weights: &Strip<Self>,
        found: &mut WeightedColumns,
    );
}

macro_rules! compute {
    ($real:ty, $kind:expr, $chunk:expr, $lanes:expr, $trusted:expr, $close:expr, $gap:expr, $tile:ident,
     $fold:ident, $seconds:ident, $keep:ident, $kept:ident, $errors:ident, $errors_columns:ident,
     $beside:ident, $level:ident, $level_beside:ident,
     $short:ident, $short_shares:ident, $short_logs:ident, $finish_short:ident,
     $turn:ident, $turn_back:ident, $share:ident, $log:ident,
     $fold_columns:ident, $share_columns:ident, $log_columns:ident,
     $read:ident, $write:ident, $replace:ident, $select:ident, $quick:ident, $dots:ident,
     $weighted_columns:ident) => {
        impl Compute for $real {
            const KIND: Kind = $kind;
            const CHUNK: usize = $chunk;
            const LANES: usize = $lanes;
            const TRUSTED: f64 = $trusted;
            const TRUSTED_CLOSE: f64 = $close;
            const TRUSTED_GAP: f64 = $gap;

            fn tile(tiles: &mut Tiles) -> &mut Tile<$real> {
                &mut tiles.$tile
            }
            fn fold(table: &Table, x: &[$real], guess: &Guess, care: Care) -> Mass {
                // SAFETY: no pointers.
                unsafe { table.$fold(x, guess, care) }
            }
            unsafe fn seconds(
                table: &Table,
                x: *const $real,
                count: usize,
                guess: &Guess,
                care: Care,
            ) -> Mass {
                // SAFETY: handed on.
                unsafe { table.$seconds(x, count, guess, care) }
            }
            fn errors(table: &Table, x: &[$real], guess: &Guess, limit: f64, care: Care) -> f64 {
                // SAFETY: no pointers.
                unsafe { table.$errors(x, guess, limit, care) }
            }
            unsafe fn errors_columns(table: &Table, x: &Strip<$real>, columns: &mut Columns) {
                // SAFETY: handed on.
                unsafe { table.$errors_columns(x, columns) }
            }
            fn beside(table: &Table, x: &[$real], peak: &Peak) -> Beside {
                // SAFETY: no pointers.
                unsafe { table.$beside(x, peak) }
            }
            fn level(table: &Table, mass: &Mass, temperature: Temperature) -> (f64, f64) {
                // SAFETY: no pointers.
                unsafe { table.$level(mass, temperature) }
            }
            fn level_beside(table: &Table, top: &Top, temperature: Temperature) -> (f64, f64) {
                // SAFETY: no pointers.
                unsafe { table.$level_beside(top, temperature) }
            }
            unsafe fn keep(table: &Table, x: &[$real], guess: &Guess, rests: *mut $real) -> Mass {
                // SAFETY: handed on.
                unsafe { table.$keep(x, guess, rests) }
            }
            unsafe fn share_kept(
                table: &Table,
                [x, rests]: [*const $real; 2],
                out: *mut $real,
                n: usize,
                inverse: &Inverse,
                flow: Flow,
            ) {
                // SAFETY: handed on.
                unsafe { table.$kept(x, rests, out, n, inverse, flow) }
            }
            fn short(
                table: &Table,
                tile: &mut Tile<$real>,
                abreast: Abreast,
                temperature: Temperature,
                batch: &mut Batch,
                at: usize,
            ) {
                // SAFETY: no pointers.
                unsafe { table.$short(tile, abreast, temperature, batch, at) }
            }
            fn short_shares(
                table: &Table,
                tile: &mut Tile<$real>,
                abreast: Abreast,
                temperature: Temperature,
                batch: &mut Batch,
            ) {
                // SAFETY: no pointers.
                unsafe { table.$short_shares(tile, abreast, temperature, batch) }
            }
            fn short_logs(
                table: &Table,
                tile: &mut Tile<$real>,
                abreast: Abreast,
                temperature: Temperature,
                batch: &mut Batch,
            ) {
                // SAFETY: no pointers.
                unsafe { table.$short_logs(tile, abreast, temperature, batch) }
            }
            fn finish_short(
                table: &Table,
                batch: &mut Batch,
                rows: usize,
                temperature: Temperature,
                limit: f64,
            ) -> u64 {
                // SAFETY: no pointers.
                unsafe { table.$finish_short(batch, rows, temperature, limit) }
            }
            unsafe fn turn(table: &Table, bundle: &Bundle<$real>, tile: *mut $real) {
                // SAFETY: handed on.
                unsafe { table.$turn(bundle, tile) }
            }
            unsafe fn turn_back(table: &Table, tile: *const $real, bundle: &Bundle<$real>) {
                // SAFETY: handed on.
                unsafe { table.$turn_back(tile, bundle) }
            }
            unsafe fn share(
                table: &Table,
                x: *const $real,
                out: *mut $real,
                n: usize,
                inverse: &Inverse,
                flow: Flow,
            ) {
                // SAFETY: handed on.
                unsafe { table.$share(x, out, n, inverse, flow) }
            }
            unsafe fn log(
                table: &Table,
                x: *const $real,
                out: *mut $real,
                n: usize,
                level: &Level,
                flow: Flow,
            ) {
                // SAFETY: handed on.
                unsafe { table.$log(x, out, n, level, flow) }
            }
            unsafe fn fold_columns(table: &Table, x: &Strip<$real>, columns: &mut Columns) {
                // SAFETY: handed on.
                unsafe { table.$fold_columns(x, columns) }
            }
            unsafe fn share_columns(
                table: &Table,
                x: &Strip<$real>,
                out: &Strip<$real>,
                columns: &Columns,
            ) {
                // SAFETY: handed on.
                unsafe { table.$share_columns(x, out, columns) }
            }
            unsafe fn log_columns(
                table: &Table,
                x: &Strip<$real>,
                out: &Strip<$real>,
                columns: &Columns,
            ) {
                // SAFETY: handed on.
                unsafe { table.$log_columns(x, out, columns) }
            }
            unsafe fn read(table: &Table, line: &Line, out: *mut $real, count: usize) {
                // SAFETY: handed on.
                unsafe { table.$read(line, out, count) }
            }
            unsafe fn write(table: &Table, x: &[$real], line: &Line) {
                // SAFETY: handed on.
                unsafe { table.$write(x.as_ptr(), line, x.len()) }
            }
            unsafe fn replace(table: &Table, x: &mut [$real], mask: *const u8, stride: isize) {
                // SAFETY: handed on.
                unsafe { table.$replace(x, mask, stride) }
            }
            fn quick(table: &Table, x: &[$real], weights: &[$real], guess: &Guess) -> Quick {
                // SAFETY: no pointers.
                unsafe { table.$quick(x, weights, guess) }
            }
            unsafe fn select(table: &Table, x: *const $real, mask: *const u8, out: &mut [$real]) {
                // SAFETY: handed on.
                unsafe { table.$select(x, mask, out) }
            }
            fn dots(table: &Table, x: &[$real], a: Option<Numbers<'_>>, sums: &mut Dots) {
                // SAFETY: no pointers.
                unsafe { table.$dots(x, a, sums) }
            }
            unsafe fn weighted_columns(
                table: &Table,
                x: &Strip<$real>,
                weights: &Strip<$real>,
                found: &mut WeightedColumns,
            ) {
                // SAFETY: handed on.
                unsafe { table.$weighted_columns(x, weights, found) }
            }
        }
    };
}

// TRUSTED: 0.45 ulp of a result in [1, 2) is 0.9 * 2^-24; the sum errs by less than 0.8 * 2^-24.
compute!(
    f32,
    Kind::Float32,
    16_384,
    16,
    1.0,
    1.0,
    0.5,
    single,
    fold_single,
    seconds_single,
    keep_single,
    kept_single,
    errors_single,
    errors_columns_single,
    beside_single,
    level_single,
    level_beside_single,
    short_single,
    short_shares_single,
    short_log_shares_single,
    finish_coarsely,
    turn_single,
    turn_back_single,
    share_single,
    log_single,
    columns_single,
    share_columns_single,
    log_columns_single,
    read_single,
    write_single,
    replace_single,
    select_single,
    quick_single,
    dots_single,
    weighted_columns_single
);
// TRUSTED: 0.45 ulp of a result in [2, 4) is 1.8 * 2^-53; the fast sum errs by less than 1.5 * 2^-53, the close
// one, of short rows or `Care::Fine`, by less than 0.3 * 2^-53: 0.45 ulp of a result in [0.5, 1) is 0.45 * 2^-53.
compute!(
    f64,
    Kind::Float64,
    8_192,
    8,
    2.0,
    0.5,
    1.0,
    double,
    fold_double,
    seconds_double,
    keep_double,
    kept_double,
    errors_double,
    errors_columns_double,
    beside_double,
    level_double,
    level_beside_double,
    short_double,
    short_shares_double,
    short_log_shares,
    finish,
    turn_double,
    turn_back_double,
    share_double,
    log_double,
    columns_double,
    share_columns_double,
    log_columns_double,
    read_double,
    write_double,
    replace_double,
    select_double,
    quick_double,
    dots_double,
    weighted_columns_double
);
