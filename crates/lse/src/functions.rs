//! Functions: each is one sentence in the six words.

mod cross_entropy;
mod fold;
mod logistic;
mod logsumexp;
mod small;
mod softmax;

pub use crate::dispatch::{
    CrossEntropy, Job, LossError, OutOfMemory, Reduction, SmallRow, Targets,
};
pub use cross_entropy::{cross_entropy, cross_entropy_hvp};
pub use fold::{fold, spread};
pub use logistic::{Pairs, logistic, logistic_hvp};
pub use logsumexp::{logmeanexp, logsumexp, logsumexp_weighted};
pub use small::{log_softmax_small, logmeanexp_small, logsumexp_small, softmax_small};
pub use softmax::{log_softmax, softmax};
