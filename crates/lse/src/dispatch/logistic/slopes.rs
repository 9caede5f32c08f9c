//! The gradient of float32 logits into float32 side by side: block by block, with the results on their way to memory
//! a page or two at a time.

use super::Reader;
use crate::kernels::Flow;
use crate::kernels::logistic::{BLOCK, Block, Wanted, join};
use crate::lanes::settle;
use std::ops::Range;

/// Elements that are written at a time.
const PIECE: usize = 4 * BLOCK;

/// Where the gradient goes; every chunk writes its own part of it.
#[derive(Clone, Copy)]
pub(super) struct Out(pub *mut f32);

// SAFETY: the parts that threads write do not overlap.
unsafe impl Sync for Out {}

/// What is read, what is wanted of it, and where it goes.
pub(super) struct Slopes<'a> {
    pub reader: &'a Reader<'a>,
    pub wanted: &'a Wanted,
    pub out: Out,
    pub flow: Flow,
}

impl Slopes<'_> {
    /// The sum of the losses of a chunk; writes its gradient.
    pub fn chunk(&self, range: Range<usize>) -> (f64, f64) {
        let reader = self.reader;
        let (mut scratch_x, mut scratch_z) = (Vec::new(), Vec::new());
        let x = reader.x.single(range.start, range.len(), &mut scratch_x);
        let z = reader.z.single(range.start, range.len(), &mut scratch_z);
        let mut careful = None;
        let mut room = [0.0; PIECE];
        let mut sum = (0.0, 0.0);
        for start in (0..range.len()).step_by(PIECE) {
            let count = PIECE.min(range.len() - start);
            let whole = count / BLOCK * BLOCK;
            let (x, z) = (&x[start..start + count], &z[start..start + count]);
            let (x_blocks, _) = x.as_chunks::<BLOCK>();
            let (z_blocks, _) = z.as_chunks::<BLOCK>();
            let (blocks, _) = room.as_chunks_mut::<BLOCK>();
            for ((x, z), out) in x_blocks.iter().zip(z_blocks).zip(blocks) {
                // SAFETY: no pointers.
                let part = unsafe { reader.table.logistic_slopes(x, z, out, self.wanted.factor.0) };
                let part = part.unwrap_or_else(|| self.again(x, z, out, &mut careful));
                sum = join(sum, part);
            }
            if whole < count {
                let out = &mut room[whole..count];
                sum = join(sum, self.again(&x[whole..], &z[whole..], out, &mut careful));
            }
            // SAFETY: the place of these elements; inputs that lie there have been read.
            unsafe {
                let out = self.out.0.add(range.start + start);
                match self.flow {
                    Flow::Streamed => reader.table.stream(&room[..count], out),
                    Flow::Kept => out.copy_from_nonoverlapping(room.as_ptr(), count),
                }
            }
        }
        settle();
        sum
    }

    /// Part of a block, or a block with gradients that cancel.
    #[cold]
    fn again(
        &self,
        x: &[f32],
        z: &[f32],
        out: &mut [f32],
        block: &mut Option<Box<Block>>,
    ) -> (f64, f64) {
        let block = block.get_or_insert_with(|| Box::new(Block::new()));
        for (i, (x, z)) in x.iter().zip(z).enumerate() {
            (block.x[i], block.z[i]) = (f64::from(*x), f64::from(*z));
        }
        // SAFETY: no pointers.
        let part = unsafe { self.reader.table.logistic(block, x.len(), self.wanted) };
        for (slot, slope) in out.iter_mut().zip(&block.gradient) {
            *slot = *slope as f32;
        }
        part
    }
}
