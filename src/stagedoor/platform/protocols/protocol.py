"""The base class of all protocols, and the types of their inputs and outputs."""

from __future__ import annotations

import json
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, NamedTuple, ParamSpec, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..errors import LOG_ID_HEADER, OPEN_PLATFORM, ErrorTable
from ..files import FileContent, FileForm
from ..model import AT_TIKTOK, problems_of
from ..records import frozen

P = ParamSpec("P")
R = TypeVar("R")

MAX_PAIRS = 1_000
"""A query or form with more pairs than this is refused unread."""

JSON = b"application/json; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"
ZIP = b"application/zip"
"""Not documented; assumed (`portability.yaml` data_download)."""


class Subject(StrEnum):
    """The party on whose behalf a call is made."""

    CREATOR = "creator"
    """A creator who connected the account; authenticated by a user access token."""
    ADVERTISER = "advertiser"
    """A person who manages ad accounts in TikTok API for Business."""
    ACCOUNT_HOLDER = "account_holder"
    """The owner of a TikTok account in TikTok API for Business."""
    APP = "app"
    """The app itself, authenticated by its own access token or by its key and secret."""
    NOBODY = "nobody"
    """Nobody: the call is public, or its address is a capability URL."""

    @property
    def is_account(self) -> bool:
        """Whether the call is made on behalf of a connected account."""
        return self not in (Subject.APP, Subject.NOBODY)


class Api(StrEnum):
    """A family of TikTok's operations with its own apps, tokens, permissions and rate limits."""

    DEVELOPERS = "developers"
    """TikTok for Developers."""
    BUSINESS = "business"
    """TikTok API for Business."""


@frozen
class Wire:
    """An encoded request, without address and credentials."""

    query: str
    body: bytes | None
    content_type: str | None
    form: FileForm | None = None
    """A body with a file that isn't in memory, instead of `body`."""


class Response(NamedTuple):
    """An encoded answer, without the headers that every answer has."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


@frozen
class Problem:
    """An error independent of the protocol: TikTok's code and text."""

    code: str
    message: str = ""
    log_id: str = ""
    http: int = 0


@frozen
class Note:
    """Parts of an answer's envelope beside its data, for products that fill in more than others."""

    message: str = "ok"
    status: int = 200
    states_status: bool = False
    """The body repeats the HTTP status."""
    code: int = 0
    """The outcome, for protocols that have several good ones."""


class Malformed(Exception):
    """The request doesn't fit its declaration. `problems` are (path, reason) pairs."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{path}: {why}" if path else why for path, why in problems))
        self.problems = problems


class UnreadableAnswer(Exception):
    """The answer isn't in the protocol's form; something other than TikTok may have answered."""


Data = BaseModel | Mapping[str, Any] | bytes
"""The data of an answer; bytes are encoded already."""


class ProtocolOperation(typing.Protocol):
    """The parts of an operation that a protocol reads."""

    @property
    def id(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def request(self) -> Callable[..., Any]: ...
    @property
    def response(self) -> Any: ...


class Protocol(ABC):
    """Encoding and parsing of requests and answers.

    `parse` is the inverse of `encode`; `unwrap` is the inverse of `wrap` and `wrap_error`.
    """

    api: ClassVar[Api] = Api.DEVELOPERS
    errors: ClassVar[ErrorTable] = OPEN_PLATFORM
    """The error codes with their meanings."""
    log_id_header: ClassVar[str] = LOG_ID_HEADER
    token_header: ClassVar[str | None] = None
    """The header for an access token; None: no call has an access token."""
    token_scheme: ClassVar[str] = ""
    """Prefix of the token in the header."""
    token_subjects: ClassVar[frozenset[Subject]] = frozenset()
    """The subjects that authenticate by an access token."""
    content_type: bytes = JSON
    """Content type of an answer without an error."""
    form_encoded: ClassVar[bool] = False
    """Request bodies are forms, and the value that selects an operation is in the body."""
    body_with_get: ClassVar[bool] = False
    """A GET may have a body as well."""
    streams_body: ClassVar[bool] = False
    """The body is a stream of bytes that no codec reads."""
    answers_file: bool = False
    """An answer without an error is a file."""
    answers_text: bool = False
    """An answer without an error is plain text."""
    names_errors: ClassVar[bool] = True
    """The codes of errors are words; otherwise the HTTP status is the code."""
    server_error: ClassVar[str] = "internal_error"
    """The code of a failure at TikTok."""
    over_limit: ClassVar[str] = "rate_limit_exceeded"
    """The code of a call over the app's rate limit."""
    selector_missing: ClassVar[Problem | None] = None
    """The error for a request without the value that selects among operations of one path."""
    selector_unknown: ClassVar[Problem | None] = None
    """The error if no operation has that value. None: the first operation handles the request."""

    @abstractmethod
    def encode(self, operation: ProtocolOperation, request: BaseModel) -> Wire:
        """Encode a request as query and body; fields that are None are left out."""

    def parse(
        self, operation: ProtocolOperation, query: str, body: bytes, *, at_tiktok: bool = False
    ) -> Any:
        """Parse a request from its query and body. Raises `Malformed`.

        `at_tiktok`: unknown values of a declared choice are accepted, and the receiver handles them
        itself, as TikTok does.
        """
        return reading(self.decode, operation, query, body, JUDGED if at_tiktok else PLAIN)

    @abstractmethod
    def decode(
        self, operation: ProtocolOperation, query: str, body: bytes, marks: frozenset[str]
    ) -> Any:
        """As `parse`, but raises the codecs' own errors. `marks` is the validation context."""

    def parse_form(
        self,
        operation: ProtocolOperation,
        query: str,
        form: Mapping[str, str | FileContent],
        *,
        at_tiktok: bool = False,
    ) -> Any:
        """As `parse`, for a multipart body whose files were received already."""
        marks = JUDGED if at_tiktok else PLAIN
        return reading(self.decode_form, operation, query, form, marks)

    def decode_form(
        self,
        operation: ProtocolOperation,
        query: str,
        form: Mapping[str, str | FileContent],
        marks: frozenset[str],
    ) -> Any:
        """As `parse_form`, but raises the codecs' own errors."""
        raise Malformed((("", "the body may not be multipart/form-data"),))

    @abstractmethod
    def wrap(
        self,
        operation: ProtocolOperation,
        data: Data | None,
        log_id: str,
        note: Note | None = None,
    ) -> Response:
        """Encode an answer with this data; None: no data."""

    def content_type_of(self, body: bytes) -> bytes:
        """The content type of an answer with this body and without an error."""
        return self.content_type

    @abstractmethod
    def wrap_error(
        self,
        operation: ProtocolOperation | None,
        problem: Problem,
        detail: Mapping[str, Any] | None = None,
    ) -> Response:
        """Encode an answer with this error. `detail` is put in the place of the data."""

    @abstractmethod
    def unwrap(
        self, operation: ProtocolOperation, status: int, headers: Mapping[str, str], body: bytes
    ) -> Any:
        """Parse an answer into its typed data, or a `Problem`. Raises `UnreadableAnswer`."""

    def carries_token(self, subject: Subject) -> bool:
        """Whether a call on behalf of this subject carries an access token."""
        return subject in self.token_subjects

    def token_headers(self, token: str) -> dict[str, str]:
        """The headers that carry an access token."""
        return {} if self.token_header is None else {self.token_header: self.token_scheme + token}

    def token_in(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """The access token in the headers of a received request; header names in lower case."""
        if self.token_header is None:
            return None
        name, scheme = self.token_header.encode(), self.token_scheme.encode()
        found = None
        for one, value in headers:
            if one == name:
                found = value
        if found is None or found[: len(scheme)].lower() != scheme.lower():
            return None
        return found[len(scheme) :].strip().decode("latin-1") or None

    def selecting(self, name: str, query: str, body: bytes) -> str | None:
        """The request's value that selects among operations of one path."""
        source = body.decode("utf-8", "replace") if self.form_encoded else query
        try:
            return dict(pairs(source)).get(name)
        except ValueError:
            return None

    def refusal(self, malformed: Malformed) -> Problem:
        """TikTok's error for a request that doesn't fit its declaration."""
        return Problem("invalid_params", str(malformed))

    def retry_after(self, problem: Problem) -> float | None:
        """Seconds after which TikTok accepts calls again, if the problem tells; no header does."""
        return None

    def spelled(self, code: str, spelling: str) -> str:
        """The code for an answer; `spelling` is the preferred spelling of a code that has two."""
        return code

    def log_id(self, headers: Mapping[str, str], problem: Problem | None = None) -> str:
        """The log id of an answer."""
        told = problem.log_id if problem is not None else ""
        return told or headers.get(self.log_id_header, "")


PLAIN: frozenset[str] = frozenset()
JUDGED = frozenset({AT_TIKTOK})


def reading(codec: Callable[P, R], *args: P.args, **values: P.kwargs) -> R:
    """Call a codec; turn any error of the input into `Malformed`."""
    try:
        return codec(*args, **values)
    except ValidationError as error:
        raise Malformed(problems_of(error)) from None
    except (ValueError, RecursionError):
        raise Malformed((("", "the request could not be read"),)) from None


def pairs(text: str) -> list[tuple[str, str]]:
    """Parse the pairs of a query or form. ValueError if there are too many."""
    return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PAIRS)


@cache
def typed(response: Any) -> TypeAdapter[Any]:
    """The validator of an answer's data, cached."""
    return TypeAdapter(response)


def written(data: Data | None) -> bytes:
    """Encode the data as JSON."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, BaseModel):
        return data.model_dump_json(exclude_none=True).encode()
    return dumped(data or {})


def dumped(value: object) -> bytes:
    """Encode as JSON without blanks; lone surrogates become question marks."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
