"""Every law runs once per implementation of State and per type of its elements."""

import pytest

from tests.helpers.states import STATES


@pytest.fixture(scope="package", params=STATES)
def state(request):
    return STATES[request.param]()


@pytest.fixture(scope="package", params=["float32", "float64"])
def dtype(request):
    return request.param
