"""One test for every value of a long list.

pytest needs some milliseconds for each parameter of a test: to collect it in each worker, to hand
it out, and to report it. A test that takes less itself takes all of its values at once.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., None]
_FAILURES = (Exception, pytest.fail.Exception, pytest.skip.Exception)
"""`pytest.raises` fails with no `Exception`; a skip would hide the values after it."""


def every(
    names: str | tuple[str, ...], values: Iterable[Any], ids: Callable[[Any], str] = repr
) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, in one test: it runs for each value, whatever the others do,
    and fails with what each failure says; the traceback is the first one's."""
    named = (names,) if isinstance(names, str) else names
    listed = [(value,) if isinstance(names, str) else tuple(value) for value in values]
    assert listed, "there is nothing to test"

    def over(test: Test) -> Test:
        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            failures: dict[str, BaseException] = {}
            for given in listed:
                try:
                    test(**dict(zip(named, given, strict=True)), **fixtures)
                except _FAILURES as error:
                    failures[ids(given[0] if isinstance(names, str) else given)] = error
            if failures:
                told = [f"{name}: {error!r}" for name, error in failures.items()]
                said = "\n".join([f"{len(told)} of {len(listed)} failed", *told])
                raise AssertionError(said) from next(iter(failures.values()))

        signature = inspect.signature(test)
        rest = [one for name, one in signature.parameters.items() if name not in named]
        run.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return run

    return over
