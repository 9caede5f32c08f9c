//! Rows: which elements go into one result, for several arrays walked together.

use smallvec::SmallVec;

/// The arrays that are walked together; each has a stride on every axis.
pub(crate) const OPERANDS: usize = 5;
/// The numbers.
pub(crate) const X: usize = 0;
/// `where=`.
pub(crate) const MASK: usize = 1;
/// `b=`.
pub(crate) const WEIGHTS: usize = 2;
/// The result.
pub(crate) const OUT: usize = 3;
/// The sign of the result.
pub(crate) const SIGN: usize = 4;

/// Byte offsets or byte strides, one for each array.
pub(crate) type Offsets = [isize; OPERANDS];

/// One axis: its size and the byte stride of each array along it.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub(crate) size: usize,
    pub(crate) strides: Offsets,
}

/// Axes that were merged where one stride serves for both.
pub(crate) type Axes = SmallVec<[Axis; 4]>;

/// The strides of one array: on all axes, or on the kept ones only.
#[derive(Clone, Copy)]
pub(crate) enum Strides<'a> {
    None,
    All(&'a [isize]),
    Kept(&'a [isize]),
}

/// The cut of arrays into rows.
#[derive(Clone, Debug)]
pub struct Rows {
    pub(crate) kept: Axes,
    pub(crate) reduced: Axes,
    /// How many rows there are.
    pub(crate) count: usize,
    /// How many elements a row has.
    pub(crate) length: usize,
}

impl Rows {
    /// Cut arrays of this shape; bit i of `axes` is set where axis i belongs to the row.
    pub(crate) fn new(shape: &[usize], axes: u64, operands: [Strides<'_>; OPERANDS]) -> Rows {
        let mut rows = Rows { kept: Axes::new(), reduced: Axes::new(), count: 1, length: 1 };
        let mut kept_index = 0;
        for (i, &size) in shape.iter().enumerate() {
            let reduced = axes >> i & 1 == 1;
            let strides = operands.map(|operand| match operand {
                Strides::None => 0,
                Strides::All(strides) => strides[i],
                Strides::Kept(_) if reduced => 0,
                Strides::Kept(strides) => strides[kept_index],
            });
            if reduced {
                rows.length *= size;
                push(&mut rows.reduced, Axis { size, strides });
            } else {
                kept_index += 1;
                rows.count *= size;
                push(&mut rows.kept, Axis { size, strides });
            }
        }
        rows
    }

    /// Where a row begins in each array.
    pub(crate) fn offsets(&self, row: usize) -> Offsets {
        locate(&self.kept, row)
    }

    /// The single axis of a row, if it has one; a row of one element has a unit axis.
    pub(crate) fn run(&self) -> Option<Axis> {
        match self.reduced.as_slice() {
            [] => Some(Axis { size: 1, strides: [0; OPERANDS] }),
            [axis] => Some(*axis),
            _ => None,
        }
    }

    /// Call `visit(offsets, first, axis, count)` for every straight piece of elements
    /// `start .. start + count` of a row; offsets are relative to the row's beginning.
    pub(crate) fn pieces(
        &self,
        start: usize,
        count: usize,
        mut visit: impl FnMut(Offsets, usize, &Axis, usize),
    ) {
        let unit = Axis { size: 1, strides: [0; OPERANDS] };
        let (outer, inner) = match self.reduced.split_last() {
            Some((inner, outer)) => (outer, inner),
            None => (&[][..], &unit),
        };
        let mut done = 0;
        while done < count {
            let element = start + done;
            let (block, within) = (element / inner.size, element % inner.size);
            let piece = (inner.size - within).min(count - done);
            let mut offsets = locate(outer, block);
            for (offset, stride) in offsets.iter_mut().zip(inner.strides) {
                *offset += within as isize * stride;
            }
            visit(offsets, done, inner, piece);
            done += piece;
        }
    }
}

/// The offsets of element `index` in C order over these axes.
fn locate(axes: &[Axis], mut index: usize) -> Offsets {
    let mut offsets = [0; OPERANDS];
    for (i, axis) in axes.iter().enumerate().rev() {
        let position = if i == 0 { index } else { index % axis.size };
        index /= axis.size;
        for (offset, stride) in offsets.iter_mut().zip(axis.strides) {
            *offset += position as isize * stride;
        }
    }
    offsets
}

/// Append an inner axis, merged with the last one where the strides allow it.
fn push(axes: &mut Axes, axis: Axis) {
    if axis.size == 1 {
        return;
    }
    if let Some(last) = axes.last_mut() {
        let joined = (0..OPERANDS).all(|i| last.strides[i] == axis.strides[i] * axis.size as isize);
        if joined {
            last.size *= axis.size;
            last.strides = axis.strides;
            return;
        }
    }
    axes.push(axis);
}
