"""The base of all errors, and the error of a request that breaks its declaration."""

from __future__ import annotations

from collections.abc import Sequence


class StagedoorError(Exception):
    """Base of all errors of this library. They can be pickled and sent between processes."""

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(
    kind: type[StagedoorError], args: tuple[object, ...], state: dict[str, object]
) -> StagedoorError:
    """Rebuild a pickled error without its constructor, which takes other arguments."""
    error = kind.__new__(kind, *args)
    vars(error).update(state)
    return error


class InvalidRequest(StagedoorError):
    """Refused before anything was sent. `problems` are (path, reason) pairs."""

    def __init__(self, what: str, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(f"{path} {why}" if path else why for path, why in self.problems)
        super().__init__(f"{what}: {listed}. Nothing was sent.")
