"""Run one function over an array of any size, block by block.

A block of whole rows goes to the public function itself, straight into the result. A row that is
too long for a block is folded part by part (`folding`).
"""

import math

from logsumexp.cli.cutting import BLOCK_BYTES, STATE_NUMBERS, Box, cut, kept
from logsumexp.cli.files.windows import Windows
from logsumexp.cli.folding import Parts
from logsumexp.cli.progress import Bar
from logsumexp.cli.task import Task

__all__ = ["work"]


def work(task: Task, numbers: Windows, result: Windows, bar: Bar) -> None:
    """Fill `result` with the function of `numbers`, in blocks of bounded memory.

    Parameters
    ----------
    task : Task
        The function and its options.
    numbers, result : Windows
        Where to read and where to write; `result` has the task's result shape and type.
    bar : Bar
        Told of each block.
    """
    size = max(numbers.dtype.itemsize, result.dtype.itemsize)
    groups = list(
        cut(numbers.shape, numbers.order, task.axes, max(STATE_NUMBERS, BLOCK_BYTES // size))
    )
    passes = 1 if len(groups[0]) == 1 else Parts.passes(task)
    total = passes * math.prod(numbers.shape) * numbers.dtype.itemsize
    with bar.phase(task.name.replace("_", "-"), total) as advance:
        for boxes in groups:
            if len(boxes) == 1:
                whole_rows(task, numbers, result, boxes[0])
                advance(numbers.bytes_in(boxes[0]))
            else:
                Parts(task, numbers, boxes, advance).fill(result)


def whole_rows(task: Task, numbers: Windows, result: Windows, box: Box) -> None:
    """One block of whole rows: the public function, straight into the result."""
    place = box if task.elementwise else kept(box, task.axes)
    with result.filling(place) as target:
        task(numbers.window(box), task.axes, out=target)
