"""Write crates/lse/src/elementary/table.rs: 2^(j/256) in three float64, and ln 2 / 256 in three.

python tables/exp_table.py > crates/lse/src/elementary/table.rs && cargo fmt -p lse
"""

import struct

from mpmath import mp, mpf

mp.prec = 400


def parts(x: mpf, widths: list[int]) -> list[float]:
    """Write x as a sum of floats of at most `widths` bits each."""
    found = []
    for width in widths:
        with mp.workprec(width):
            part = +x
        found.append(float(part))
        x -= mpf(part)
    return found


def literal(x: float) -> str:
    """Write the float as its bits, so that no reader has to trust a decimal."""
    bits = struct.unpack("<Q", struct.pack("<d", x))[0]
    text = f"{bits:016X}"
    return "f64::from_bits(0x" + "_".join(text[i : i + 4] for i in range(0, 16, 4)) + ")"


if __name__ == "__main__":
    print("//! 2^(j/256) and ln 2 / 256, each as the sum of three float64.")
    print("//!")
    print("//! Written by `tables/exp_table.py`; do not edit.")
    print()
    print("/// ln 2 / 256: 34 bits, 34 bits, the rest. A product of the first two with k is exact.")
    print("pub(crate) const STEP: [f64; 3] = [")
    for value in parts(mp.log(2) / 256, [34, 34, 53]):
        print(f"    {literal(value)},")
    print("];")
    powers = [parts(mpf(2) ** (mpf(j) / 256), [53, 53, 53]) for j in range(256)]
    for name, part in (("HIGH", 0), ("MIDDLE", 1), ("LOW", 2)):
        print()
        print(f"/// 2^(j/256), j = 0..256: the {name.lower()} part.")
        print(f"pub(crate) const POWERS_{name}: [f64; 256] = [")
        for power in powers:
            print(f"    {literal(power[part])},")
        print("];")
