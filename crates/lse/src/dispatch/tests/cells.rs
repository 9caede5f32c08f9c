//! Rows of cells have the bits of the same rows through scratch, and rows are cells where they should be.

use super::super::cells::Cells;
use super::super::{Job, Sink, Source};
use crate::elementary::exp::Reference;
use crate::intake::{Kind, OUT, Offsets, Rows, Strides, X};
use crate::isa::tests::same_on_every_table;
use crate::kernels::Care;
use crate::state::Mass;
use crate::tests::array::{Array, Layout};
use crate::tests::bits::assert_same;
use crate::tests::random::Random;

/// Rows along the last axis, with results of one a row or one an element.
fn source<'a>(x: &'a Array, out: Strides<'a>) -> Source<'a> {
    let axes = 1 << (x.shape.len() - 1);
    let job = Job { x: x.view(), axes, mask: None, temperature: 1.0 };
    let mut operands = [Strides::None; 5];
    (operands[X], operands[OUT]) = (Strides::All(&x.strides), out);
    job.source(Rows::new(&x.shape, axes, operands))
}

/// A row of a kind, with so many unused bytes between its elements.
fn row(kind: Kind, swapped: bool, gap: usize, numbers: &[f64]) -> Array {
    let layout = Layout { gap, swapped, ..Layout::plain(1) };
    Array::new(kind, &[numbers.len()], &layout, numbers)
}

const KINDS: [(Kind, bool, usize, Cells); 5] = [
    (Kind::Float16, false, 0, Cells::Half),
    (Kind::BFloat16, false, 0, Cells::Brain),
    (Kind::Float32, true, 0, Cells::Swapped),
    (Kind::Float32, false, 4, Cells::Seconds),
    (Kind::Float64, false, 8, Cells::Seconds),
];

#[test]
fn cells_are_folded_as_scratch_is() {
    let mut random = Random(71);
    for (kind, swapped, gap, cells) in KINDS {
        for length in [65, 128, 129, 240, 255, 1000, 1024] {
            let numbers: Vec<f64> = (0..length).map(|_| 3.0 * random.normal()).collect();
            let x = row(kind, swapped, gap, &numbers);
            for care in [Care::Brief, Care::Fast, Care::Shares, Care::Fine] {
                same_on_every_table("cells", |table| {
                    let source = Source { table, ..source(&x, Strides::None) };
                    let base = Offsets::default();
                    let (mut guess, mut scratch) = (Reference::ZERO, Vec::new());
                    let masses: [Mass; 2] = if kind == Kind::Float64 {
                        assert!(source.cells::<f64>() == Some(cells), "float64 cells");
                        let mut room = Vec::new();
                        [
                            source.fold_once::<f64>(&base, false, &mut guess, care, &mut room),
                            source.fold_row::<f64>(&base, false, &mut guess, care, &mut room),
                        ]
                    } else {
                        assert!(source.cells::<f32>() == Some(cells), "float32 cells");
                        [
                            source.fold_once::<f32>(&base, false, &mut guess, care, &mut scratch),
                            source.fold_row::<f32>(&base, false, &mut guess, care, &mut scratch),
                        ]
                    };
                    assert_same(&masses[0], &masses[1], "cells and scratch");
                    masses[0]
                });
            }
        }
    }
}

#[test]
fn other_rows_are_no_cells() {
    let numbers = [1.0; 70];
    for (kind, swapped, gap) in [
        (Kind::Float32, false, 0),
        (Kind::Float32, false, 8),
        (Kind::Float32, true, 4),
        (Kind::Float16, true, 0),
        (Kind::Float16, false, 2),
        (Kind::Float64, false, 8),
        (Kind::Int16, false, 0),
    ] {
        let x = row(kind, swapped, gap, &numbers);
        assert!(source(&x, Strides::None).cells::<f32>().is_none(), "{kind:?} {swapped} {gap}");
    }
}

#[test]
fn cells_are_spread_into_their_kind_only() {
    let numbers = [1.0; 70];
    for (kind, swapped, gap, cells) in KINDS {
        let x = row(kind, swapped, gap, &numbers);
        for (out_kind, out_swapped, out_gap, _) in KINDS {
            let mut out = row(out_kind, out_swapped, out_gap, &numbers);
            let strides = out.strides.clone();
            let source = source(&x, Strides::All(&strides));
            let sink = Sink { out: &out.view_mut(), rows: &source.rows };
            let same = (kind, swapped, gap) == (out_kind, out_swapped, out_gap);
            let wanted = same && cells != Cells::Seconds;
            assert_eq!(source.cells_fit::<f32>(&sink), wanted, "{kind:?} into {out_kind:?}");
        }
    }
}

#[test]
fn rows_that_are_one_and_the_same_go_the_way_of_their_results() {
    let mut x = Array::plain(Kind::Float32, &[40, 100], &[0.5; 4000]);
    x.strides[0] = 0;
    let across = |out: Strides<'_>| source(&x, out).strips::<f32>().is_some();
    assert!(!across(Strides::Kept(&[4])), "one result a row");
    assert!(!across(Strides::All(&[400, 4])), "results row by row");
    assert!(across(Strides::All(&[4, 160])), "results across memory");
}
