"""Messages that aren't one good request: batches, notifications, answers, half of a message."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import AttackEnvironment
from .wire import Answer

KIND = "batches and notifications"
_CALL = {"name": "read_profile", "arguments": {"account": MINE}}
_GOOD = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": _CALL}
VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28", "1999-01-01")
WHO = "whole"


def frame(**more: Any) -> dict[str, Any]:
    """Return a good call with some members changed; `...` leaves a member out."""
    return {name: one for name, one in (_GOOD | more).items() if one is not ...}


def _notice(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


BATCHES: dict[str, Any] = {
    "of one call": [_GOOD],
    "of two calls": [_GOOD, frame(id=8)],
    "of many calls": [frame(id=number) for number in range(50)],
    "of a ping and a call": [frame(method="ping", params={}, id=1), _GOOD],
    "of a notification and a call": [_notice("notifications/initialized"), _GOOD],
    "of calls without ids": [frame(id=...), frame(id=...)],
    "in a batch": [[_GOOD]],
    "of nothing and a call": [None, _GOOD],
    "of an initialize and a call": [frame(method="initialize", id=1, params={}), _GOOD],
    "as an object": {"0": _GOOD, "1": _GOOD},
    "in its parameters": frame(params=[_CALL, _CALL]),
    "under a name": {"jsonrpc": "2.0", "batch": [_GOOD]},
}
NOTICES: dict[str, Any] = {
    "a call": frame(id=...),
    "a call with the id null": frame(id=None),
    "a call with an id that is no id": frame(id={"a": 1}),
    "a call with an id that is a list": frame(id=[1]),
    "a call with the id true": frame(id=True),
    "a call with an id of halves": frame(id=1.5),
    "a call by the name of a notification": frame(id=..., method="notifications/tools/call"),
    "a request by such a name": frame(method="notifications/tools/call"),
    "an end of a call that isn't": _notice("notifications/cancelled", requestId=7),
    "progress": _notice("notifications/progress", progressToken=1, progress=1.0),
    "a change of the tools": _notice("notifications/tools/list_changed"),
    "a change of roots": _notice("notifications/roots/list_changed"),
    "a beginning": _notice("notifications/initialized", **_CALL),
}
STRANGE: dict[str, Any] = {
    "an answer with a call in it": {"jsonrpc": "2.0", "id": 7, "result": _CALL},
    "an answer that calls": frame(result={"content": []}),
    "an error that calls": frame(error={"code": 1, "message": "x"}),
    "another version": frame(jsonrpc="1.0"),
    "no version": frame(jsonrpc=...),
    "a method in capitals": frame(method="TOOLS/CALL"),
    "a method with a blank": frame(method="tools/call "),
    "a method with dots": frame(method="tools.call"),
    "a method that is a list": frame(method=["tools/call"]),
    "no method": frame(method=...),
    "no parameters": frame(params=...),
    "parameters that are a text": frame(params=json.dumps(_CALL)),
    "no name": frame(params={"arguments": {}}),
    "a name that is a list": frame(params={"name": ["read_profile"], "arguments": {}}),
    "a name that is an object": frame(params={"name": {"a": "read_profile"}, "arguments": {}}),
    "arguments that are a list": frame(params=_CALL | {"arguments": [MINE]}),
    "arguments that are a text": frame(params=_CALL | {"arguments": "{}"}),
    "a resource": frame(method="resources/read", params={"uri": "tool://read_profile"}),
    "a prompt": frame(method="prompts/get", params={"name": "read_profile"}),
    "a completion": frame(method="completion/complete", params={"ref": _CALL}),
    "a sampling": frame(method="sampling/createMessage", params=_CALL),
    "an elicitation": frame(method="elicitation/create", params=_CALL),
    "a task": frame(method="tasks/result", params={"taskId": "1", **_CALL}),
    "a subscription": frame(method="resources/subscribe", params={"uri": "read_profile"}),
    "an operation of TikTok's": frame(method="display.user_info", params={}),
    "a tool as a method": frame(method="read_profile", params={"account": MINE}),
}
READABLE = frozenset({"an answer that calls", "an error that calls", "a call in UTF-16"})
"""Good requests with additional members, or in another encoding."""
RAW: dict[str, bytes] = {
    "nothing": b" ",
    "half of a call": json.dumps(_GOOD).encode()[:-2],
    "a call and half of one": json.dumps(_GOOD).encode() + b'{"jsonrpc"',
    "two calls": json.dumps(_GOOD).encode() * 2,
    "a call behind a text": b"x" + json.dumps(_GOOD).encode(),
    "a call in a text": json.dumps(json.dumps(_GOOD)).encode(),
    "a call in UTF-16": json.dumps(_GOOD).encode("utf-16-le"),
    "a call with a NUL": json.dumps(_GOOD).encode() + b"\x00",
    "a call in single quotes": str(_GOOD).encode(),
    "no JSON": b"jsonrpc=2.0&method=tools/call&name=read_profile",
    "depth": b"[" * 20_000,
    "depth of objects": b'{"a":' * 10_000,
    "bytes that are no text": b"\xff\xfe\xfd",
    "a number": b"7",
    "null": b"null",
}


def attacks(_: random.Random) -> Iterator[Attack]:
    for what, many in (("a batch ", BATCHES), ("a notification: ", NOTICES), ("", STRANGE)):
        for name, message in many.items():
            said = json.dumps(message).encode()
            for version in VERSIONS if what == "a batch " else VERSIONS[-3:]:
                yield _sent(Way.HTTP, f"{what}{name}, {version}", said, version)
            yield _sent(Way.STDIO, f"{what}{name}", said)
    for name, said in RAW.items():
        yield _sent(Way.HTTP, name, said, VERSIONS[3])
        if b"\n" not in said and said.strip():
            yield _sent(Way.STDIO, name, said)


def _sent(way: Way, name: str, said: bytes, version: str = "") -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        headers = environment.mcp_headers(WHO)
        if version:
            headers = [*headers[:-1], ("MCP-Protocol-Version", version)]
        yield environment.send_message(way, said, WHO, headers, sure=False)

    return Attack(KIND, way, name, send, reaches=name.partition(",")[0] in READABLE)


def controls() -> Iterator[Attack]:
    for way in (Way.HTTP, Way.STDIO):

        def send(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            yield environment.send_message(way, json.dumps(_GOOD).encode(), WHO)

        yield Attack(KIND, way, "one call with an id", send, True)
