"""Encodes answers: by the operation's protocol, with the gateway's additions."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from stagedoor.platform.errors import LOG_ID_HEADER, OK, UNSUPPORTED_PATH
from stagedoor.platform.protocols.protocol import JSON as JSON
from stagedoor.platform.protocols.protocol import TEXT as TEXT
from stagedoor.platform.protocols.protocol import Problem, Response
from stagedoor.platform.protocols.protocol import dumped as dumped
from stagedoor.platform.records import record

from .calls import Data, EnvelopeAnswer, FileData, Refusal
from .plan import Plan

_LOG_ID = LOG_ID_HEADER.encode()


@record
class FinishedAnswer:
    """A finished answer. `code` is the error code, `ok` for none."""

    status: int
    body: bytes
    code: str = OK
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()
    file: Path | None = None
    """A file that is sent instead of `body`."""

    @property
    def length(self) -> int:
        return len(self.body) if self.file is None else self.file.stat().st_size

    def start(self, log_id: str) -> dict[str, object]:
        """The ASGI start message of this answer."""
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": [
                (b"content-type", self.content_type),
                (b"content-length", b"%d" % self.length),
                (_LOG_ID, log_id.encode()),
                *self.headers,
            ],
        }


HTML = b"text/html"


def gateway(status: int) -> FinishedAnswer:
    """A gateway's HTML error page, without machine-readable content."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    page = f"<html><head><title>{status} {phrase}</title></head><body>{phrase}</body></html>"
    return FinishedAnswer(status, page.encode(), "", HTML)


UNSUPPORTED = FinishedAnswer(404, UNSUPPORTED_PATH.encode(), "", TEXT)
"""The gateway's answer to a wrong path or method."""


NO_PAGE = FinishedAnswer(404, b"404 page not found", "", TEXT)
"""The answer of TikTok API for Business to a wrong path."""
WRONG_METHOD = FinishedAnswer(405, b"405 method not allowed", "", TEXT)


def succeeded(plan: Plan, data: Data | EnvelopeAnswer, log_id: str) -> FinishedAnswer:
    """The answer with the value that a handler returned."""
    if isinstance(data, FileData):
        return FinishedAnswer(200, b"", content_type=data.content_type.encode(), file=data.path)
    operation = plan.operation
    if isinstance(data, EnvelopeAnswer):
        if isinstance(data.data, FileData):
            raise TypeError("a file is no part of an answer")
        return _reply(operation.protocol.wrap(operation, data.data, log_id, data.note))
    return _reply(operation.protocol.wrap(operation, data, log_id))


def refused(plan: Plan, refusal: Refusal, log_id: str, spelling: str) -> FinishedAnswer:
    """The answer to a refused call. `spelling`: for codes with two
    (`WorldSettings.param_error`)."""
    protocol = plan.operation.protocol
    code = protocol.spelled(refusal.code, spelling)
    written = code if protocol.names_errors else str(refusal.http)
    problem = Problem(written, refusal.message, log_id, refusal.http)
    return _reply(protocol.wrap_error(plan.operation, problem), code)


def _reply(response: Response, code: str = OK) -> FinishedAnswer:
    status, body, content_type, headers = response
    return FinishedAnswer(status, body, code, content_type, headers)
