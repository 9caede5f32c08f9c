//! The logistic kernels: the same bits on every table.

use super::super::logistic::{BLOCK, Block, Wanted};
use crate::isa::tests::same_on_every_table;
use crate::tests::bits::assert_same;
use crate::tests::random::Random;
use crate::tests::rows::{FAMILIES, narrow};

const COUNTS: [usize; 8] = [1, 7, 8, 9, 31, 64, 65, BLOCK];

/// A block of logits of one kind; targets 0, 1 and between; weights or none.
fn block(random: &mut Random, logits: &[f64], weighted: bool) -> Block {
    let mut block = Block::new();
    block.weighted = weighted;
    for (i, x) in logits.iter().enumerate() {
        block.x[i] = *x;
        block.z[i] = [0.0, 1.0, random.unit()][random.below(3)];
        block.vector[i] = random.normal();
        if weighted {
            block.weight[i] = random.unit();
            block.pos_weight[i] = 3.0 * random.unit();
        }
    }
    block
}

fn each_block(seed: u64, mut see: impl FnMut(&str, usize, u64, bool)) {
    let mut random = Random(seed);
    for family in FAMILIES {
        for count in COUNTS {
            for weighted in [false, true] {
                see(family.name, count, random.bits(), weighted);
            }
        }
    }
}

/// The block that belongs to a seed: tables get one each, since kernels write into it.
fn made(name: &str, count: usize, seed: u64, weighted: bool) -> Block {
    let mut random = Random(seed);
    let family = FAMILIES.iter().find(|family| family.name == name).expect("a family");
    let logits = (family.make)(&mut random, count);
    block(&mut random, &logits, weighted)
}

#[test]
fn elements() {
    each_block(141, |name, count, seed, weighted| {
        for (losses, gradient) in [(false, false), (true, false), (false, true), (true, true)] {
            for fine in [false, true] {
                let wanted = Wanted { losses, gradient, fine, factor: (0.3, 1e-17) };
                same_on_every_table(name, |table| {
                    let mut block = made(name, count, seed, weighted);
                    // SAFETY: no pointers.
                    let sum = unsafe { table.logistic(&mut block, count, &wanted) };
                    let kept = |wanted: bool, field: &[f64]| {
                        field[..if wanted { count } else { 0 }].to_vec()
                    };
                    (sum, kept(losses, &block.losses), kept(gradient, &block.gradient))
                });
            }
        }
    });
}

#[test]
fn curvatures() {
    each_block(142, |name, count, seed, weighted| {
        same_on_every_table(name, |table| {
            let mut block = made(name, count, seed, weighted);
            // SAFETY: no pointers.
            unsafe { table.logistic_curvature(&mut block, count, (0.3, 1e-17)) };
            block.gradient[..count].to_vec()
        });
    });
}

#[test]
fn sums() {
    let mut random = Random(143);
    for family in FAMILIES {
        for count in [1, 15, 16, 17, 100, 511, 512, 513, 3_000] {
            let x = narrow(&(family.make)(&mut random, count));
            let z: Vec<f32> = x.iter().map(|_| (random.below(3) as f32) / 2.0).collect();
            // SAFETY: no pointers.
            same_on_every_table(family.name, |table| unsafe { table.logistic_sum(&x, &z) });
        }
    }
}

#[test]
fn slopes() {
    let mut random = Random(144);
    for family in FAMILIES {
        let logits = (family.make)(&mut random, BLOCK);
        let x: [f32; BLOCK] = narrow(&logits).try_into().expect("a block");
        let z: [f32; BLOCK] = core::array::from_fn(|_| (random.below(3) as f32) / 2.0);
        same_on_every_table(family.name, |table| {
            let mut out = [0.0; BLOCK];
            // SAFETY: no pointers.
            let sum = unsafe { table.logistic_slopes(&x, &z, &mut out, 0.3) };
            (sum.unwrap_or((f64::NAN, 0.0)), out.to_vec())
        });
        // The way through a block of float64 gives the same bits
        let (mut block, mut out) = (Block::new(), [0.0; BLOCK]);
        for i in 0..BLOCK {
            (block.x[i], block.z[i]) = (f64::from(x[i]), f64::from(z[i]));
        }
        let wanted = Wanted { losses: false, gradient: true, fine: false, factor: (0.3, 0.0) };
        let table = crate::isa::kernels();
        // SAFETY: no pointers.
        unsafe {
            let sum = table.logistic(&mut block, BLOCK, &wanted);
            let Some(got) = table.logistic_slopes(&x, &z, &mut out, 0.3) else { continue };
            assert_same(&[got.0, got.1], &[sum.0, sum.1], family.name);
        }
        let wide: Vec<f64> = block.gradient.iter().map(|slope| f64::from(*slope as f32)).collect();
        let got: Vec<f64> = out.iter().map(|slope| f64::from(*slope)).collect();
        assert_same(&got, &wide, family.name);
    }
}
