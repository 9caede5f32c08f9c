"""How arrays are cut: every number once, no block too large, rows whole where that is possible."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logsumexp.cli.cutting import SHORTEST_RUN, STATE_NUMBERS, cut, kept, pieces, stretch

shapes = st.lists(st.integers(0, 7), max_size=4).map(tuple)
orders = st.sampled_from("CF")


def numbers_in(box):
    return math.prod(piece.stop - piece.start for piece in box)


@given(shapes, orders, st.data())
def test_every_number_once(shape, order, data):
    reduced = data.draw(
        st.lists(st.sampled_from(range(len(shape))), unique=True) if shape else st.just([])
    )
    room = data.draw(st.integers(STATE_NUMBERS, 500))
    seen = np.zeros(shape, int)
    rows = np.zeros([extent for axis, extent in enumerate(shape) if axis not in reduced], int)
    for boxes in cut(shape, order, reduced, room):
        assert len({kept(box, reduced) and str(kept(box, reduced)) for box in boxes}) == 1
        rows[kept(boxes[0], reduced)] += 1
        for box in boxes:
            assert numbers_in(box) <= room
            seen[box] += 1
    assert np.all(seen == 1)
    assert np.all(rows == 1)


@given(shapes.filter(all), orders, st.integers(1, 500))
def test_a_stretch_has_no_gaps(shape, order, room):
    outer = list(range(len(shape))) if order == "C" else list(range(len(shape)))[::-1]
    places = np.arange(math.prod(shape)).reshape(shape, order=order)
    for place in pieces(shape, stretch(shape, outer, room), outer):
        found = np.sort(places[tuple(place[axis] for axis in range(len(shape)))], axis=None)
        assert np.array_equal(found, np.arange(found[0], found[-1] + 1))


LONG = 20 * SHORTEST_RUN


@pytest.mark.parametrize(
    ("shape", "order", "reduced", "whole"),
    [
        ((1000, LONG), "C", [1], True),  # rows, several to a block
        ((1000, LONG), "F", [0], True),
        ((4, 500, LONG), "C", [1], True),  # columns of runs that are long enough
        ((LONG, 500), "F", [1], True),
        ((LONG * 1000, 3), "C", [0], False),  # columns of three numbers are not
        ((LONG * 1000,), "C", [0], False),  # a row longer than a block
        ((LONG, LONG), "C", [0, 1], False),
    ],
)
def test_rows_stay_whole_where_they_can(shape, order, reduced, whole):
    room = 4 * 2**20
    boxes = next(cut(shape, order, reduced, room))
    assert (len(boxes) == 1) is whole
    assert numbers_in(boxes[0]) > room // 2 // (1 if whole else STATE_NUMBERS)
