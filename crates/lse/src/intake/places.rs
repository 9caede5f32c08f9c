//! Places: where each row of a batch begins in each array.

use super::rows::{OPERANDS, Offsets, Rows};

/// The beginnings of neighbouring rows: evenly spaced where one axis holds them all, else listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    start: Offsets,
    strides: Offsets,
    list: &'a [Offsets],
    count: usize,
}

impl<'a> Places<'a> {
    /// Rows `first .. first + count`; `list` is room for those that are not evenly spaced.
    #[inline]
    pub fn of(rows: &Rows, first: usize, count: usize, list: &'a mut [Offsets]) -> Places<'a> {
        let start = rows.offsets(first);
        let Some(inner) = rows.kept.last() else {
            return Places { start, strides: [0; OPERANDS], list: &[], count };
        };
        if rows.kept.len() == 1 || first % inner.size + count <= inner.size {
            return Places { start, strides: inner.strides, list: &[], count };
        }
        for (i, place) in list[..count].iter_mut().enumerate() {
            *place = rows.offsets(first + i);
        }
        Places { start, strides: [0; OPERANDS], list: &list[..count], count }
    }

    /// Rows listed one by one.
    pub fn listed(list: &'a [Offsets]) -> Places<'a> {
        let start = list.first().copied().unwrap_or_default();
        Places { start, strides: [0; OPERANDS], list, count: list.len() }
    }

    /// Some of them.
    #[inline]
    pub fn part(&self, from: usize, to: usize) -> Places<'a> {
        let to = to.min(self.count);
        if self.list.is_empty() {
            return Places { start: self.get(from), count: to - from, ..*self };
        }
        Places { start: self.list[from], list: &self.list[from..to], count: to - from, ..*self }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Where row `i` begins in every array.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Offsets {
        if !self.list.is_empty() {
            return self.list[i];
        }
        let mut place = self.start;
        for (offset, stride) in place.iter_mut().zip(self.strides) {
            *offset += i as isize * stride;
        }
        place
    }

    /// Where the first row begins in one array, if the others follow at this stride.
    #[inline(always)]
    pub fn spaced(&self, operand: usize, stride: isize) -> Option<isize> {
        let even = self.list.is_empty() && (self.strides[operand] == stride || self.count == 1);
        even.then_some(self.start[operand])
    }

    /// The strides from row to row, if the rows are evenly spaced.
    #[inline(always)]
    pub fn steps(&self) -> Option<Offsets> {
        self.list.is_empty().then_some(self.strides)
    }

    /// Where row `i` begins in one array.
    #[inline(always)]
    pub fn offset(&self, operand: usize, i: usize) -> isize {
        if self.list.is_empty() {
            self.start[operand] + i as isize * self.strides[operand]
        } else {
            self.list[i][operand]
        }
    }
}
