"""Stepping a flow by hand: what it asks for next, without a driver."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from stagedoor import Tokens
from stagedoor.client.effects import (
    Blocking,
    Effect,
    Flow,
    LoadTokens,
    Reply,
    Report,
    Send,
    Sleep,
)

E = TypeVar("E", bound=Effect)
T = TypeVar("T")


class Steps:
    """One flow, stepped with `expect` until `result` or an error ends it."""

    def __init__(self, flow: Flow[Any]) -> None:
        self.flow = flow
        self.asked: list[type[Any]] = []

    def expect(self, kind: type[E], answer: Any = None) -> E:
        """Give `answer` to the last effect; the next one, which has to be a `kind`."""
        effect = self.flow.send(answer)
        self.asked.append(type(effect))
        assert isinstance(effect, kind), f"asked for {effect}, not for {kind.__name__}"
        return effect

    def fail(self, kind: type[E], error: Exception) -> E:
        """Raise `error` out of the last effect; the next one, which has to be a `kind`."""
        effect = self.flow.throw(error)
        self.asked.append(type(effect))
        assert isinstance(effect, kind), f"asked for {effect}, not for {kind.__name__}"
        return effect

    def result(self, answer: Any = None) -> Any:
        """Give `answer` to the last effect; what the flow ends with."""
        try:
            effect = self.flow.send(answer)
        except StopIteration as stop:
            return stop.value
        raise AssertionError(f"goes on with {effect}")


def enveloped(data: dict[str, Any], code: str = "ok", status: int = 200, **headers: str) -> Reply:
    """An answer of the data APIs."""
    error = {"code": code, "message": "", "log_id": "20261004110000A1B2C3D4E5F607182950AB"}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, names, json.dumps({"data": data, "error": error}).encode())


def flat(status: int = 200, **fields: Any) -> Reply:
    """An answer of the token route."""
    return Reply(status, {}, json.dumps(fields).encode())


class Script:
    """Performs a flow without network and without waiting: TikTok's answers come from a list."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)
        self.now = 1_000_000.0
        self.sent: list[str] = []
        """The paths that were called, in order."""
        self.pauses: list[float] = []

    def run(self, flow: Flow[T]) -> T:
        result: Any = None
        error: Exception | None = None
        while True:
            try:
                effect = flow.send(result) if error is None else flow.throw(error)
            except StopIteration as stop:
                ended: T = stop.value
                return ended
            result, error = None, None
            try:
                result = self._perform(effect)
            except Exception as raised:
                error = raised

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                self.sent.append(effect.url.removeprefix("https://open.tiktokapis.com"))
                answer = self.answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer
            case Sleep(seconds):
                self.pauses.append(seconds)
                self.now += seconds
            case LoadTokens():
                return Tokens(access_token="act.1")
            case Blocking(call, args):
                return call(*args)
            case Report(progress, to) if to is not None:
                to(progress)
            case _:
                pass
        return None
