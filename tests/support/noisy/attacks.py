"""The organisation that attacks: `python -m tests.support.noisy.attacks TARGET NAME...`.

Each attack goes on until standard input ends; then the answers that each of them got are printed.
Requests are written to sockets as they are, since an HTTP library would be busier than the
service.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any
from urllib.parse import urlsplit

from tests.support import media

_WAIT = 60.0
MIB = 1 << 20


@dataclass(frozen=True)
class Target:
    """The belongings of the noisy organisation. `keys` are agents' keys by their state."""

    url: str
    org: str
    handle: str
    token: str
    viewer: str
    keys: dict[str, str]
    posters: list[str]

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80


Answers = Counter[str]
Run = Callable[[Target, Answers], Awaitable[None]]


async def _send(target: Target, data: bytes, seconds: float = _WAIT) -> tuple[str, bytes]:
    """Status and body of one request on a connection of its own."""
    try:
        reader, writer = await asyncio.open_connection(*target.place)
    except OSError:
        return "refused", b""
    try:
        with suppress(OSError):
            writer.write(data)
            await writer.drain()
        head = await asyncio.wait_for(reader.readline(), seconds)
        if not head:
            return "closed", b""
        body = await asyncio.wait_for(reader.read(), seconds)
        return head.split()[1].decode(), body.partition(b"\r\n\r\n")[2]
    except TimeoutError:
        return "held", b""
    except OSError:
        return "closed", b""
    finally:
        writer.close()


def _request(target: Target, method: str, path: str, body: bytes, *headers: str) -> bytes:
    said = [
        f"{method} {path} HTTP/1.1",
        f"Host: {':'.join(map(str, target.place))}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(said).encode() + b"\r\n\r\n" + body


def _json(target: Target, method: str, path: str, body: Any, *headers: str) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return _request(target, method, path, raw, "Content-Type: application/json", *headers)


def _tenant(target: Target, token: str) -> tuple[str, str]:
    return f"orgid: {target.org}", f"Authorization: Bearer {token}"


async def wide_requests(target: Target, answers: Answers) -> None:
    """Requests whose lists are as long as a body may be, and longer."""
    conditions = [b'{"query":{"and":[%s]}}' % b",".join([b"{}"] * n) for n in (349_000, 20_000)]
    fields = [b'{"fields":[%s]}' % b",".join([b"1"] * n) for n in (500_000, 30_000)]
    kept = cycle(target.keys.values())

    async def worker() -> None:
        while True:
            for body in conditions:
                path = "/agents/proxy/v2/research/video/query/?fields=id"
                key = f"Authorization: Bearer {next(kept)}"
                status, _ = await _send(target, _json(target, "POST", path, body, key))
                answers[status] += 1
            for body in fields:
                path = "/api/upstream/call/tiktok-provider/list-videos"
                said = _json(target, "POST", path, body, *_tenant(target, target.viewer))
                status, told = await _send(target, said)
                answers[status] += 1
                answers["largest answer"] = max(answers["largest answer"], len(told))
            await asyncio.sleep(0.1)

    await asyncio.gather(*(worker() for _ in range(4)))


async def dripping_urls(target: Target, answers: Answers) -> None:
    """Videos of agents that come a byte at a time, a hundred at once."""
    film = media.video()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
            writer.write(film[:64])
            while not writer.is_closing():
                writer.write(b"\0")
                await writer.drain()
                await asyncio.sleep(0.5)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    numbers = count()

    async def worker(key: str) -> None:
        while True:
            arguments = {
                "video_url": f"http://127.0.0.1:{port}/{next(numbers)}.mp4",
                "privacy_level": "SELF_ONLY",
                "title": "Dripping",
            }
            call = {"name": "publish_video", "arguments": arguments}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
            headers = (
                f"Authorization: Bearer {key}",
                "Accept: application/json, text/event-stream",
                "MCP-Protocol-Version: 2025-11-25",
            )
            status, told = await _send(target, _json(target, "POST", "/mcp", message, *headers))
            answers["refused" if b'"isError":true' in told else status] += 1
            await asyncio.sleep(1)

    workers = (worker(key) for key, _ in zip(cycle(target.posters), range(100), strict=False))
    try:
        await asyncio.gather(*workers)
    finally:
        server.close()


def claiming(film: bytes, samples: int = 15_000_000) -> bytes:
    """The film with a sample table that claims so many samples."""
    data = bytearray(film)

    def patch(box: bytes, offset: int, value: int) -> None:
        at = data.index(box) + 4 + offset
        data[at : at + 4] = value.to_bytes(4, "big")

    patch(b"stsz", 4, 1)  # the size of each
    patch(b"stsz", 8, samples)
    patch(b"stts", 8, samples)  # the first entry's count
    patch(b"stsc", 12, samples)  # samples in each chunk
    return bytes(data)


async def sample_tables(target: Target, answers: Answers) -> None:
    """Small files whose index claims to be huge, twelve at a time, each published."""
    film = claiming(media.video())
    base = "/api/upstream/call/tiktok-provider"
    said = _tenant(target, target.token)

    async def one() -> None:
        body = {"title": "Claims", "privacyLevel": "SELF_ONLY"}
        status, told = await _send(
            target, _json(target, "POST", f"{base}/init-video-upload", body, *said)
        )
        if status != "200":
            answers[f"init {status}"] += 1
            return
        begun = json.loads(told)
        path = urlsplit(begun["uploadUrl"]).path
        status, _ = await _send(target, _request(target, "PUT", path, film))
        answers[f"upload {status}"] += 1
        publish = _json(
            target, "POST", f"{base}/publish-video", {"publishId": begun["publishId"]}, *said
        )
        status, _ = await _send(target, publish)
        answers[f"publish {status}"] += 1

    while True:
        await asyncio.gather(*(one() for _ in range(12)))
        await asyncio.sleep(2)


async def held_uploads(target: Target, answers: Answers) -> None:
    """Chunked uploads that never end."""
    base = "/api/upstream/call/tiktok-provider"
    said = _tenant(target, target.token)

    async def one() -> None:
        body = {"title": "Held", "privacyLevel": "SELF_ONLY"}
        status, told = await _send(
            target, _json(target, "POST", f"{base}/init-video-upload", body, *said)
        )
        if status != "200":
            answers[f"init {status}"] += 1
            await asyncio.sleep(2)
            return
        path = urlsplit(json.loads(told)["uploadUrl"]).path
        reader, writer = await asyncio.open_connection(*target.place)
        host = ":".join(map(str, target.place))
        writer.write(f"PUT {path} HTTP/1.1\r\nHost: {host}\r\n".encode())
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n")
        ended = asyncio.ensure_future(reader.read(1))
        with suppress(OSError):
            while not ended.done():
                writer.write(b"10\r\n" + b"\0" * 16 + b"\r\n")
                await writer.drain()
                await asyncio.wait([ended], timeout=1)
        ended.cancel()
        answers["ended"] += 1
        writer.close()

    async def worker() -> None:
        while True:
            with suppress(OSError):
                await one()

    await asyncio.gather(*(worker() for _ in range(40)))


async def held_connections(target: Target, answers: Answers) -> None:
    """Requests without a key that are begun and never ended."""
    host = ":".join(map(str, target.place))
    long = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na="
    starts = cycle(
        (
            f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nX-Never: ",
            f"POST /agents/oauth/token HTTP/1.1\r\nHost: {host}\r\n{long}",
            f"POST /agents/oauth/register HTTP/1.1\r\nHost: {host}\r\n{long}",
            f"POST /agents/approve/none HTTP/1.1\r\nHost: {host}\r\n{long}",
            "POST",
        )
    )

    async def worker() -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection(*target.place)
                writer.write(next(starts).encode())
                await asyncio.wait_for(reader.read(), _WAIT)
                answers["closed"] += 1
                writer.close()
            except TimeoutError:
                answers["held"] += 1
            except OSError:
                answers["refused"] += 1
            await asyncio.sleep(1)

    await asyncio.gather(*(worker() for _ in range(200)))


async def denied_calls(target: Target, answers: Answers) -> None:
    """Calls that are denied, as quickly as they are answered, with large arguments."""
    key = f"Authorization: Bearer {target.keys['slow']}"
    wide = ",".join(["id"] * 5_000)

    async def worker() -> None:
        while True:
            for path, body in (
                (f"/agents/proxy/@{target.handle}/v2/video/list/?fields=id", b"{}"),
                (f"/agents/proxy/@{target.handle}/v2/video/list/?fields={wide}", b"{}"),
            ):
                status, _ = await _send(target, _json(target, "POST", path, body, key))
                answers[status] += 1
            await asyncio.sleep(0.05)

    await asyncio.gather(*(worker() for _ in range(4)))


ATTACKS: dict[str, Run] = {
    one.__name__: one
    for one in (
        wide_requests,
        dripping_urls,
        sample_tables,
        held_uploads,
        held_connections,
        denied_calls,
    )
}


async def main(target: Target, names: list[str]) -> None:
    answers = {name: Answers() for name in names}
    running = [asyncio.ensure_future(ATTACKS[name](target, answers[name])) for name in names]
    print(json.dumps({"begun": names}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    broken = [str(one.exception()) for one in running if one.done() and not one.cancelled()]
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert not broken, broken
    print(json.dumps({"answers": answers}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Target(**json.loads(sys.argv[1])), sys.argv[2:]))
