//! An array read or written in C order, some elements at a time.

use crate::dispatch::Compute;
use crate::dispatch::gather::gather;
use crate::dispatch::scatter::write;
use crate::intake::{Kind, OPERANDS, Rows, Strides, View, ViewMut, X};

/// All axes of a shape in one row.
fn flat(shape: &[usize], strides: &[isize]) -> Rows {
    let mut operands = [Strides::None; OPERANDS];
    operands[X] = Strides::All(strides);
    Rows::new(shape, u64::MAX, operands)
}

/// An array that is read.
pub(super) struct Operand<'a> {
    view: View<'a>,
    rows: Rows,
}

impl<'a> Operand<'a> {
    pub fn new(view: View<'a>) -> Self {
        Operand { view, rows: flat(view.shape, view.strides) }
    }

    /// Read elements from `start` on.
    pub fn read<T: Compute>(&self, start: usize, out: &mut [T]) {
        let View { data, kind, swapped, .. } = self.view;
        self.rows.pieces(start, out.len(), |offsets, first, axis, count| {
            // SAFETY: the offsets address elements of the view.
            unsafe {
                let pointer = data.offset(offsets[X]);
                gather(kind, swapped, pointer, axis.strides[X], &mut out[first..first + count]);
            }
        });
    }

    /// Elements as float32: where they lie if they lie so, else copied.
    pub fn single<'b>(
        &'b self,
        start: usize,
        count: usize,
        scratch: &'b mut Vec<f32>,
    ) -> &'b [f32] {
        let size = size_of::<f32>();
        let straight = self.rows.run().filter(|axis| axis.strides[X] == size as isize);
        let native = self.view.kind == Kind::Float32 && !self.view.swapped;
        if straight.is_some() && native && (self.view.data as usize).is_multiple_of(size) {
            // SAFETY: elements of the view, one after the other and aligned.
            return unsafe {
                core::slice::from_raw_parts(self.view.data.cast::<f32>().add(start), count)
            };
        }
        scratch.resize(count, 0.0);
        self.read(start, scratch);
        scratch
    }
}

/// An array that is written.
pub(super) struct Target<'a, 'b> {
    view: &'a ViewMut<'b>,
    rows: Rows,
}

impl<'a, 'b> Target<'a, 'b> {
    pub fn new(view: &'a ViewMut<'b>) -> Self {
        Target { view, rows: flat(view.shape, view.strides) }
    }

    /// The place of all elements, where they are float32 side by side.
    pub fn single(&self) -> Option<*mut f32> {
        let size = size_of::<f32>();
        let straight = self.rows.run().filter(|axis| axis.strides[X] == size as isize);
        let native = self.view.kind == Kind::Float32 && !self.view.swapped;
        let aligned = (self.view.data as usize).is_multiple_of(size);
        (straight.is_some() && native && aligned).then_some(self.view.data.cast())
    }

    /// Round elements to the kind of the array and write them from `start` on.
    pub fn write(&self, start: usize, values: &[f64]) {
        let ViewMut { data, kind, swapped, .. } = *self.view;
        self.rows.pieces(start, values.len(), |offsets, first, axis, count| {
            let stride = axis.strides[X];
            let values = &values[first..first + count];
            // SAFETY: the offsets address elements of the view; each chunk writes its own.
            unsafe {
                let pointer = data.offset(offsets[X]);
                match kind {
                    Kind::Float32 if stride == 4 && !swapped => {
                        for (i, &x) in values.iter().enumerate() {
                            pointer.add(4 * i).cast::<f32>().write_unaligned(x as f32);
                        }
                    }
                    Kind::Float64 if stride == 8 && !swapped => {
                        let bytes = 8 * values.len();
                        core::ptr::copy_nonoverlapping(values.as_ptr().cast(), pointer, bytes);
                    }
                    _ => {
                        for (i, &x) in values.iter().enumerate() {
                            write(pointer.offset(i as isize * stride), kind, swapped, x);
                        }
                    }
                }
            }
        });
    }
}
