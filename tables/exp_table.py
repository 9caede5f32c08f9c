"""Write crates/lse/src/elementary/table.rs: 2^(j/32) in three float64, and ln 2 / 32 in three.

    python tables/exp_table.py > crates/lse/src/elementary/table.rs
"""

from mpmath import mp, mpf

mp.prec = 400


def parts(x, widths):
    """x as a sum of floats of at most `widths` bits each."""
    found = []
    for width in widths:
        with mp.workprec(width):
            part = +x
        found.append(float(part))
        x -= mpf(part)
    return found


def literal(x):
    """The float as its bits, so that no reader has to trust a decimal."""
    import struct

    bits = struct.unpack("<Q", struct.pack("<d", x))[0]
    text = f"{bits:016X}"
    return "f64::from_bits(0x" + "_".join(text[i : i + 4] for i in range(0, 16, 4)) + ")"


if __name__ == "__main__":
    print("//! 2^(j/32) and ln 2 / 32, each as the sum of three float64.")
    print("//!")
    print("//! Written by `tables/exp_table.py`; do not edit.")
    print()
    print("/// ln 2 / 32: 36 bits, 36 bits, the rest. A product of the first two with k is exact.")
    print("pub(crate) const STEP: [f64; 3] = [")
    for value in parts(mp.log(2) / 32, [36, 36, 53]):
        print(f"    {literal(value)},")
    print("];")
    print()
    print("/// 2^(j/32), j = 0..32: high, middle, low.")
    print("pub(crate) const POWERS: [[f64; 3]; 32] = [")
    for j in range(32):
        print("    [")
        for value in parts(mp.mpf(2) ** (mp.mpf(j) / 32), [53, 53, 53]):
            print(f"        {literal(value)},")
        print("    ],")
    print("];")
