"""Minimax coefficients of the elementary room, by the Remez exchange in 60 digits.

    exp:  (e^r - 1 - r) / r^2                      on |r| <= ln 2 / 2 n, and what a coarse power leaves over
          2^(j/n) in few bits, and the logarithm of what is missing; 2^(j/n) to the nearest
    near: the same for n = 8, 64 and 512, the logarithms as a multiple of 2^-63 and the rest
    log:  (atanh(s) / s - 1) * 2 / s^2 in u = s^2  on z in [sqrt 1/2, sqrt 2], s = (z - 1) / (z + 1)
    ratio: (2 atanh(q/2) / q - 1) / q^2 in w = q^2  on |log2 z| <= 0.5862, q = 2 (z - 1) / (z + 1)

Run it to see the numbers that crates/lse/src/elementary holds:

    python tables/coefficients.py
"""

from mpmath import mp, mpf

mp.dps = 60


def remez(function, weight, low, high, degree, rounds=12):
    """The polynomial of this degree with the smallest largest |weight * (p - function)|."""
    points = [
        (low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / (degree + 1))
        for i in range(degree + 2)
    ]
    for _ in range(rounds):
        rows = [
            [x**k for k in range(degree + 1)] + [(-1) ** i / weight(x)]
            for i, x in enumerate(points)
        ]
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix([function(x) for x in points]))
        coefficients = [solution[k] for k in range(degree + 1)]

        def error(x, coefficients=coefficients):
            return weight(x) * (mp.polyval(coefficients[::-1], x) - function(x))

        grid = [low + (high - low) * i / 2000 for i in range(2001)]
        values = [error(x) for x in grid]
        peaks, start = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or (values[i] > 0) != (values[start] > 0):
                peaks.append(max(range(start, i), key=lambda k: abs(values[k])))
                start = i
        if len(peaks) != degree + 2:
            break
        points = [grid[k] for k in peaks]
    return coefficients, max(abs(v) for v in values)


def exp_tail(r):
    """(e^r - 1 - r) / r^2, by its series: no cancellation near 0."""
    return mp.nsum(lambda k: r**k / mp.factorial(k + 2), [0, 40])


def coarse(steps, bits, count=None):
    """2^(j/steps) rounded to this many bits, and log(2^(j/steps) / rounded), for the first j."""
    unit = mpf(2) ** (bits - 1)
    exact = [mpf(2) ** (mpf(j) / steps) for j in range(count or steps)]
    rounded = [mp.nint(power * unit) / unit for power in exact]
    return rounded, [mp.log(power / near) for power, near in zip(exact, rounded, strict=True)]


def log_tail(u):
    """(2 atanh(s) / s - 2) / u with u = s^2, by its series."""
    return mp.nsum(lambda k: 2 * u**k / (2 * k + 3), [0, 60])


def ratio_tail(w):
    """(2 atanh(q / 2) / q - 1) / w with w = q^2, by its series."""
    return mp.nsum(lambda k: w**k / (mpf(4) ** (k + 1) * (2 * k + 3)), [0, 60])


def show(name, coefficients, error):
    print(f"{name}: worst weighted error 2^{mp.nstr(mp.log(error, 2), 5)}")
    for coefficient in coefficients:
        print(f"    {mp.nstr(coefficient, 20)},")


if __name__ == "__main__":
    for name, steps, bits, degree in [("float32", 16, 8, 1), ("float64", 8, 20, 5)]:
        powers, rests = coarse(steps, bits)
        print(f"{name}: 2^(j/{steps}) in {bits} bits, and the logarithms of what is missing")
        for power, rest in zip(powers, rests, strict=True):
            print(f"    {mp.nstr(power, 20)}, {mp.nstr(rest, 20)},")
        reach = mp.log(2) / (2 * steps) * mpf("1.002") + max(abs(rest) for rest in rests)
        show(f"exp {name}", *remez(exp_tail, lambda r: r * r + mpf("1e-9"), -reach, reach, degree))
    for steps, bits in [(8, 20), (64, 16), (512, 16)]:
        print(
            f"near: 2^(j/{steps}) in {bits} bits, and the logarithms of what is missing in two parts"
        )
        for power, rest in zip(*coarse(steps, bits, 8), strict=True):
            high = mp.nint(mp.ldexp(rest, 63)) / mpf(2) ** 63
            print(
                "    " + ", ".join(mp.nstr(part, 20) for part in (power, high, rest - high)) + ","
            )
    edge = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mpf("1.002")
    show("log float64", *remez(log_tail, lambda u: u + mpf("1e-9"), mpf(0), edge, 8))
    edge = (2 * mp.tanh(mp.log(2) * mpf("0.5862") / 2)) ** 2
    for name, degree in [("ratio float64", 7), ("ratio float32", 4)]:
        show(name, *remez(ratio_tail, lambda w: w + mpf("1e-9"), mpf(0), edge, degree))
