"""How an array larger than memory is cut into blocks.

A row runs along the axes that the function reduces. Three ways to cut, the first that works:

    stretch    one stretch of the file that holds whole rows        the function itself
    columns    whole rows again, gathered from runs of the file     the function itself
    parts      stretches of rows too long for either                state |= State.fold(part)

In a stretch the innermost axes are whole, one axis is cut, and those outside of it have one index.
"""

import itertools
import math
from collections.abc import Iterator, Sequence

__all__ = ["BLOCK_BYTES", "STATE_NUMBERS", "Box", "cut", "kept"]

BLOCK_BYTES = 32 * 2**20
"""Bytes of input in one block: large against the cost of a call, small against any memory."""

SHORTEST_RUN = 4096
"""Fewest neighbouring numbers that are worth a hop through the file: 8 to 32 kB."""

STATE_NUMBERS = 4
"""Numbers in one state; a part may have as many rows as it has numbers."""

Box = tuple[slice, ...]


def cut(shape: Sequence[int], order: str, reduced: Sequence[int], room: int) -> Iterator[list[Box]]:
    """Cut an array into groups of boxes; the boxes of a group share their rows.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.
    order : {'C', 'F'}
        Which axis lies outermost in memory: the first or the last.
    reduced : sequence of int
        The axes that the function runs along, not negative.
    room : int
        How many numbers a block may hold, at least `STATE_NUMBERS`.

    Yields
    ------
    list of tuple of slice
        One box: whole rows. Several: the parts of one set of rows, in order.
    """
    if math.prod(shape) == 0:
        yield [tuple(slice(0, extent) for extent in shape)]
        return
    outer = list(range(len(shape)) if order == "C" else reversed(range(len(shape))))
    extents = block_extents(shape, outer, reduced, room)
    parts = list(pieces(shape, extents, [axis for axis in outer if axis in reduced]))
    for rows in pieces(shape, extents, [axis for axis in outer if axis not in reduced]):
        places = ({**rows, **part} for part in parts)
        yield [tuple(place[axis] for axis in range(len(shape))) for place in places]


def kept(box: Box, reduced: Sequence[int]) -> Box:
    """Where the results of a box go: the box without its reduced axes."""
    return tuple(piece for axis, piece in enumerate(box) if axis not in reduced)


def block_extents(
    shape: Sequence[int], outer: Sequence[int], reduced: Sequence[int], room: int
) -> list[int]:
    """Choose the extent of a block along each axis."""
    extents = stretch(shape, outer, room)
    if all(extents[axis] == shape[axis] for axis in reduced):
        return extents
    others = [1 if axis in reduced else extent for axis, extent in enumerate(shape)]
    length = math.prod(shape[axis] for axis in reduced)
    columns = stretch(others, outer, room // length)
    run = math.prod(columns[axis] for axis in outer[1 + outer.index(innermost(outer, reduced)) :])
    if run >= SHORTEST_RUN:
        return [shape[axis] if axis in reduced else columns[axis] for axis in range(len(shape))]
    return stretch(shape, outer, room // STATE_NUMBERS)


def innermost(outer: Sequence[int], axes: Sequence[int]) -> int:
    """The innermost of some axes."""
    return [axis for axis in outer if axis in axes][-1]


def stretch(shape: Sequence[int], outer: Sequence[int], room: int) -> list[int]:
    """The extents of the longest stretch of at most `room` numbers; `outer` is outermost first."""
    extents = [1] * len(shape)
    for axis in reversed(outer):
        extents[axis] = min(shape[axis], max(1, room))
        room = room // shape[axis]
    return extents


def pieces(
    shape: Sequence[int], extents: Sequence[int], axes: Sequence[int]
) -> Iterator[dict[int, slice]]:
    """Cut `axes` into pieces of `extents`, the first of them moving slowest."""
    cuts = [
        [
            slice(start, min(start + extents[axis], shape[axis]))
            for start in range(0, shape[axis], extents[axis])
        ]
        for axis in axes
    ]
    for choice in itertools.product(*cuts):
        yield dict(zip(axes, choice, strict=True))
