//! Sources with a chosen table: what a row becomes on every path of this machine, as dispatch drives it.

use super::super::{Compute, Job, Source};
use crate::intake::{Kind, Offsets, Rows, Strides, X};
use crate::isa::tests::same_on_every_table;
use crate::kernels::table::Table;
use crate::kernels::{Care, naive};
use crate::state::{Mass, State};
use crate::tests::array::{Array, Layout};
use crate::tests::bits::assert_same;
use crate::tests::exact::log_sum_exp;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, LENGTHS};
use crate::tests::worst::{Worst, power, relative};

/// Work on the single row of an array with the kernels of a table.
fn with<A>(table: &'static Table, x: &Array, t: f64, work: impl FnOnce(&Source<'_>) -> A) -> A {
    let job = Job { x: x.view(), axes: u64::MAX, mask: None, temperature: t };
    let mut operands = [Strides::None; 5];
    operands[X] = Strides::All(&x.strides);
    let rows = Rows::new(&x.shape, u64::MAX, operands);
    work(&Source { table, ..job.source(rows) })
}

/// The state of a row.
pub(crate) fn fold(table: &'static Table, row: &[f64]) -> State {
    let array = Array::plain(Kind::Float64, &[row.len()], row);
    with(table, &array, 1.0, |source| source.state(&Offsets::default(), &mut Vec::new()))
}

/// The mass of a row, chunk by chunk and all chunks at once.
fn masses<T: Compute>(source: &Source<'_>) -> [Mass; 2] {
    let (base, in_place) = (Offsets::default(), source.in_place::<T>());
    let mut guess = crate::elementary::exp::Reference::ZERO;
    let row = source.fold_row::<T>(&base, in_place, &mut guess, Care::Fast, &mut Vec::new());
    [row, source.fold_long::<T>(&base, Care::Fast)]
}

#[test]
fn states_have_the_same_bits_on_every_table() {
    let mut random = Random(61);
    for family in FAMILIES {
        for length in LENGTHS {
            let row = (family.make)(&mut random, length);
            same_on_every_table(family.name, |table| fold(table, &row));
        }
    }
}

#[test]
fn masses_have_the_same_bits_on_every_table_and_cut() {
    let mut random = Random(62);
    for family in FAMILIES {
        for length in [5, 700, 8_192, 8_193, 50_000] {
            let row = (family.make)(&mut random, length);
            for (kind, t) in [(Kind::Float32, 1.0), (Kind::Float64, 1.0), (Kind::Float64, 0.7)] {
                let array = Array::plain(kind, &[length], &row);
                same_on_every_table(family.name, |table| {
                    with(table, &array, t, |source| match kind {
                        Kind::Float32 => masses::<f32>(source),
                        _ => masses::<f64>(source),
                    })
                });
            }
        }
    }
}

#[test]
fn one_thread_or_all_of_them() {
    let row: Vec<f64> = FAMILIES.iter().flat_map(|f| (f.make)(&mut Random(63), 9_000)).collect();
    let array = Array::plain(Kind::Float64, &[row.len()], &row);
    let [row, long] = with(crate::isa::kernels(), &array, 1.0, masses::<f64>);
    assert_same(&row, &long, "fold_row and fold_long");
}

#[test]
fn the_layout_changes_no_bit() {
    let mut random = Random(64);
    for length in LENGTHS {
        let row: Vec<f64> = (0..length).map(|_| random.normal()).collect();
        let state = fold(crate::isa::kernels(), &row);
        for _ in 0..4 {
            let array = Array::new(Kind::Float64, &[length], &Layout::any(&mut random, 1), &row);
            let other = with(crate::isa::kernels(), &array, 1.0, |source| {
                source.state(&Offsets::default(), &mut Vec::new())
            });
            assert_same(&state, &other, "a strided row");
        }
    }
}

#[test]
fn a_mask_leaves_elements_out() {
    let mut random = Random(67);
    for _ in 0..300 {
        let shape = [1 + random.below(4), 1 + random.below(5), 1 + random.below(9)];
        let count: usize = shape.iter().product();
        let numbers: Vec<f64> = (0..count).map(|_| random.normal()).collect();
        let x = Array::new(Kind::Float64, &shape, &Layout::any(&mut random, 3), &numbers);
        let flags: Vec<f64> = (0..count).map(|_| random.below(3).min(1) as f64).collect();
        let layout = Layout { swapped: false, ..Layout::any(&mut random, 3) };
        let mut flags = Array::new(Kind::Bool, &shape, &layout, &flags);
        // broadcast along an axis
        if random.below(3) == 0 {
            flags.strides[random.below(3)] = 0;
        }
        let axes = random.bits() & 0b111;
        let job = Job { x: x.view(), axes, mask: Some(flags.view()), temperature: 1.0 };
        let operands = job.operands(None);
        let source = job.source(Rows::new(&shape, axes, operands));

        // the obvious walk: every element to the row that its kept indices name
        let mut rows = vec![Vec::new(); source.rows.count];
        for (element, (x, flag)) in numbers.iter().zip(flags.numbers()).enumerate() {
            let index =
                [element / shape[2] / shape[1], element / shape[2] % shape[1], element % shape[2]];
            let kept = (0..3).filter(|axis| axes >> axis & 1 == 0);
            let row = kept.fold(0, |row, axis| row * shape[axis] + index[axis]);
            rows[row].extend((flag != 0.0).then_some(*x));
        }
        for (row, kept) in rows.iter().enumerate() {
            let base = source.rows.offsets(row);
            assert_eq!(source.taking_part(&base), kept.len());
            let state = source.state(&base, &mut Vec::new());
            crate::tests::laws::assert_close(state, naive::fold(kept), kept.len(), "masked");
        }
    }
}

#[test]
fn masses_are_within_their_bounds() {
    // The limits that `compute.rs` reasons with.
    let (mut random, mut single, mut double) = (Random(65), Worst::default(), Worst::default());
    for family in FAMILIES {
        for length in [1, 9, 64, 130, 700] {
            let row = (family.make)(&mut random, length);
            let see = |kind: Kind, worst: &mut Worst| {
                let array = Array::plain(kind, &[length], &row);
                let held = array.numbers();
                let [mass, _] = with(crate::isa::kernels(), &array, 1.0, |source| match kind {
                    Kind::Float32 => masses::<f32>(source),
                    _ => masses::<f64>(source),
                });
                if mass.is_ordinary() {
                    worst.see(mass_error(&mass, &held), &held[..1]);
                }
            };
            see(Kind::Float32, &mut single);
            see(Kind::Float64, &mut double);
        }
    }
    single.within("mass of float32", 0.8, power(-24));
    double.within("mass of float64", 1.5, power(-53));
}

/// The relative error of high + low as sum of e^(x - center) 2^-exponent.
fn mass_error(mass: &Mass, row: &[f64]) -> f64 {
    use crate::tests::exact::Exact;
    let reference = mass.reference;
    let scale = &Exact::of(reference.exponent) * &Exact::of(2.0).log();
    let total = &(&log_sum_exp(row, 1.0) - &Exact::of(reference.center)) - &scale;
    relative(&[mass.high, mass.low], &total.exp())
}

#[test]
fn every_table_agrees_with_the_naive_kernel() {
    let mut random = Random(66);
    for family in FAMILIES {
        for length in LENGTHS {
            let row = (family.make)(&mut random, length);
            let (got, expected) = (fold(crate::isa::kernels(), &row), naive::fold(&row));
            crate::tests::laws::assert_close(got, expected, length, family.name);
        }
    }
}
