//! The rows of an array as contiguous pieces of the compute type: in place where they are that, else gathered.

use super::gather::{gather_to, is_plain};
use super::parallel::map_chunks;
use super::{Compute, Special};
use crate::elementary::exp::{Reference, Temperature};
use crate::elementary::precise::exp_scaled;
use crate::intake::{MASK, Offsets, Rows, View, X};
use crate::kernels::table::{Guess, Table};
use crate::kernels::{Batch, Care, LIFT, Line, Running};
use crate::state::{Mass, State, add, multiply, scale};

/// An array, its mask, and its rows.
pub(crate) struct Source<'a> {
    pub x: View<'a>,
    pub mask: Option<View<'a>>,
    pub rows: Rows,
    pub temperature: Temperature,
    pub table: &'static Table,
    /// Whether all results are of a narrow kind.
    pub narrow: bool,
}

impl Source<'_> {
    /// Whether rows of `T` can be read where they lie.
    pub fn in_place<T: Compute>(&self) -> bool {
        let size = size_of::<T>();
        self.x.kind == T::KIND
            && !self.x.swapped
            && self.mask.is_none()
            && self
                .rows
                .run()
                .is_some_and(|axis| axis.size == 1 || axis.strides[X] == size as isize)
            && (self.x.data as usize).is_multiple_of(align_of::<T>())
            && self.rows.kept.iter().all(|axis| axis.strides[X] % align_of::<T>() as isize == 0)
    }

    /// Elements `start .. start + count` of the row at `base`.
    pub fn piece<'s, T: Compute>(
        &'s self,
        base: &Offsets,
        start: usize,
        count: usize,
        in_place: bool,
        scratch: &'s mut Vec<T>,
    ) -> &'s [T] {
        if in_place {
            // SAFETY: `in_place` was asked for this type; the view holds the row.
            return unsafe {
                let row = self.x.data.offset(base[X]).cast::<T>();
                core::slice::from_raw_parts(row.add(start), count)
            };
        }
        if scratch.len() < count {
            scratch.resize(count, T::default());
        }
        self.fill(base, start, &mut scratch[..count]);
        &scratch[..count]
    }

    /// Gather elements from `start` on; those that the mask leaves out become -inf.
    pub fn fill<T: Compute>(&self, base: &Offsets, start: usize, out: &mut [T]) {
        let count = out.len();
        self.rows.pieces(start, count, |offsets, first, axis, size| {
            let part = &mut out[first..first + size];
            // SAFETY: the offsets address elements of the view.
            unsafe {
                let start = self.x.data.offset(base[X] + offsets[X]);
                let mask = self.mask.map(|mask| mask.data.offset(base[MASK] + offsets[MASK]));
                let strides = [axis.strides[X], axis.strides[MASK]];
                self.read(start, mask, strides, part.as_mut_ptr(), size);
            }
        });
    }

    /// Convert `count` elements along a stride; those that the mask leaves out become -inf.
    ///
    /// # Safety
    /// As many elements must be readable at the strides, and writable at `out`.
    #[inline]
    pub unsafe fn read<T: Compute>(
        &self,
        start: *const u8,
        mask: Option<*const u8>,
        strides: [isize; 2],
        out: *mut T,
        count: usize,
    ) {
        let line = Line { start, kind: self.x.kind, swapped: self.x.swapped, stride: strides[0] };
        // SAFETY: handed on; what is gathered may be borrowed.
        unsafe {
            let Some(mask) = mask else { return gather_to(&line, out, count) };
            if is_plain::<T>(&line) && strides[1] == 1 {
                let out = core::slice::from_raw_parts_mut(out, count);
                return T::select(self.table, start.cast(), mask, out);
            }
            gather_to(&line, out, count);
            let out = core::slice::from_raw_parts_mut(out, count);
            T::replace(self.table, out, mask, strides[1]);
        }
    }

    /// The logarithms of a batch of masses; answers which, divided by t, are below `trusted` in magnitude.
    pub fn finish(&self, batch: &mut Batch, rows: usize, trusted: f64) -> u64 {
        let limit = trusted * self.temperature.value;
        // SAFETY: no pointers.
        unsafe { self.table.finish(batch, rows, self.temperature, limit) }
    }

    /// How many elements of a row take part.
    pub fn taking_part(&self, base: &Offsets) -> usize {
        let Some(mask) = &self.mask else { return self.rows.length };
        let mut count = 0;
        self.rows.pieces(0, self.rows.length, |offsets, _, axis, size| {
            for i in 0..size {
                // SAFETY: the offsets address elements of the mask.
                count += usize::from(
                    unsafe {
                        *mask
                            .data
                            .offset(base[MASK] + offsets[MASK] + i as isize * axis.strides[MASK])
                    } != 0,
                );
            }
        });
        count
    }

    /// Fold one chunk, again if its maximum asks for another reference than the guessed one.
    pub fn fold_chunk<T: Compute>(&self, x: &[T], guess: &mut Reference, care: Care) -> Mass {
        self.guessed::<T>(guess, |guess| T::fold(self.table, x, guess, care))
    }

    /// Fold, again if the maximum asks for another reference than the guessed one.
    pub fn guessed<T: Compute>(
        &self,
        reference: &mut Reference,
        fold: impl Fn(&Guess) -> Mass,
    ) -> Mass {
        let temperature = self.temperature;
        let mass = fold(&Guess { reference: *reference, temperature });
        let wanted = Reference::of::<T>(mass.max, temperature);
        if wanted == *reference {
            return mass;
        }
        *reference = wanted;
        fold(&Guess { reference: wanted, temperature })
    }

    /// Fold a row, chunk by chunk; one of a single chunk that had to be gathered stays in `scratch`.
    pub fn fold_row<T: Compute>(
        &self,
        base: &Offsets,
        in_place: bool,
        guess: &mut Reference,
        care: Care,
        scratch: &mut Vec<T>,
    ) -> Mass {
        if self.rows.length > T::CHUNK {
            return self.fold_once(base, in_place, guess, care, scratch);
        }
        let x = self.piece(base, 0, self.rows.length, in_place, scratch);
        if x.is_empty() { Mass::EMPTY } else { self.fold_chunk(x, guess, care) }
    }

    /// Fold a row, chunk by chunk, whose elements nobody wants to see again.
    pub fn fold_once<T: Compute>(
        &self,
        base: &Offsets,
        in_place: bool,
        guess: &mut Reference,
        care: Care,
        scratch: &mut Vec<T>,
    ) -> Mass {
        let length = self.rows.length;
        let (mut total, cells) = (Mass::EMPTY, self.cells::<T>());
        let mut start = 0;
        while start < length {
            let count = T::CHUNK.min(length - start);
            let mass = if let Some(cells) = cells {
                self.fold_cells::<T>(cells, base, start..start + count, guess, care)
            } else {
                self.fold_chunk(self.piece(base, start, count, in_place, scratch), guess, care)
            };
            total = if start == 0 { mass } else { total.merge(mass, self.temperature) };
            start += count;
        }
        total
    }

    /// Fold a row of any kind into a state, to 110 bits, measured at its own maximum.
    pub fn state(&self, base: &Offsets, scratch: &mut Vec<f64>) -> State {
        let mut found = Special::NONE;
        self.visit(base, scratch, &mut |x| found.see(x));
        if let Some(state) = found.state() {
            return state;
        }
        let mut running = Running::ZERO;
        self.visit(base, scratch, &mut |x| {
            // SAFETY: no pointers.
            unsafe { self.table.precise(x, &mut running, found.max, found.max, self.temperature) };
        });
        let (rest, rest_low) = running.lowered();
        State { max: found.max, top: running.top(), rest, rest_low }
    }

    /// The sum of e^(x/t) over a row, to 110 bits.
    pub fn precise_sum(&self, base: &Offsets, scratch: &mut Vec<f64>) -> (f64, f64) {
        let mut running = Running::ZERO;
        self.visit(base, scratch, &mut |x| {
            // SAFETY: no pointers.
            unsafe { self.table.precise(x, &mut running, 0.0, f64::NAN, self.temperature) };
        });
        running.lowered()
    }

    /// The sum of e^x over a row whose elements are all at most log 2, as `precise_sum` has it.
    pub fn near_sum(&self, base: &Offsets, scratch: &mut Vec<f64>) -> Option<(f64, f64)> {
        let (mut running, mut near) = (Running::ZERO, true);
        self.visit(base, scratch, &mut |x| {
            // SAFETY: no pointers.
            near = near && unsafe { self.table.near(x, &mut running) };
        });
        near.then(|| running.lowered())
    }

    /// Look for what is not finite, and for the maximum.
    pub fn special(&self, base: &Offsets, scratch: &mut Vec<f64>) -> Special {
        let mut found = Special::NONE;
        self.visit(base, scratch, &mut |x| found.see(x));
        found
    }

    /// A row as float64, chunk by chunk.
    pub fn visit(&self, base: &Offsets, scratch: &mut Vec<f64>, see: &mut dyn FnMut(&[f64])) {
        let (length, in_place) = (self.rows.length, self.in_place::<f64>());
        let mut start = 0;
        while start < length {
            let count = f64::CHUNK.min(length - start);
            see(self.piece(base, start, count, in_place, scratch));
            start += count;
        }
    }

    /// Fold a row of any kind into a state in plain float64, given its maximum.
    pub fn split(&self, base: &Offsets, max: f64, scratch: &mut Vec<f64>) -> State {
        let temperature = self.temperature;
        let guess = Guess { reference: Reference::of::<f64>(max, temperature), temperature };
        let (mut top, mut sum) = (0.0, (0.0, 0.0));
        self.visit(base, scratch, &mut |x| {
            // SAFETY: no pointers.
            let (count, high, low) = unsafe { self.table.split(x, max, &guess) };
            top += count;
            sum = add(sum, (high, low));
        });
        // rest e^(-max/t) 2^N
        let reference = guess.reference;
        let gap = reference.center - max;
        let quotient = gap * temperature.inverse_high;
        let error = gap.mul_add(temperature.inverse_high, -quotient);
        let (k, factor) = exp_scaled(quotient, error + gap * temperature.inverse_low);
        let product = multiply(factor, sum);
        let power = k + reference.exponent - LIFT;
        State { max, top, rest: scale(product.0, power), rest_low: scale(product.1, power) }
    }
}

impl Source<'_> {
    /// Fold one long row, its chunks on all threads, merged in order.
    pub fn fold_long<T: Compute>(&self, base: &Offsets, care: Care) -> Mass {
        let (in_place, cells) = (self.in_place::<T>(), self.cells::<T>());
        let parts = map_chunks(self.rows.length, T::CHUNK, |range| {
            if let Some(cells) = cells {
                return self.fold_cells::<T>(cells, base, range, &mut { Reference::ZERO }, care);
            }
            let mut scratch = Vec::new();
            let x = self.piece(base, range.start, range.len(), in_place, &mut scratch);
            self.fold_chunk::<T>(x, &mut { Reference::ZERO }, care)
        });
        let merge = |a: Mass, b: Mass| a.merge(b, self.temperature);
        parts.into_iter().reduce(merge).unwrap_or(Mass::EMPTY)
    }
}
