//! table: every kernel, compiled for every instruction set.
//!
//! The bodies are generic and inlined into shells that enable the instruction set; a shell may only be
//! called on a machine that has it, which [`crate::isa`] finds out once.

use super::alone;
use super::bend::{self, Bend};
use super::beside::{self, Beside, Peak};
use super::blend::{self, Dots, Numbers};
use super::careful;
use super::cells::{Brain, Half, Swapped};
use super::columns::{self, Columns, Strip, WeightedColumns};
use super::convert::{self, Line};
use super::each::Flow;
use super::entropy::{self, Entropy};
use super::errors;
use super::finish::{self, Batch};
use super::fold::{self, Care};
use super::level::{self, Top};
use super::logistic::{self, BLOCK, Block, Wanted};
use super::mask;
use super::precise::{self, Running};
use super::quick::{self, Quick};
use super::round;
use super::shares;
use super::short;
use super::split;
use super::spread::{self, Inverse, Level};
use super::target::{self, Peaks};
use super::tile::{Abreast, Tile};
use super::turn::{self, Bundle};
use super::weighted::{self, Signed};
use crate::elementary::exp::{Reference, Temperature};
use crate::state::Mass;

/// A guessed reference, and the temperature.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Guess {
    pub reference: Reference,
    pub temperature: Temperature,
}

impl Guess {
    /// Whether no element has to be centred or divided.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.reference.center == 0.0 && self.temperature == Temperature::ONE
    }
}

/// Hand the list of kernels to a macro.
macro_rules! kernels {
    ($receive:ident $($before:tt)*) => {
        $receive! {
            $($before)*
            /// Fold float32, measured in a guessed reference.
            fold_single = fold::single(x: &[f32], guess: &Guess, care: Care) -> Mass;
            /// Fold float64, measured in a guessed reference.
            fold_double = fold::double(x: &[f64], guess: &Guess, care: Care) -> Mass;
            /// Fold float32 for shares and leave the remainders.
            keep_single = fold::keep_single(x: &[f32], guess: &Guess, rests: *mut f32) -> Mass;
            /// Fold float64 for shares and leave the remainders.
            keep_double = fold::keep_double(x: &[f64], guess: &Guess, rests: *mut f64) -> Mass;
            /// Fold float32 in float64 for shares, and leave the remainders unless there is no room for them.
            fold_wide = fold::wide(x: &[f32], guess: &Guess, rests: *mut f64) -> Mass;
            /// Fold float16 in float32.
            fold_half = fold::half(x: &[Half], guess: &Guess, care: Care) -> Mass;
            /// Fold bfloat16 in float32.
            fold_brain = fold::brain(x: &[Brain], guess: &Guess, care: Care) -> Mass;
            /// Fold float32 of the other byte order.
            fold_swapped = fold::swapped(x: &[Swapped], guess: &Guess, care: Care) -> Mass;
            /// Fold every second of some float32.
            seconds_single = fold::seconds_single(
                x: *const f32, count: usize, guess: &Guess, care: Care
            ) -> Mass;
            /// Fold every second of some float64.
            seconds_double = fold::seconds_double(
                x: *const f64, count: usize, guess: &Guess, care: Care
            ) -> Mass;
            /// What a fold of float32 lost beside the elements above a limit.
            errors_single = errors::single(
                x: &[f32], guess: &Guess, limit: f64, care: Care
            ) -> f64;
            /// What a fold of float64 lost beside the elements above a limit.
            errors_double = errors::double(
                x: &[f64], guess: &Guess, limit: f64, care: Care
            ) -> f64;
            /// What a fold of float32 columns lost beside the elements above their limits.
            errors_columns_single = errors::columns_single(
                strip: &Strip<f32>, columns: &mut Columns
            ) -> ();
            /// What a fold of float64 columns lost beside the elements above their limits.
            errors_columns_double = errors::columns_double(
                strip: &Strip<f64>, columns: &mut Columns
            ) -> ();
            /// What lies beside the largest element of a float32 row.
            beside_single = beside::single(x: &[f32], peak: &Peak) -> Beside;
            /// What lies beside the largest element of a float64 row.
            beside_double = beside::double(x: &[f64], peak: &Peak) -> Beside;
            /// The logarithm of one mass, for results of float32.
            level_single = level::single(mass: &Mass, temperature: Temperature) -> (f64, f64);
            /// The logarithm of one mass.
            level_double = level::double(mass: &Mass, temperature: Temperature) -> (f64, f64);
            /// The logarithm of the mass of a row with its top kept apart, for results of float32.
            level_beside_single = level::beside_single(
                top: &Top, temperature: Temperature
            ) -> (f64, f64);
            /// The logarithm of the mass of a row with its top kept apart.
            level_beside_double = level::beside_double(
                top: &Top, temperature: Temperature
            ) -> (f64, f64);
            /// Fold float64, the elements equal to `max` counted instead: (top, high, low).
            split = fold::split(x: &[f64], max: f64, guess: &Guess) -> (f64, f64, f64);
            /// Fold float64 to 110 bits; elements equal to `peak` are counted instead.
            precise = precise::precise(
                x: &[f64], running: &mut Running, center: f64, peak: f64, temperature: Temperature
            ) -> ();
            /// Fold float64 to 110 bits where no e^x is above 2; false, and nothing added, where one is.
            near = precise::near(x: &[f64], running: &mut Running) -> bool;
            /// Fold eight short rows to 110 bits: (high, low).
            precise_tile = precise::tile(
                tile: &Tile<f64>, count: usize, temperature: Temperature
            ) -> [[f64; 8]; 2];
            /// The signed sum of weighted exponentials in plain float32.
            quick_single = quick::single(x: &[f32], weights: &[f32], guess: &Guess) -> Quick;
            /// The signed sum of weighted exponentials in plain float64.
            quick_double = quick::double(x: &[f64], weights: &[f64], guess: &Guess) -> Quick;
            /// The signed sum of weighted exponentials to 64 bits.
            careful = careful::careful(x: &[f64], weights: &[f64], guess: &Guess) -> Quick;
            /// The signed sums of eight short rows.
            quick_tile = quick::tile(
                x: &Tile<f64>, weights: &Tile<f64>, count: usize, temperature: Temperature
            ) -> [Quick; 8];
            /// The signed sum of weighted exponentials to 110 bits.
            weighted = weighted::weighted(
                part: &Signed<'_>, running: &mut Running, center: f64, temperature: Temperature
            ) -> ();
            /// Shares of float32 elements.
            share_single = spread::single(
                x: *const f32, out: *mut f32, count: usize, inverse: &Inverse, flow: Flow
            ) -> ();
            /// Shares of float64 elements.
            share_double = spread::double(
                x: *const f64, out: *mut f64, count: usize, inverse: &Inverse, flow: Flow
            ) -> ();
            /// Shares of float32 elements with the remainders of their fold.
            kept_single = spread::kept_single(
                x: *const f32, rests: *const f32, out: *mut f32, count: usize, inverse: &Inverse,
                flow: Flow
            ) -> ();
            /// Shares of float64 elements with the remainders of their fold.
            kept_double = spread::kept_double(
                x: *const f64, rests: *const f64, out: *mut f64, count: usize, inverse: &Inverse,
                flow: Flow
            ) -> ();
            /// Logarithms of shares of float32 elements.
            log_single = spread::log_single(
                x: *const f32, out: *mut f32, count: usize, level: &Level, flow: Flow
            ) -> ();
            /// Logarithms of shares of float64 elements.
            log_double = spread::log_double(
                x: *const f64, out: *mut f64, count: usize, level: &Level, flow: Flow
            ) -> ();
            /// Shares of float16 elements.
            share_half = spread::half(
                x: *const Half, out: *mut Half, count: usize, inverse: &Inverse, flow: Flow
            ) -> ();
            /// Shares of bfloat16 elements.
            share_brain = spread::brain(
                x: *const Brain, out: *mut Brain, count: usize, inverse: &Inverse, flow: Flow
            ) -> ();
            /// Shares of float32 elements of the other byte order.
            share_swapped = spread::swapped(
                x: *const Swapped, out: *mut Swapped, count: usize, inverse: &Inverse, flow: Flow
            ) -> ();
            /// Logarithms of shares of float16 elements.
            log_half = spread::log_half(
                x: *const Half, out: *mut Half, count: usize, level: &Level, flow: Flow
            ) -> ();
            /// Logarithms of shares of bfloat16 elements.
            log_brain = spread::log_brain(
                x: *const Brain, out: *mut Brain, count: usize, level: &Level, flow: Flow
            ) -> ();
            /// Logarithms of shares of float32 elements of the other byte order.
            log_swapped = spread::log_swapped(
                x: *const Swapped, out: *mut Swapped, count: usize, level: &Level, flow: Flow
            ) -> ();
            /// Fold tiles of sixteen short float32 rows into a batch.
            short_single = short::single(
                tile: &mut Tile<f32>, abreast: Abreast, temperature: Temperature,
                batch: &mut Batch, at: usize
            ) -> ();
            /// Fold tiles of eight short float64 rows into a batch.
            short_double = short::double(
                tile: &mut Tile<f64>, abreast: Abreast, temperature: Temperature,
                batch: &mut Batch, at: usize
            ) -> ();
            /// Replace short float32 rows by their shares; answers their masses as `high`.
            short_shares_single = shares::single(
                tile: &mut Tile<f32>, abreast: Abreast, temperature: Temperature,
                batch: &mut Batch
            ) -> ();
            /// Replace short float64 rows by their shares; answers their masses as `high`.
            short_shares_double = shares::double(
                tile: &mut Tile<f64>, abreast: Abreast, temperature: Temperature,
                batch: &mut Batch
            ) -> ();
            /// t log(mass / n) of a single short float32 row; nan where the mass is not ordinary.
            alone_single = alone::single(
                x: *const f32, count: usize, temperature: Temperature, n: f64
            ) -> f64;
            /// t log(mass / n) of a single short float64 row; nan where the mass is not ordinary.
            alone_double = alone::double(
                x: *const f64, count: usize, temperature: Temperature, n: f64
            ) -> f64;
            /// Shares of a single short float32 row; false, and none written, where it is not ordinary.
            alone_shares_single = alone::shares_single(
                x: *const f32, out: *mut f32, count: usize, temperature: Temperature
            ) -> bool;
            /// Shares of a single short float64 row; false, and none written, where it is not ordinary.
            alone_shares_double = alone::shares_double(
                x: *const f64, out: *mut f64, count: usize, temperature: Temperature
            ) -> bool;
            /// Logarithms of shares of a single short float32 row; false, and none written, where it is not ordinary.
            alone_logs_single = alone::logs_single(
                x: *const f32, out: *mut f32, count: usize, temperature: Temperature
            ) -> bool;
            /// Logarithms of shares of a single short float64 row; false, and none written, where it is not ordinary.
            alone_logs_double = alone::logs_double(
                x: *const f64, out: *mut f64, count: usize, temperature: Temperature
            ) -> bool;
            /// What the gradient of a row is spread by: a factor over its mass.
            inverse = target::inverse(
                mass: &Mass, factor: (f64, f64), temperature: Temperature
            ) -> Inverse;
            /// The gradient at the targets of a batch of rows.
            slopes = target::slopes(
                peaks: &mut Peaks, batch: &Batch, rows: usize, temperature: Temperature
            ) -> ();
            /// The cross-entropy of short float32 rows, and its gradient.
            entropy_single = entropy::single(
                tile: &mut Tile<f32>, abreast: Abreast, temperature: Temperature,
                entropy: &mut Entropy, batch: &mut Batch
            ) -> ();
            /// The cross-entropy of short float64 rows, and its gradient.
            entropy_double = entropy::double(
                tile: &mut Tile<f64>, abreast: Abreast, temperature: Temperature,
                entropy: &mut Entropy, batch: &mut Batch
            ) -> ();
            /// Add float32 elements times their coefficients, and the coefficients.
            dots_single = blend::dots_single(
                x: &[f32], a: Option<Numbers<'_>>, sums: &mut Dots
            ) -> ();
            /// Add float64 elements times their coefficients, and the coefficients.
            dots_double = blend::dots_double(
                x: &[f64], a: Option<Numbers<'_>>, sums: &mut Dots
            ) -> ();
            /// Float32 elements into the gradient of rows whose every element counts.
            bend_single = bend::single(
                x: *const f32, rests: *const f64, out: *mut f32, count: usize, by: &Bend<'_>
            ) -> ();
            /// The same of float64 elements.
            bend_double = bend::double(
                x: *const f64, rests: *const f64, out: *mut f64, count: usize, by: &Bend<'_>
            ) -> ();
            /// Replace short float32 rows by the logarithms of their shares; answers logsumexp as `log_high`.
            short_log_shares_single = split::log_shares_single(
                tile: &mut Tile<f32>, abreast: Abreast, temperature: Temperature,
                batch: &mut Batch
            ) -> ();
            /// The same for float64 rows.
            short_log_shares = split::log_shares(
                tile: &mut Tile<f64>, abreast: Abreast, temperature: Temperature,
                batch: &mut Batch
            ) -> ();
            /// The logarithms of a batch of masses, for results of float32.
            finish_coarsely = finish::finish_coarsely(
                batch: &mut Batch, rows: usize, temperature: Temperature, limit: f64
            ) -> u64;
            /// The logarithms of a batch of masses.
            finish = finish::finish(
                batch: &mut Batch, rows: usize, temperature: Temperature, limit: f64
            ) -> u64;
            /// Which masses of a batch are not positive and finite.
            rare = finish::rare(batch: &Batch, rows: usize) -> u64;
            /// Float32 rows into a tile.
            turn_single = turn::single(block: &Bundle<f32>, tile: *mut f32) -> ();
            /// Float64 rows into a tile.
            turn_double = turn::double(block: &Bundle<f64>, tile: *mut f64) -> ();
            /// A tile into float32 rows.
            turn_back_single = turn::back_single(tile: *const f32, block: &Bundle<f32>) -> ();
            /// A tile into float64 rows.
            turn_back_double = turn::back_double(tile: *const f64, block: &Bundle<f64>) -> ();
            /// Fold a strip of float32 columns.
            columns_single = columns::single(strip: &Strip<f32>, columns: &mut Columns) -> ();
            /// Fold a strip of float64 columns.
            columns_double = columns::double(strip: &Strip<f64>, columns: &mut Columns) -> ();
            /// The signed sums of a block of float32 columns with weights.
            weighted_columns_single = columns::weighted_single(
                x: &Strip<f32>, weights: &Strip<f32>, found: &mut WeightedColumns
            ) -> ();
            /// The signed sums of a block of float64 columns with weights.
            weighted_columns_double = columns::weighted_double(
                x: &Strip<f64>, weights: &Strip<f64>, found: &mut WeightedColumns
            ) -> ();
            /// Shares of a strip of float32 columns.
            share_columns_single = columns::share_single(
                strip: &Strip<f32>, out: &Strip<f32>, columns: &Columns
            ) -> ();
            /// Shares of a strip of float64 columns.
            share_columns_double = columns::share_double(
                strip: &Strip<f64>, out: &Strip<f64>, columns: &Columns
            ) -> ();
            /// Logarithms of shares of a strip of float32 columns.
            log_columns_single = columns::log_single(
                strip: &Strip<f32>, out: &Strip<f32>, columns: &Columns
            ) -> ();
            /// Logarithms of shares of a strip of float64 columns.
            log_columns_double = columns::log_double(
                strip: &Strip<f64>, out: &Strip<f64>, columns: &Columns
            ) -> ();
            /// Elements of a line as float32.
            read_single = convert::read_single(line: &Line, out: *mut f32, count: usize) -> ();
            /// Elements of a line as float64.
            read_double = convert::read_double(line: &Line, out: *mut f64, count: usize) -> ();
            /// Float32 along a line, rounded to its kind.
            write_single = round::write_single(x: *const f32, line: &Line, count: usize) -> ();
            /// Float64 along a line, rounded to its kind.
            write_double = round::write_double(x: *const f64, line: &Line, count: usize) -> ();
            /// Replace the float32 elements whose mask is 0.
            replace_single = mask::replace_single(
                x: &mut [f32], mask: *const u8, stride: isize
            ) -> ();
            /// Replace the float64 elements whose mask is 0.
            replace_double = mask::replace_double(
                x: &mut [f64], mask: *const u8, stride: isize
            ) -> ();
            /// Copy float32 elements, those whose mask is 0 as -inf.
            select_single = mask::select_single(
                x: *const f32, mask: *const u8, out: &mut [f32]
            ) -> ();
            /// Copy float64 elements, those whose mask is 0 as -inf.
            select_double = mask::select_double(
                x: *const f64, mask: *const u8, out: &mut [f64]
            ) -> ();
            /// Logistic losses of a block; answers their sum.
            logistic = logistic::elements(
                block: &mut Block, count: usize, wanted: &Wanted
            ) -> (f64, f64);
            /// Curvatures of a block, times a vector.
            logistic_curvature = logistic::curvature(
                block: &mut Block, count: usize, factor: (f64, f64)
            ) -> ();
            /// The gradients of a block of float32 logistic losses; answers the sum of the losses.
            logistic_slopes = logistic::slopes(
                x: &[f32; BLOCK], z: &[f32; BLOCK], out: &mut [f32; BLOCK], factor: f64
            ) -> Option<(f64, f64)>;
            /// Float32 results to memory, past the caches.
            stream = logistic::stream(results: &[f32], out: *mut f32) -> ();
            /// The sum of float32 logistic losses.
            logistic_sum = logistic::sum(x: &[f32], z: &[f32]) -> (f64, f64);
        }
    };
}

macro_rules! define {
    ($($(#[$doc:meta])* $name:ident = $room:ident::$body:ident(
        $($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        /// The kernels of one instruction set.
        pub(crate) struct Table {
            pub name: &'static str,
            $($name: unsafe fn($($type),*) -> $answer,)*
        }

        impl Table {
            $($(#[$doc])*
            ///
            /// # Safety
            /// Pointers, alone or in a strip, must be valid for their counts; an input and an output
            /// are the same place or do not overlap.
            #[inline(always)]
            pub unsafe fn $name(&self, $($argument: $type),*) -> $answer {
                // SAFETY: a table is only handed out where its instruction set was detected.
                unsafe { (self.$name)($($argument),*) }
            })*
        }
    };
}

macro_rules! instantiate {
    ($module:ident, $isa:path, $label:literal, #[$attribute:meta]
     $($(#[$doc:meta])* $name:ident = $room:ident::$body:ident(
        $($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        pub(crate) mod $module {
            use super::*;

            pub(crate) static TABLE: Table = Table { name: $label, $($name,)* };

            $(
            #[$attribute]
            #[allow(unused_unsafe, clippy::unused_unit)]
            unsafe fn $name($($argument: $type),*) -> $answer {
                // SAFETY: the instruction set is enabled here; pointers are handed on.
                unsafe { $room::$body::<$isa>($($argument),*) }
            }
            )*
        }
    };
}

kernels!(define);
kernels!(instantiate portable, crate::lanes::portable::Portable, "portable", #[inline(never)]);
#[cfg(target_arch = "aarch64")]
kernels!(instantiate neon, crate::lanes::neon::Neon, "neon", #[target_feature(enable = "neon")]);
#[cfg(target_arch = "x86_64")]
kernels!(instantiate avx2, crate::lanes::avx2::Avx2, "avx2",
    #[target_feature(enable = "avx2,fma,f16c")]);
#[cfg(target_arch = "x86_64")]
kernels!(instantiate avx512, crate::lanes::avx512::Avx512, "avx512",
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,f16c")]);
