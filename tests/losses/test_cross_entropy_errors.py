"""What cross_entropy refuses, in which words; nothing is written then."""

import numpy as np
import pytest

import logsumexp as lse

X = np.arange(6.0).reshape(2, 3)
IN_RANGE = [0, 2]

REFUSED = [
    (IndexError, r"`targets` holds 3 in row 1, .* 3 classes along axis 1: use 0\.\.2", {"targets": [0, 3]}),
    (IndexError, r"`targets` holds -1 in row 0", {"targets": [-1, 5]}),
    (IndexError, r"`targets` holds 18446744073709551615 in row 0", {"targets": np.array([2**64 - 1, 0], np.uint64)}),
    (IndexError, r"`ignore_index` \(7\)", {"targets": [7, 3], "ignore_index": 7}),
    (ValueError, r"shape \(3,\), but `logits` has shape \(2, 3\) .*use shape \(2,\)", {"targets": [0, 1, 2]}),
    (ValueError, r"shape \(2, 2\), but `logits` has shape \(2, 3\)", {"targets": [[0.5, 0.5]] * 2}),
    (TypeError, r"dtype float64 and shape \(2,\).*classes have an integer type", {"targets": [0.0, 1.0]}),
    (TypeError, "`targets` has dtype bool", {"targets": [True, False]}),
    (TypeError, "`logits` has dtype complex128", {"logits": X + 1j}),
    (TypeError, "`logits` has dtype longdouble|float128", {"logits": X.astype(np.longdouble)}),
    (TypeError, "`axis` is 0.5: use an int", {"axis": 0.5}),
    (np.exceptions.AxisError, r"`axis` is 2, but `logits` has 2 dimensions: use -2\.\.1", {"axis": 2}),
    (ValueError, r"`weight` has shape \(2,\), but `logits` has 3 classes", {"weight": [1, 2]}),
    (ValueError, "`weight` holds -1.0 for class 1", {"weight": [1, -1, 1]}),
    (ValueError, "`weight` holds nan for class 2", {"weight": [1, 1, np.nan]}),
    (TypeError, "`ignore_index` is 1.5", {"ignore_index": 1.5}),
    (ValueError, "it is for classes only", {"targets": X, "ignore_index": 1}),
    (ValueError, r"`label_smoothing` is 1.5: use a number in 0\.\.1", {"label_smoothing": 1.5}),
    (ValueError, "`label_smoothing` is nan", {"label_smoothing": np.nan}),
    (TypeError, "`label_smoothing` is str", {"label_smoothing": "much"}),
    (ValueError, "`z_loss` is -1.0: use a finite number >= 0", {"z_loss": -1}),
    (ValueError, "`temperature` is 0.0: use a finite number > 0", {"temperature": 0}),
    (ValueError, "`temperature` is inf", {"temperature": np.inf}),
    (ValueError, "`reduction` is 'max': use 'mean', 'sum' or 'none'", {"reduction": "max"}),
    (ValueError, "`normalize` is None: use 'weight' or 'count'", {"normalize": None}),
]  # fmt: skip


@pytest.mark.parametrize(("error", "text", "changed"), REFUSED)
def test_refusals(error, text, changed):
    arguments = {"logits": X, "targets": IN_RANGE, **changed}
    with pytest.raises(error, match=text):
        lse.cross_entropy(**arguments)
    with pytest.raises(error, match=text):
        lse.cross_entropy_hvp(vector=X, **arguments)
    out = np.full((2, 3), 7.0)
    with pytest.raises(error, match=text):
        lse.cross_entropy(**arguments, return_grad=True, out=out)
    assert (out == 7).all()


def test_rows_of_many_axes_are_named():
    targets = np.zeros((4, 5), int)
    targets[2, 3] = targets[3, 0] = 9
    with pytest.raises(IndexError, match=r"holds 9 in row \(2, 3\)"):
        lse.cross_entropy(np.zeros((4, 6, 5)), targets, axis=1)


@pytest.mark.parametrize(
    ("error", "text", "out"),
    [
        (TypeError, "`out` is list: use a numpy.ndarray", [[0.0] * 3] * 2),
        (ValueError, r"`out` has shape \(3, 2\)", np.zeros((3, 2))),
        (ValueError, "dtype float32, but the gradient has", np.zeros((2, 3), np.float32)),
        (ValueError, "overlap each other", np.lib.stride_tricks.as_strided(np.zeros(9), (2, 3), (8, 8))),
    ],
)  # fmt: skip
def test_an_out_that_does_not_fit(error, text, out):
    with pytest.raises(error, match=text):
        lse.cross_entropy(X, IN_RANGE, return_grad=True, out=out)


def test_an_out_that_is_in_the_way():
    memory = np.zeros(9)
    x, out = memory[:6].reshape(2, 3), memory[3:].reshape(2, 3)
    with pytest.raises(ValueError, match="`out` overlaps `logits`"):
        lse.cross_entropy(x, IN_RANGE, return_grad=True, out=out)
    q = X.copy()
    with pytest.raises(ValueError, match="`out` overlaps `targets`"):
        lse.cross_entropy(X, q, return_grad=True, out=q)
    with pytest.raises(ValueError, match="`out` overlaps `vector`"):
        lse.cross_entropy_hvp(X, IN_RANGE, q, out=q)
    frozen = np.zeros((2, 3))
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        lse.cross_entropy(X, IN_RANGE, return_grad=True, out=frozen)


def test_out_needs_the_gradient():
    with pytest.raises(TypeError, match="`out` is given without `return_grad`"):
        lse.cross_entropy(X, IN_RANGE, out=np.zeros((2, 3)))


def test_no_classes_and_no_axes():
    with pytest.raises(ValueError, match="at least one class along axis 1"):
        lse.cross_entropy(np.zeros((2, 0)), IN_RANGE)
    with pytest.raises(ValueError, match="no dimensions"):
        lse.cross_entropy(1.0, 0)


def test_masked_arrays():
    x = np.ma.masked_array(X, mask=[[False, True, False]] * 2)
    with pytest.raises(TypeError, match="`logits` has masked elements"):
        lse.cross_entropy(x, IN_RANGE)
    assert lse.cross_entropy(np.ma.masked_array(X), IN_RANGE) == lse.cross_entropy(X, IN_RANGE)
