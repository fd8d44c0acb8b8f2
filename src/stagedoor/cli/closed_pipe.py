"""A closed pipe: `stagedoor ... | head` ends silently, as a program does that SIGPIPE ends."""

from __future__ import annotations

import os
import select

EXIT_CODE = 141
"""128 + SIGPIPE: what a shell shows for a program whose reader has gone."""

_OUTPUTS = (1, 2)


def is_cause(error: BaseException) -> bool:
    """Whether the error is, or was raised because of, output that nobody reads any more. A
    connection that breaks raises the same error as a pipe, so the outputs are looked at."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        if isinstance(found, BrokenPipeError):
            return any(map(_is_closed, _OUTPUTS))
        seen.add(id(found))
        found = found.__cause__ or found.__context__
    return False


def end() -> int:
    """Drop what isn't written yet, so that nothing fails again; returns the exit code."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in filter(_is_closed, _OUTPUTS):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return EXIT_CODE


def _is_closed(descriptor: int) -> bool:
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
