"""A kernel that fell back to scalar code, or calls out, is found in a listing."""

import pytest

from bench.assembly import shells, words

LISTING = """
_ZN3lse7kernels5table6avx51211fold_single17h0123456789abcdefE:
\t.cfi_startproc
\tvfmadd231ps\t%zmm1, %zmm2, %zmm3
\tvaddps\t%zmm1, %zmm2, %zmm3
\tvaddss\t%xmm1, %xmm2, %xmm3
\tcallq\t*memcpy@GOTPCREL(%rip)
\tretq
.Lfunc_end1:
"""


ELSEWHERE = """
_ZN3lse7kernels5table4neon11fold_single17h0123456789abcdefE:
\tldp\tq0, q1, [x0]
\tfmla\tv3.4s, v1.4s, v2.4s
\tfadd\tv3.2d, v1.2d, v2.2d
\tfadd\ts3, s1, s2
\tbl\tmemcpy
\tret
.Lfunc_end1:
"""


def test_a_vector_kernel_of_neon_passes():
    (shell,) = shells(ELSEWHERE, "aarch64")
    assert (shell.isa, shell.name, shell.vector, shell.scalar) == ("neon", "fold_single", 2, 1)
    assert shell.complaint == ""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("v3.4s, v1.4s, v2.4s", "s3, s1, s2", ""),
        (
            "fmla\tv3.4s, v1.4s, v2.4s\n\tfadd\tv3.2d, v1.2d, v2.2d",
            "fmadd\ts1, s2, s3, s4",
            "is scalar",
        ),
        ("bl\tmemcpy", "bl\tfmaf", "calls fmaf"),
        ("bl\tmemcpy", "bl\t_ZN3lse10elementary7precise10exp_raised17hc04f917f336b3f2bE", ""),
    ],
)
def test_fallen_back_of_neon(old, new, complaint):
    (shell,) = shells(ELSEWHERE.replace(old, new), "aarch64")
    assert shell.complaint == complaint


def test_a_vector_kernel_passes():
    (shell,) = shells(LISTING)
    assert (shell.isa, shell.name, shell.vector, shell.scalar) == ("avx512", "fold_single", 2, 1)
    assert shell.complaint == ""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("ps\t%zmm1", "ss\t%zmm1", "is scalar"),
        ("%zmm", "%xmm", "is scalar"),
        ("*memcpy@GOTPCREL(%rip)", "fmaf", "calls fmaf"),
        (
            "*memcpy@GOTPCREL(%rip)",
            "_ZN3lse7kernels6spread6shares28_$u7b$$u7b$closure$u7d$$u7d$17hc04f917f336b3f2bE",
            "calls lse::kernels::spread::shares",
        ),
        (
            "*memcpy@GOTPCREL(%rip)",
            "_ZN95_$LT$$RF$mut$u20$core..array..drain..Drain$LT$T$C$N$C$F$GT$$u20$as$u20$core..ops..function"
            "..FnMut$LT$$LP$usize$C$RP$$GT$$GT$8call_mut17hc04f917f336b3f2bE",
            "calls call_mut",
        ),
    ],
)
def test_fallen_back(old, new, complaint):
    (shell,) = shells(LISTING.replace(old, new))
    assert shell.complaint == complaint


def test_other_functions_are_no_kernels():
    assert list(shells(LISTING.replace("5table", "5cable"))) == []


def test_words_of_both_manglings():
    assert words("_ZN3lse7kernels5table4avx25split17h0123456789abcdefE")[:5] == [
        "lse", "kernels", "table", "avx2", "split",
    ]  # fmt: skip
    assert words("_RNvNtNtNtCs8gkkM_3lse7kernels5table4avx25split")[:5] == [
        "lse", "kernels", "table", "avx2", "split",
    ]  # fmt: skip
