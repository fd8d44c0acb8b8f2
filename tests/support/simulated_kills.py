"""The death of a process at any moment, inside the process of the test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from stagedoor import TikTok
from stagedoor.connector.database import Database

DEAD = f"{socket.gethostname()} 1 1.00 somebody"
"""The holder of a row whose process has ended."""


class Killed(BaseException):
    """The end of a process, for a test."""


@contextmanager
def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process dies at the n-th moment: before or after a request or a commit."""
    count = 0
    begin, call = Database.begin, TikTok.call

    def moment() -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed

    @contextmanager
    def begun(self: Database) -> Iterator[Any]:
        with begin(self) as connection:
            yield connection
            moment()
        moment()

    def called(self: TikTok, *args: Any, **values: Any) -> Any:
        moment()
        answer = call(self, *args, **values)
        moment()
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(Database, "begin", begun)
        patch.setattr(TikTok, "call", called)
        yield
