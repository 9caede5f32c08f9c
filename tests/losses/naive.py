"""The cross-entropy from its definition, in 400-bit arithmetic, with gradient and Hessian."""

import numpy as np

from tests.helpers.oracle import Row
from tests.helpers.ulp import BITS, exactly, mp


class ExactRow:
    """One row: its loss, gradient and Hessian product, of x / t, before any reduction."""

    def __init__(self, x, target, weight=None, smoothing=0.0, z_loss=0.0, temperature=1.0):
        x = np.asarray(x)
        count, self.t = x.size, exactly(temperature)
        self.row = Row(x, temperature)
        w = [exactly(1 if weight is None else weight[k]) for k in range(count)]
        classes = np.ndim(target) == 0
        with mp.workprec(BITS):
            q = [mp.mpf(int(k == target)) if classes else exactly(target[k]) for k in range(count)]
            e = exactly(smoothing)
            self.a = [w[k] * ((1 - e) * q[k] + e / count) for k in range(count)]
            self.gaps = [-log for log in self.row.log_softmax]
            self.p = list(self.row.softmax)
            self.z = exactly(z_loss) * (w[int(target)] if classes else 1)
            self.lse = self.row.logsumexp / self.t

    @property
    def loss(self):
        with mp.workprec(BITS):
            terms = [a * gap for a, gap in zip(self.a, self.gaps, strict=True) if a]
            return mp.fsum([*terms, self.z * self.lse**2])

    @property
    def gradient(self):
        with mp.workprec(BITS):
            factor, total = 2 * self.z * self.lse, mp.fsum(self.a)
            return [
                (p * (total - a) - a * self.others(k) + factor * p) / self.t
                for k, (p, a) in enumerate(zip(self.p, self.a, strict=True))
            ]

    def others(self, k):
        """1 - p_k: of a sure row even 400 bits leave nothing after the subtraction."""
        if self.p[k] < 0.5:
            return 1 - self.p[k]
        return mp.fsum(p for j, p in enumerate(self.p) if j != k)

    def product(self, v):
        with mp.workprec(BITS):
            v = [exactly(number) for number in v]
            mean = mp.fsum(p * x for p, x in zip(self.p, v, strict=True))
            factor = mp.fsum(self.a) + 2 * self.z * self.lse
            return [
                (factor * p * (x - mean) + 2 * self.z * p * mean) / self.t**2
                for p, x in zip(self.p, v, strict=True)
            ]
