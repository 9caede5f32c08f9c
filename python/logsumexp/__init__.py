"""logsumexp, softmax and log_softmax for NumPy: right to the last bit, and fast.

One idea carries all of it, the mergeable `State` of a multiset of numbers:

    State { max, top, rest }        mass = e^max * (top + rest)

>>> import numpy as np
>>> import logsumexp as lse
>>> lse.logsumexp([1000.0, 1000.0])
np.float64(1000.6931471805599)
>>> lse.softmax([0.0, 1000.0])
array([0., 1.])
>>> state = lse.State.empty()
>>> for chunk in np.split(np.arange(6.0), 3):
...     state |= lse.State.fold(chunk)
>>> state.finish() == lse.logsumexp(np.arange(6.0))
np.True_
"""

from logsumexp._rust import (
    State,
    __version__,
    cross_entropy,
    cross_entropy_hvp,
    get_num_threads,
    log_softmax,
    logistic_loss,
    logistic_loss_hvp,
    logmeanexp,
    logsumexp,
    set_num_threads,
    softmax,
)
from logsumexp.config import show_config
from logsumexp.losses.lifted import lifted_structured_loss
from logsumexp.thread_count import threads

__all__ = [
    "State",
    "__version__",
    "cross_entropy",
    "cross_entropy_hvp",
    "get_num_threads",
    "lifted_structured_loss",
    "log_softmax",
    "logistic_loss",
    "logistic_loss_hvp",
    "logmeanexp",
    "logsumexp",
    "set_num_threads",
    "show_config",
    "softmax",
    "threads",
]
