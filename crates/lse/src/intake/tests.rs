//! Rows against the obvious walk: one index at a time over all axes, no axes merged.

use super::{OPERANDS, Offsets, Places, Rows, Strides};
use proptest::prelude::*;

/// An array's axes: size, whether it is reduced, the stride of every operand.
type Axes = Vec<(usize, bool, [isize; OPERANDS])>;

/// What the walk says: rows in C order of the kept axes, each its elements in C order of the others.
fn obvious(axes: &Axes) -> Vec<Vec<Offsets>> {
    let walk = |reduced: bool| {
        let mut offsets = vec![Offsets::default()];
        for (size, _, strides) in axes.iter().filter(|axis| axis.1 == reduced) {
            let mut longer = Vec::new();
            for offset in offsets {
                for i in 0..*size as isize {
                    longer.push(core::array::from_fn(|k| offset[k] + i * strides[k]));
                }
            }
            offsets = longer;
        }
        offsets
    };
    let (rows, elements): (Vec<Offsets>, Vec<Offsets>) = (walk(false), walk(true));
    let add = |a: &Offsets, b: &Offsets| core::array::from_fn(|k| a[k] + b[k]);
    rows.iter().map(|row| elements.iter().map(|element| add(row, element)).collect()).collect()
}

/// The cut that is tested. Operand 3 has strides on the kept axes only, operand 4 has none.
fn cut(axes: &Axes) -> Rows {
    let shape: Vec<usize> = axes.iter().map(|axis| axis.0).collect();
    let bits = axes.iter().enumerate().map(|(i, axis)| u64::from(axis.1) << i).sum();
    let all = |k: usize| axes.iter().map(|axis| axis.2[k]).collect::<Vec<isize>>();
    let (x, mask, weights) = (all(0), all(1), all(2));
    let out: Vec<isize> = axes.iter().filter(|axis| !axis.1).map(|axis| axis.2[3]).collect();
    let operands = [
        Strides::All(&x),
        Strides::All(&mask),
        Strides::All(&weights),
        Strides::Kept(&out),
        Strides::None,
    ];
    Rows::new(&shape, bits, operands)
}

/// Elements `start .. start + count` of a row, as the pieces give them.
fn pieces(rows: &Rows, row: usize, start: usize, count: usize) -> Vec<Offsets> {
    let (base, mut found) = (rows.offsets(row), Vec::new());
    rows.pieces(start, count, |offsets, first, axis, size| {
        assert_eq!(first, found.len(), "pieces come in order");
        assert!(size > 0, "no piece is empty");
        for i in 0..size as isize {
            found.push(core::array::from_fn(|k| base[k] + offsets[k] + i * axis.strides[k]));
        }
    });
    found
}

fn axes(smallest: usize) -> impl Strategy<Value = Axes> {
    let stride = prop_oneof![Just(0isize), -40isize..40, Just(8), Just(-8), Just(16), Just(32)];
    let strides = prop::array::uniform5(stride);
    let random = prop::collection::vec((smallest..5, any::<bool>(), strides), 0..5);
    // C order with gaps and breaks, so that axes can be merged
    let ordered = (prop::collection::vec((smallest..5, any::<bool>(), 0usize..4), 0..6)).prop_map(
        |sizes: Vec<(usize, bool, usize)>| {
            let mut stride = 8;
            let mut axes: Axes = Vec::new();
            for (size, reduced, gap) in sizes.into_iter().rev() {
                axes.push((size, reduced, [stride, stride / 8, stride * 2, stride, stride]));
                stride *= size.max(1) as isize;
                stride += if gap == 0 { 8 } else { 0 };
            }
            axes.reverse();
            axes
        },
    );
    prop_oneof![random, ordered].prop_map(|mut axes| {
        for axis in &mut axes {
            axis.2[4] = 0;
            if axis.1 {
                axis.2[3] = 0;
            }
        }
        axes
    })
}

proptest! {
    #![proptest_config(crate::tests::laws::cases(1000))]

    #[test]
    fn every_element_of_every_row(axes in axes(0)) {
        let (rows, expected) = (cut(&axes), obvious(&axes));
        prop_assert_eq!(rows.count, expected.len());
        let length = axes.iter().filter(|axis| axis.1).map(|axis| axis.0).product::<usize>();
        prop_assert_eq!(rows.length, length);
        for (row, expected) in expected.iter().enumerate() {
            prop_assert_eq!(&pieces(&rows, row, 0, length), expected, "row {}", row);
        }
    }

    #[test]
    fn any_part_of_a_row(axes in axes(1), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let (rows, expected) = (cut(&axes), obvious(&axes));
        let (a, b) = (from.index(rows.length + 1), to.index(rows.length + 1));
        let (start, end) = (a.min(b), a.max(b));
        for (row, expected) in expected.iter().enumerate() {
            prop_assert_eq!(&pieces(&rows, row, start, end - start), &expected[start..end]);
        }
    }

    #[test]
    fn a_run_is_the_whole_row(axes in axes(1)) {
        let (rows, expected) = (cut(&axes), obvious(&axes));
        if let Some(run) = rows.run() {
            prop_assert_eq!(run.size, rows.length);
            for (i, element) in expected[0].iter().enumerate() {
                let along = core::array::from_fn(|k| i as isize * run.strides[k]);
                prop_assert_eq!(element, &along);
            }
        } else {
            prop_assert!(rows.length > 1, "more than one axis is left over");
        }
    }

    #[test]
    fn places_of_neighbouring_rows(axes in axes(1), from in any::<prop::sample::Index>(), count in 1usize..20, cut_at in 0usize..20) {
        let rows = cut(&axes);
        let first = from.index(rows.count);
        let count = count.min(rows.count - first);
        let mut list = vec![Offsets::default(); count];
        let places = Places::of(&rows, first, count, &mut list);
        prop_assert_eq!(places.len(), count);
        for i in 0..count {
            prop_assert_eq!(places.get(i), rows.offsets(first + i));
            for k in 0..OPERANDS {
                prop_assert_eq!(places.offset(k, i), places.get(i)[k]);
            }
        }
        let from = cut_at.min(count - 1);
        let part = places.part(from, count + 3);
        prop_assert_eq!(part.len(), count - from);
        for i in 0..part.len() {
            prop_assert_eq!(part.get(i), places.get(from + i));
        }
        let listed: Vec<Offsets> = (0..count).map(|i| places.get(i)).collect();
        let listed = Places::listed(&listed);
        prop_assert_eq!((listed.len(), listed.get(count - 1)), (count, places.get(count - 1)));
    }
}

#[test]
fn axes_are_merged_where_one_stride_serves() {
    let strides = |x: isize| [x, 0, 0, 0, 0];
    let contiguous = vec![(2, true, strides(96)), (3, true, strides(32)), (4, true, strides(8))];
    assert_eq!(cut(&contiguous).reduced.len(), 1);
    let broken = vec![(2, true, strides(96)), (3, true, strides(40)), (4, true, strides(8))];
    assert_eq!(cut(&broken).reduced.len(), 3);
    // A kept axis between two reduced ones keeps them apart only if it has to
    let between = vec![(2, true, strides(8)), (5, false, strides(80)), (2, true, strides(4))];
    assert_eq!((cut(&between).reduced.len(), cut(&between).kept.len()), (1, 1));
}

#[test]
fn a_wrong_stride_is_caught() {
    let strides = |x: isize| [x, 1, 2, 0, 0];
    let right = vec![(3, true, strides(24)), (2, true, strides(8))];
    let wrong = vec![(3, true, strides(16)), (2, true, strides(8))];
    assert_eq!(pieces(&cut(&right), 0, 0, 6), obvious(&right)[0]);
    assert_ne!(pieces(&cut(&wrong), 0, 0, 6), obvious(&right)[0]);
}
