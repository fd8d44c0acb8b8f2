"""Requests that are too large, cut short, too many at once, or no requests."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.platform.bounds import MAX_BODY

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import AttackEnvironment
from .wire import Answer, request

KIND = "oversized and malformed frames"
_TARGET = f"/agents/proxy/@{MINE}/v2/video/list/?fields=id"
_HUGE = MAX_BODY + 1
_CUT = "Connection: close"

Frame = Callable[[str], bytes]
"""A function from an agent's key to the bytes to send."""


def _lines(*lines: str) -> Frame:
    def made(key: str) -> bytes:
        said = [line.replace("{key}", key) for line in lines]
        return "\r\n".join([*said, "", ""]).encode("latin-1")

    return made


def _sized(body: bytes, target: str = _TARGET) -> Frame:
    def made(key: str) -> bytes:
        headers = [("Authorization", f"Bearer {key}"), ("Connection", "close")]
        return request("POST", target, headers, body)

    return made


def _chunks(*chunks: bytes) -> Frame:
    def made(key: str) -> bytes:
        head = request(
            "POST",
            _TARGET,
            [
                ("Authorization", f"Bearer {key}"),
                ("Transfer-Encoding", "chunked"),
                ("Connection", "close"),
            ],
        )
        return head + b"".join(chunks)

    return made


_START = f"POST {_TARGET} HTTP/1.1"
_KEY = "Authorization: Bearer {key}"
FRAMES: dict[str, Frame] = {
    "a body that is too large": _sized(b'{"a": "' + b"x" * _HUGE + b'"}'),
    "a body that is too large for its end": _sized(b'{"max_count": 1}' + b" " * _HUGE),
    "a query that is too long": _sized(b"{}", f"{_TARGET},{'id,' * 4_000}id"),
    "a line that is too long": _sized(b"{}", f"{_TARGET}&x={'x' * 70_000}"),
    "too many pairs": _sized(b"{}", f"{_TARGET}&{'&'.join(f'a{n}=1' for n in range(1_200))}"),
    "too many headers": _lines(
        _START, "Host: localhost", _KEY, *(f"X-{n}: {'x' * 90}" for n in range(1_000)), _CUT
    ),
    "a length that is none": _lines(_START, "Host: localhost", _KEY, "Content-Length: x", _CUT),
    "a length that is too large": _lines(
        _START, "Host: localhost", _KEY, f"Content-Length: {10**12}", _CUT
    ),
    "a chunk that is none": _chunks(b"zz\r\n{}\r\n0\r\n\r\n"),
    "a chunk that is too large": _chunks(b"ffffffffffffffffff\r\n{}\r\n"),
    "a chunk below zero": _chunks(b"-2\r\n{}\r\n0\r\n\r\n"),
    "chunks that are too many bytes": _chunks(
        *[b"40000\r\n" + b" " * 0x40000 + b"\r\n" for _ in range(5)]
    ),
    "another protocol": _lines("PRI * HTTP/2.0", ""),
    "no protocol": _lines(f"POST {_TARGET}"),
    "an older protocol without a host": _lines(f"POST {_TARGET} HTTP/0.9", _KEY),
    "a protocol that is none": _lines(f"POST {_TARGET} HTTP/9.9", _KEY, _CUT),
    "a method that is none": _lines(f"P\x00ST {_TARGET} HTTP/1.1", _KEY, _CUT),
    "a blank in the address": _lines(
        f"POST {_TARGET.replace('/v2', ' /v2')} HTTP/1.1", "Host: localhost", _KEY, _CUT
    ),
    "a control character in the address": _lines(
        f"POST {_TARGET.replace('/v2', chr(1) + '/v2')} HTTP/1.1", "Host: localhost", _KEY, _CUT
    ),
    "a bare line feed": lambda key: _lines(_START, "Host: localhost", _KEY, _CUT)(key).replace(
        b"\r\n", b"\n", 1
    ),
    "nothing but line ends": lambda _: b"\r\n" * 100 + b"x\r\n\r\n",
    "random bytes": lambda _: random.Random(7).randbytes(4_096) + b"\r\n\r\n",
    "a handshake of TLS": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 99,
    "JSON without HTTP": lambda _: b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}\r\n\r\n',
}
READABLE = frozenset(
    {
        "too many headers",
        "an older protocol without a host",
        "a protocol that is none",
        "a bare line feed",
    }
)
"""Malformed requests that a server may read as one without a body, and thus as a good one."""


def attacks(_: random.Random) -> Iterator[Attack]:
    for name, frame in FRAMES.items():
        for who in ("whole", "nobody"):
            yield _frame(name, frame, who)
    for who, other in (("reader", "nobody"), ("reader", "rival"), ("nobody", "reader")):
        yield _pipelined(who, other)


def _frame(name: str, frame: Frame, who: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.ask_on_new_connection(frame(environment.keys[who]))

    return Attack(KIND, Way.PROXY, f"{who} sends {name}", send, reaches=name in READABLE)


def _pipelined(who: str, other: str) -> Attack:
    """Pipeline two agents' requests on one connection: each acts for its own agent."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        first = request(
            "POST", _TARGET, [("Authorization", f"Bearer {environment.keys[who]}")], b"{}"
        )
        yield environment.ask_on_new_connection(first + _sized(b"{}")(environment.keys[other]))

    return Attack(KIND, Way.PROXY, f"{who} and {other} on one connection", send, True)


def controls() -> Iterator[Attack]:
    """Requests with the largest allowed body."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        body = b'{"max_count": 1}'
        padded = body + b" " * (_HUGE - 1 - len(body))
        yield environment.ask_on_new_connection(_sized(padded)(environment.keys["whole"]))

    yield Attack(KIND, Way.PROXY, "a body of just the largest size", send, True)
