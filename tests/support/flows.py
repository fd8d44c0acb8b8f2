"""Stepping a flow by hand: what it asks for next, without a driver."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from stagedoor.client.effects import Effect, Flow, Reply

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
