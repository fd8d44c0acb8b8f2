"""Ctrl-C: one line on standard error and exit code 130, at whatever instruction it arrives.

Python raises KeyboardInterrupt between any two instructions, so catching it around the command
alone isn't enough. `guarded` covers the other places:

- imports, argument parsing, the printing of another error: everything runs inside the guard;
- a library that turns the interrupt into another exception: an unexpected exception after a
  SIGINT counts as the interrupt;
- destructors and callbacks, where Python prints the interrupt and drops it: it is raised again;
- a second SIGINT during clean-up, and the end of the interpreter: the process exits at once.

Only the start of the interpreter itself, before `main` is called, is out of reach.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import closed_pipe

EXIT_CODE = 130
_SHOW_CURSOR = b"\x1b[?25h"
_RAISE_AGAIN_SECONDS = 0.02

Explanation = Callable[[], str]


class _State:
    """State of the signal handler."""

    def __init__(self) -> None:
        self.came = False
        """Whether a SIGINT was raised as KeyboardInterrupt."""
        self.exit_code: int | None = None
        """Set when the command has ended: nothing is raised from then on."""
        self.told = False
        self.in_hook = False
        self.explanation: Explanation | None = None


_state = _State()


def guarded(command: Callable[[], int]) -> int:
    """Run the command and return its exit code; an interrupt becomes one line and 130."""
    try:
        return _guarded(command)
    except KeyboardInterrupt:
        # the first interrupt, while the inner guard handled another exception
        return _stopped()


def _guarded(command: Callable[[], int]) -> int:
    try:
        signal.signal(signal.SIGINT, _on_signal)
        sys.unraisablehook = _on_unraisable
        code = command()
        _flush()
    except BaseException as error:
        if _state.came or is_interrupt(error):
            return _stopped()
        if closed_pipe.is_cause(error):
            _state.exit_code = code = closed_pipe.end()
            return code
        _state.exit_code = 1
        raise
    _state.exit_code = code
    # the command may have left its own signal handler installed
    signal.signal(signal.SIGINT, _on_signal)
    return code


@contextlib.contextmanager
def explained(explanation: Explanation) -> Iterator[None]:
    """If the block is interrupted, print what it left behind; an empty text adds nothing."""
    _state.explanation = explanation
    yield
    _state.explanation = None


def is_interrupt(error: BaseException) -> bool:
    """Whether the error is a KeyboardInterrupt, or was raised because of one."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        if isinstance(found, KeyboardInterrupt):
            return True
        seen.add(id(found))
        found = found.__cause__ or found.__context__
    return False


def _on_signal(_number: int, _frame: Any) -> None:
    if _state.exit_code is not None:
        os._exit(_state.exit_code)
    if _state.came:
        _tell()
        os._exit(EXIT_CODE)
    _state.came = True
    raise KeyboardInterrupt


def _on_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """A destructor or callback swallowed the interrupt: raise it again from a thread."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    _state.in_hook = True
    _state.came = False
    # an exception raised here would be swallowed, too: a thread raises it after this returns
    with contextlib.suppress(RuntimeError):
        _thread.start_new_thread(_interrupt_again, ())
    _state.in_hook = False


def _interrupt_again() -> None:
    time.sleep(_RAISE_AGAIN_SECONDS)
    while _state.in_hook:
        time.sleep(_RAISE_AGAIN_SECONDS)
    if hasattr(signal, "pthread_kill"):
        # unlike interrupt_main, a real signal also ends a system call of the main thread
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _stopped() -> int:
    _state.came = True
    # an interrupt that left code run from a string (as dataclasses do) makes Python end the process
    # by the signal instead of the exit code; running another string clears that state
    exec("")  # noqa: S102
    _tell()
    with contextlib.suppress(Exception):
        _flush()
    _state.exit_code = EXIT_CODE
    return EXIT_CODE


def _tell() -> None:
    """Write directly to the descriptor: Python's streams may be in use when the signal arrives."""
    if _state.told:
        return
    _state.told = True
    explanation = ""
    if _state.explanation is not None:
        with contextlib.suppress(Exception):
            explanation = _state.explanation()
    text = "\n".join(["Stopped.", *filter(None, [explanation])]) + "\n"
    with contextlib.suppress(OSError):
        if os.isatty(2):
            os.write(2, _SHOW_CURSOR + b"\n")
        os.write(2, text.encode("ascii", "backslashreplace"))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
