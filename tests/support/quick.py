"""An HTTP client for tests that ask a server thousands of times.

What goes out and comes in is as ever; what is saved is most of the client's own work, which takes
as long as a server's for many an answer.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Any

import httpx2

from .raw_connection import LengthDelimitedAnswer, Replayed, received_answer

_MOST = 1 << 16


def client(url: str, timeout: float = 30, **more: Any) -> httpx2.Client:
    return httpx2.Client(base_url=url, timeout=timeout, transport=_Quick(), **more)


class _Quick(httpx2.HTTPTransport):
    """Leaves to its base whatever isn't a small request over plain HTTP."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self._idle: dict[tuple[str, int], list[socket.socket]] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        small = isinstance(request.stream, httpx2.ByteStream) and len(request.read()) <= _MOST
        if not small or request.url.scheme != "http" or "expect" in request.headers:
            return super().handle_request(request)
        place = request.url.host, request.url.port or 80
        patience = request.extensions.get("timeout", {})
        connection = self._connection(place, patience.get("connect"))
        connection.settimeout(patience.get("read"))
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                # the answer may come before the end of the request
                connection.sendall(_written(request))
            got, answer = received_answer(connection, request.method)
            if answer is not None:
                self._idle.setdefault(place, []).append(connection)
                return _response(answer)
            if not got:
                raise httpx2.RemoteProtocolError("Server disconnected without sending a response.")
            response = HTTPResponse(Replayed(connection, got), method=request.method)  # type: ignore[arg-type]
            response.begin()
        except TimeoutError as error:
            connection.close()
            raise httpx2.ReadTimeout(str(error)) from error
        except OSError as error:
            connection.close()
            raise httpx2.ReadError(str(error)) from error
        except HTTPException as error:
            connection.close()
            raise httpx2.RemoteProtocolError(repr(error)) from error
        except BaseException:
            connection.close()
            raise
        return httpx2.Response(
            response.status,
            headers=response.getheaders(),
            stream=_Rest(connection, response),
            extensions={"http_version": b"HTTP/1.1"},
        )

    def _connection(self, place: tuple[str, int], patience: float | None) -> socket.socket:
        idle = self._idle.get(place, [])
        while idle:
            kept = idle.pop()
            if not select.select([kept], [], [], 0)[0]:
                return kept
            kept.close()  # the server has closed it
        try:
            made = socket.create_connection(place, patience)
        except TimeoutError as error:
            raise httpx2.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def close(self) -> None:
        self._hang_up()
        super().close()

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        # a client's block ends here, not with close()
        self._hang_up()
        super().__exit__(exc_type, exc_value, traceback)

    def _hang_up(self) -> None:
        for connections in self._idle.values():
            while connections:
                connections.pop().close()


class _Rest(httpx2.SyncByteStream):
    """The body of an answer that is long, or comes in parts."""

    def __init__(self, connection: socket.socket, response: HTTPResponse) -> None:
        self._connection, self._response = connection, response

    def __iter__(self) -> Iterator[bytes]:
        try:
            while part := self._response.read1(_MOST):
                yield part
            if self._response.length:
                raise httpx2.RemoteProtocolError("peer closed connection without sending complete")
        except TimeoutError as error:
            raise httpx2.ReadTimeout(str(error)) from error
        except (OSError, HTTPException) as error:
            raise httpx2.RemoteProtocolError(repr(error)) from error

    def close(self) -> None:
        self._response.close()
        self._connection.close()


def _written(request: httpx2.Request) -> bytes:
    head = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    head += [b"%b: %b" % pair for pair in request.headers.raw]
    return b"\r\n".join([*head, b"", b""]) + request.content


def _response(answer: LengthDelimitedAnswer) -> httpx2.Response:
    return httpx2.Response(
        answer.status,
        headers=answer.headers,
        stream=httpx2.ByteStream(answer.body),
        extensions={"http_version": b"HTTP/1.1"},
    )
