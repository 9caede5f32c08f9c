"""Calls as Python counts them: positional, keyword-only, missing, unknown, twice; signature and docstring."""

import inspect
import pickle

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
