//! Arrays in memory, of any kind, order, stride and alignment, with the numbers they hold in C order.

use super::number::{decode, encode};
use super::random::Random;
use crate::intake::{Kind, View, ViewMut};

/// How an array lies in memory.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The axes from the slowest to the fastest.
    pub order: Vec<usize>,
    /// Axes that run backwards.
    pub backwards: Vec<bool>,
    /// Unused bytes between neighbours on the fastest axis, and before the first element.
    pub gap: usize,
    pub swapped: bool,
}

impl Layout {
    /// C order, contiguous.
    pub fn plain(axes: usize) -> Layout {
        let (order, backwards) = ((0..axes).collect(), vec![false; axes]);
        Layout { order, backwards, gap: 0, swapped: false }
    }

    pub fn any(random: &mut Random, axes: usize) -> Layout {
        let mut layout = Layout::plain(axes);
        for i in (1..axes).rev() {
            layout.order.swap(i, random.below(i + 1));
        }
        layout.backwards.iter_mut().for_each(|flag| *flag = random.below(3) == 0);
        layout.gap = [0, 0, 1, 3, 8][random.below(5)];
        layout.swapped = random.below(3) == 0;
        layout
    }
}

/// An array that owns its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    /// Eight bytes each, so that the first is aligned for every kind.
    memory: Vec<u64>,
    start: usize,
    kind: Kind,
    swapped: bool,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
}

impl Array {
    /// An array with these numbers, given in C order.
    pub fn new(kind: Kind, shape: &[usize], layout: &Layout, numbers: &[f64]) -> Array {
        assert_eq!(numbers.len(), shape.iter().product(), "one number an element");
        let step = kind.size() + layout.gap;
        let (mut stride, mut start) = (step as isize, layout.gap as isize);
        let mut strides = vec![0; shape.len()];
        for &axis in layout.order.iter().rev() {
            strides[axis] = if layout.backwards[axis] { -stride } else { stride };
            if layout.backwards[axis] {
                start += stride * (shape[axis] as isize - 1).max(0);
            }
            stride *= shape[axis].max(1) as isize;
        }
        let bytes = layout.gap + step * numbers.len().max(1) + 8;
        let memory = vec![0xA5A5_A5A5_A5A5_A5A5; bytes.div_ceil(8)];
        let start = start as usize;
        let shape = shape.to_vec();
        let mut array = Array { memory, start, kind, swapped: layout.swapped, shape, strides };
        for (index, x) in array.indices().into_iter().zip(numbers) {
            array.write(index, &encode(kind, *x));
        }
        array
    }

    /// C order, contiguous.
    pub fn plain(kind: Kind, shape: &[usize], numbers: &[f64]) -> Array {
        Array::new(kind, shape, &Layout::plain(shape.len()), numbers)
    }

    pub fn view(&self) -> View<'_> {
        // SAFETY: every element lies within `memory`.
        unsafe {
            let data = self.memory.as_ptr().cast::<u8>().add(self.start);
            View::new(data, self.kind, self.swapped, &self.shape, &self.strides)
        }
    }

    pub fn view_mut(&mut self) -> ViewMut<'_> {
        // SAFETY: every element lies within `memory`, which is borrowed alone.
        unsafe {
            let data = self.memory.as_mut_ptr().cast::<u8>().add(self.start);
            ViewMut::new(data, self.kind, self.swapped, &self.shape, &self.strides)
        }
    }

    /// The numbers in C order.
    pub fn numbers(&self) -> Vec<f64> {
        self.indices().into_iter().map(|index| decode(self.kind, &self.read(index))).collect()
    }

    /// The byte offset of every element from the first, in C order: the obvious walk.
    pub fn indices(&self) -> Vec<isize> {
        walk(&self.shape, &self.strides)
    }

    fn read(&self, offset: isize) -> Vec<u8> {
        let start = (self.start as isize + offset) as usize;
        let byte = |place: usize| self.memory[place / 8].to_ne_bytes()[place % 8];
        let mut bytes: Vec<u8> = (start..start + self.kind.size()).map(byte).collect();
        if self.swapped {
            bytes.reverse();
        }
        bytes
    }

    fn write(&mut self, offset: isize, bytes: &[u8]) {
        for (i, byte) in bytes.iter().enumerate() {
            let i = if self.swapped { bytes.len() - 1 - i } else { i };
            let place = (self.start as isize + offset) as usize + i;
            let mut word = self.memory[place / 8].to_ne_bytes();
            word[place % 8] = *byte;
            self.memory[place / 8] = u64::from_ne_bytes(word);
        }
    }
}

/// The offset of every element in C order.
pub(crate) fn walk(shape: &[usize], strides: &[isize]) -> Vec<isize> {
    let mut offsets = vec![0];
    for (&size, &stride) in shape.iter().zip(strides) {
        let steps = |from: isize| (0..size as isize).map(move |i| from + i * stride);
        offsets = offsets.into_iter().flat_map(steps).collect();
    }
    offsets
}
