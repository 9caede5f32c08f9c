"""How an array larger than memory is cut into blocks.

An array has reduced axes (those the function runs along) and kept axes. Blocks that hold whole
rows are independent of each other; a row that does not fit is cut into parts, whose states merge:

    whole rows   block = some kept indices x all reduced ones       one pass, the function itself
    parts        the row is too long, or reading it would hop       state |= State.fold(part)
                 through the file in tiny steps

Every block is read and written where it lies: axes are cut from the outermost in memory inwards,
so that each block is one stretch of the file wherever the shape permits.
"""

import itertools
import math
from collections.abc import Iterator, Sequence

__all__ = ["BLOCK_BYTES", "Box", "cut", "kept"]

BLOCK_BYTES = 32 * 2**20
"""Bytes of input in one block: large against the cost of a call, small against any memory."""

SHORTEST_RUN = 4096
"""Fewest neighbouring numbers that are worth a hop through the file: 16 to 32 kB."""

Box = tuple[slice, ...]


def cut(shape: Sequence[int], order: str, reduced: Sequence[int], room: int) -> Iterator[list[Box]]:
    """Cut an array into groups of boxes; one group holds whole rows.

    Parameters
    ----------
    shape : sequence of int
        The shape of the array.
    order : {'C', 'F'}
        Which axis lies outermost in memory: the first or the last.
    reduced : sequence of int
        The axes that the function runs along, not negative.
    room : int
        How many numbers a block may hold.

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
    kept_axes = [axis for axis in outer if axis not in reduced]
    parts = list(boxes(shape, extents, [axis for axis in outer if axis in reduced]))
    for row in boxes(shape, extents, kept_axes):
        yield [
            tuple(part[a] if a in reduced else row[a] for a in range(len(shape))) for part in parts
        ]


def kept(box: Box, reduced: Sequence[int]) -> Box:
    """Where the results of a box go: the box without its reduced axes."""
    return tuple(piece for axis, piece in enumerate(box) if axis not in reduced)


def block_extents(
    shape: Sequence[int], outer: Sequence[int], reduced: Sequence[int], room: int
) -> list[int]:
    """Choose the extent of a block along each axis."""
    rows = shrink(shape, [axis for axis in outer if axis not in reduced], room)
    size = math.prod(rows)
    if size <= room and run_length(shape, outer, rows) >= min(size, SHORTEST_RUN):
        return rows
    # Parts of rows. Kept axes outside the rows go one by one; those inside are kept together, as
    # many as their states may use, because they are neighbours in memory.
    first = next(place for place, axis in enumerate(outer) if axis in reduced)
    inside = [axis for axis in outer[first:] if axis not in reduced]
    states = shrink(
        [shape[axis] if axis in inside else 1 for axis in range(len(shape))], inside, room // 4
    )
    parts = [shape[axis] if axis in reduced else states[axis] for axis in range(len(shape))]
    return shrink(parts, [axis for axis in outer if axis in reduced], room)


def shrink(extents: Sequence[int], axes: Sequence[int], room: int) -> list[int]:
    """Shorten `axes`, the first of them first, until the product fits into `room`."""
    shorter = list(extents)
    for axis in axes:
        others = math.prod(shorter) // shorter[axis]
        shorter[axis] = min(shorter[axis], max(1, room // others))
    return shorter


def run_length(shape: Sequence[int], outer: Sequence[int], extents: Sequence[int]) -> int:
    """How many numbers of a block are neighbours in memory."""
    run = 1
    for axis in reversed(outer):
        run *= extents[axis]
        if extents[axis] < shape[axis]:
            break
    return run


def boxes(shape: Sequence[int], extents: Sequence[int], axes: Sequence[int]) -> Iterator[Box]:
    """Cut `axes` into pieces, and leave the other axes whole; the first of `axes` moves slowest."""
    pieces = [
        [
            slice(start, min(start + extents[axis], shape[axis]))
            for start in range(0, shape[axis], extents[axis])
        ]
        for axis in axes
    ]
    whole = [slice(0, extent) for extent in shape]
    for choice in itertools.product(*pieces):
        box = list(whole)
        for axis, piece in zip(axes, choice, strict=True):
            box[axis] = piece
        yield tuple(box)
