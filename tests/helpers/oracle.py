"""The slow, obvious answers: every function from its definition, in 400-bit arithmetic.

With max, top (how many equal it) and rest (the others, scaled by e^-max) of the very floats given,

    logsumexp     = max + t * (log(top)     + log1p(rest / top))
    logmeanexp    = max + t * (log(top / n) + log1p(rest / top))
    softmax_i     = exp((x_i - max) / t) / (top + rest)
    log_softmax_i = (x_i - max) / t - log(top) - log1p(rest / top)

`top` is kept apart so that a result such as logsumexp([0, -600]) keeps its 400 bits. Elements may be
-inf; +inf and nan have no place here: their answers are written out by hand in the tests.
"""

from functools import cached_property

import numpy as np

from tests.helpers.ulp import BITS, exactly, mp

# More than the width of float64: enough to cancel anything down to its smallest subnormal.
WIDE = 2 * 1100 + BITS


class Row:
    """The exact answers of one row, for a temperature t; equal elements are computed once."""

    def __init__(self, x, temperature=1, bits=BITS):
        x = np.asarray(x)
        self.temperature = exactly(temperature)
        # A temperature of 1e300 makes gaps of 1e-300: they must survive beside 1, squared too.
        self.bits = bits + 2 * max(0, mp.mag(self.temperature))
        self.values, self.inverse, self.counts = np.unique(
            x.astype(np.longdouble), return_inverse=True, return_counts=True
        )
        if not np.all(self.values < np.inf):
            raise ValueError(f"the oracle knows numbers and -inf only, not {x}")
        self.size, self.shape = x.size, x.shape

    @cached_property
    def max(self):
        return exactly(self.values[-1]) if self.size else mp.mpf("-inf")

    @cached_property
    def empty(self):
        return mp.isinf(self.max)

    @cached_property
    def gaps(self):
        """(x_i - max) / t of every distinct element, the largest last."""
        with mp.workprec(self.bits):
            return [(exactly(value) - self.max) / self.temperature for value in self.values]

    @cached_property
    def terms(self):
        with mp.workprec(self.bits):
            return [mp.exp(gap) if not mp.isinf(gap) else mp.mpf(0) for gap in self.gaps]

    @cached_property
    def top(self):
        return mp.mpf(int(self.counts[-1]))

    @cached_property
    def rest(self):
        with mp.workprec(self.bits):
            pairs = zip(self.terms[:-1], self.counts[:-1], strict=True)
            return mp.fsum(term * int(count) for term, count in pairs)

    @cached_property
    def log_mass(self):
        """log(sum exp((x - max) / t))."""
        with mp.workprec(self.bits):
            return mp.log(self.top) + mp.log1p(self.rest / self.top)

    def finish(self, minus=0):
        """logsumexp(x) - minus."""
        if self.empty:
            return mp.mpf("-inf")
        with mp.workprec(self.bits):
            return (self.max - exactly(minus)) + self.temperature * self.log_mass

    @property
    def logsumexp(self):
        return self.finish()

    @cached_property
    def logmeanexp(self):
        if self.empty:
            return mp.mpf("-inf" if self.size else "nan")
        with mp.workprec(self.bits):
            log_mean = mp.log(self.top / self.size) + mp.log1p(self.rest / self.top)
            answer = self.max + self.temperature * log_mean
        # The two logarithms may cancel almost wholly, as for [0, -1e-300]: then look closer.
        if self.bits < WIDE and mp.mag(answer) < -BITS // 4:
            values = np.repeat(self.values, self.counts)
            return Row(values, self.temperature, bits=WIDE).logmeanexp
        return answer

    @cached_property
    def softmax(self):
        """One share per element, in the order and shape of the row."""
        if self.empty:
            return self._spread([mp.mpf("nan")] * len(self.values))
        with mp.workprec(self.bits):
            return self._spread([term / (self.top + self.rest) for term in self.terms])

    @cached_property
    def log_softmax(self):
        if self.empty:
            return self._spread([mp.mpf("nan")] * len(self.values))
        with mp.workprec(self.bits):
            return self._spread([gap - self.log_mass for gap in self.gaps])

    def _spread(self, answers):
        return np.array([*answers, None], dtype=object)[:-1][self.inverse].reshape(self.shape)


def weighted(a, b, temperature=1):
    """t * log|sum b e^(a / t)| and its sign; an element of weight 0 is not there."""
    with mp.workprec(WIDE):
        pairs = [(exactly(x), exactly(weight)) for x, weight in zip(a, b, strict=True) if weight]
        pairs = [(x, weight) for x, weight in pairs if not mp.isinf(x)]
        if not pairs:
            return mp.mpf("-inf"), 0
        temperature, shift = exactly(temperature), max(x for x, _ in pairs)
        total = mp.fsum(weight * mp.exp((x - shift) / temperature) for x, weight in pairs)
        if total == 0:
            return mp.mpf("-inf"), 0
        return shift + temperature * mp.log(abs(total)), int(mp.sign(total))
