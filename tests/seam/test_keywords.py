"""Calls as Python counts them: positional, keyword-only, missing, unknown, twice; signature and docstring."""

import inspect
import pickle
import re

import numpy as np
import pytest

import logsumexp as lse

X = np.arange(6.0).reshape(2, 3)
SIGNATURES = {
    "logsumexp": "(a, axis=None, b=None, keepdims=False, return_sign=False, *, where=None, temperature=1.0, "
    "dtype=None, out=None)",
    "logmeanexp": "(a, axis=None, keepdims=False, *, where=None, temperature=1.0, dtype=None, out=None)",
    "softmax": "(x, axis=None, *, where=None, temperature=1.0, dtype=None, out=None)",
    "log_softmax": "(x, axis=None, *, where=None, temperature=1.0, dtype=None, out=None)",
}
ROWS = (
    "axis=-1, weight=None, ignore_index=-100, label_smoothing=0.0, z_loss=0.0, temperature=1.0, "
    "reduction='mean', normalize='weight', "
)
ELEMENTS = "weight=None, pos_weight=None, reduction='mean', "
LOSSES = {
    "cross_entropy": f"(logits, targets, *, {ROWS}return_grad=False, out=None)",
    "cross_entropy_hvp": f"(logits, targets, vector, *, {ROWS}out=None)",
    "logistic_loss": f"(logits, targets, *, {ELEMENTS}return_grad=False, out=None)",
    "logistic_loss_hvp": f"(logits, targets, vector, *, {ELEMENTS}out=None)",
}


@pytest.fixture(params=SIGNATURES)
def name(request):
    return request.param


def test_the_signature_can_be_read(name):
    assert str(inspect.signature(getattr(lse, name))) == SIGNATURES[name]


def test_the_docstring_is_complete(name):
    text = inspect.getdoc(getattr(lse, name))
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}" in text, section
    for argument in inspect.signature(getattr(lse, name)).parameters:
        assert f"\n{argument} : " in text or f", {argument} : " in text, argument


def test_every_argument_by_name(name):
    function = getattr(lse, name)
    first = next(iter(inspect.signature(function).parameters))
    np.testing.assert_array_equal(function(**{first: X, "axis": 1}), function(X, 1))


def test_defaults_given_explicitly_change_nothing(name):
    function = getattr(lse, name)
    defaults = {
        key: parameter.default for key, parameter in inspect.signature(function).parameters.items()
    }
    defaults.pop(next(iter(defaults)))
    np.testing.assert_array_equal(function(X, **defaults), function(X))


def test_the_first_argument_is_missing(name):
    function = getattr(lse, name)
    first = next(iter(inspect.signature(function).parameters))
    with pytest.raises(TypeError, match=rf"{name}\(\) missing .*'{first}'"):
        function()
    with pytest.raises(TypeError, match=rf"{name}\(\) missing .*'{first}'"):
        function(axis=1)


def test_unknown_keywords_are_named(name):
    function = getattr(lse, name)
    for keyword in ("axes", "dim", "keepdim", "B", "where_", "x" if "exp" in name else "a"):
        with pytest.raises(
            TypeError, match=rf"{name}\(\).*unexpected keyword argument.*'{keyword}'"
        ):
            function(X, **{keyword: 1})


def test_an_argument_given_twice(name):
    function = getattr(lse, name)
    first = next(iter(inspect.signature(function).parameters))
    with pytest.raises(TypeError, match=rf"{name}\(\).*multiple values.*'{first}'"):
        function(X, **{first: X})
    with pytest.raises(TypeError, match=rf"{name}\(\).*multiple values.*'axis'"):
        function(X, 1, axis=1)


def test_too_many_positional_arguments(name):
    function = getattr(lse, name)
    positional = {"logsumexp": 5, "logmeanexp": 3, "softmax": 2, "log_softmax": 2}[name]
    with pytest.raises(TypeError, match=rf"{name}\(\) takes .*{positional}.* positional argument"):
        function(X, *[None] * positional)


def test_only_logsumexp_has_weights_and_signs(name):
    if name == "logsumexp":
        return
    for keyword in ("b", "return_sign"):
        with pytest.raises(TypeError, match=f"'{keyword}'"):
            getattr(lse, name)(X, **{keyword: 1})


@pytest.mark.parametrize("flag", [True, 1, np.True_, np.int64(1)])
def test_flags(flag):
    assert lse.logsumexp(X, 1, keepdims=flag).shape == (2, 1)
    assert lse.logmeanexp(X, 1, flag).shape == (2, 1)
    assert len(lse.logsumexp(X, 1, return_sign=flag)) == 2


@pytest.mark.parametrize("flag", ["yes", 2, 0.5, [True], np.ones(2)])
def test_flags_that_are_none(flag):
    for keyword in ("keepdims", "return_sign"):
        with pytest.raises(TypeError, match=rf"`{keyword}` is .*True or False"):
            lse.logsumexp(X, **{keyword: flag})


def test_functions_are_found_by_name_and_pickle(name):
    function = getattr(lse, name)
    assert function.__name__ == name
    assert pickle.loads(pickle.dumps(function)) is function
    assert name in lse.__all__
    assert name in repr(function)


def test_all_names_exist_and_no_private_ones():
    wanted = {*SIGNATURES, "State", "set_num_threads", "get_num_threads", "threads", "show_config"}
    assert wanted <= set(lse.__all__)
    for name in lse.__all__:
        assert hasattr(lse, name)
        assert not name.startswith("_") or name == "__version__"
    assert lse.__version__.count(".") >= 2


@pytest.fixture(params=LOSSES)
def loss(request):
    """The name of a loss, and arrays for it."""
    return request.param, [X] * (3 if request.param.endswith("hvp") else 2)


def test_the_signature_of_a_loss(loss):
    name, arrays = loss
    function = getattr(lse, name)
    signature = inspect.signature(function)
    assert str(signature) == LOSSES[name]
    for argument in signature.parameters:
        assert re.search(rf"^(.*, )?{argument}( :|,|$)", function.__doc__, re.MULTILINE), argument
    defaults = {
        key: parameter.default
        for key, parameter in signature.parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    np.testing.assert_array_equal(function(*arrays, **defaults), function(*arrays))


def test_what_a_loss_does_not_take(loss):
    name, arrays = loss
    function = getattr(lse, name)
    unknown = {"dim", "Axis", "pos_weight" if name.startswith("cross") else "axis"}
    for keyword in unknown | ({"return_grad"} if name.endswith("hvp") else set()):
        # Also where Python makes the arrays
        for things in (arrays, [array.tolist() for array in arrays]):
            with pytest.raises(TypeError, match=rf"{name}\(\).*unexpected keyword.*'{keyword}'"):
                function(*things, **{keyword: None})
    with pytest.raises(TypeError, match=rf"{name}\(\) missing .*'targets'"):
        function(X)
    with pytest.raises(TypeError, match=rf"{name}\(\).*multiple values.*'logits'"):
        function(*arrays, logits=X)
    with pytest.raises(TypeError, match=rf"{name}\(\) takes {len(arrays)} positional"):
        function(*arrays, X)
