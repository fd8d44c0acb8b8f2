"""Any request is answered soon, in TikTok's form, with a documented code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from pydantic import BaseModel

from stagedoor.emulator.bodies import MAX_FORM, MAX_JSON
from stagedoor.emulator.gate import BUSINESS_API
from stagedoor.emulator.world.collection import EntityTable
from stagedoor.platform import catalogue, wire
from stagedoor.platform.errors import CODES, OPEN_PLATFORM, UNSUPPORTED_PATH
from stagedoor.platform.model import In
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.protocols import multipart
from stagedoor.platform.protocols.business import BUSINESS, BUSINESS_FORM, BusinessProtocol
from stagedoor.platform.protocols.layout import layout
from stagedoor.platform.protocols.oauth_form import OAUTH_FORM
from stagedoor.platform.protocols.plain_json import PLAIN_JSON
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.examples import example_of
from tests.support import invalid_values
from tests.support.invalid_values import ODD
from tests.support.raw_connection import Headers, RawAnswer

from .asking import Asking, code_of

CALLED = sorted(
    (one for one in catalogue.operations().values() if one.protocol is not UPLOAD_TRANSFER),
    key=lambda one: example_of(one).ends,
)
"""All but uploads; what ends something for the others comes last."""

SHEETS = sorted({one.source.partition(" ")[0] for one in CALLED})

Check = Callable[["Asking", Operation[..., Any]], None]


def each_operation(check: Check) -> Callable[..., None]:
    """A test that makes the check of every operation, in one world for each fact sheet."""

    @pytest.mark.parametrize("sheet", SHEETS)
    def test(asking: Asking, subtests: pytest.Subtests, sheet: str) -> None:
        for operation in CALLED:
            if operation.source.partition(" ")[0] == sheet:
                with subtests.test(operation.id):
                    check(asking, operation)

    return test


GENERAL = {
    OAUTH_FORM: {"invalid_request", "invalid_client", "unsupported_grant_type"},
    PLAIN_JSON: set[str](),
    BUSINESS_FORM: {"40002", "40113"},
    BUSINESS: {"40001", "40002", "40100", "40102", "40104", "40105", "40113"},
}
"""Codes of the gate, where an operation's own page doesn't repeat them."""
_DATA_CODES = {
    "access_token_invalid",
    "scope_not_authorized",
    "invalid_params",
    "rate_limit_exceeded",
}


PARAMETER_WRONG = {"invalid_params", "40002"}
TOKEN_WRONG = {"access_token_invalid", "40104", "40105"}

TYPES = (
    b"",
    b"application/json",
    b"application/json; charset=utf-16",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data",
    b"multipart/form-data; boundary=",
    b"text/plain",
    b"image/png\xff",
)
RAW_TEXTS = ("%", "%zz", "%ff%fe", "%00", "a%2cb,,%20,", "+", "&&=&", "a;b", "%ud83d")
"""Values that are broken as they travel."""


def judged(operation: Operation[..., Any], answer: RawAnswer, sent: object) -> str:
    """The code; fails for a status or a code that isn't documented."""
    try:
        code = code_of(operation, answer)
    except Exception as error:
        raise AssertionError(
            f"{_short(sent)} -> {answer.status} {answer.body[:200]!r}: {error!r}"
        ) from error
    told = f"{_short(sent)} -> {answer.status} {code}: {answer.body[:300]!r}"
    allowed = {(case.http, case.code) for case in operation.errors if case.http < 500}
    general = GENERAL.get(operation.protocol, _DATA_CODES)
    allowed |= {(CODES[name].http if name in CODES else 200, name) for name in general}
    allowed.add((200, "ok"))
    assert (answer.status, OPEN_PLATFORM.aliases.get(code, code)) in allowed, told
    return code


def _short(sent: object) -> str:
    text = repr(sent)
    return text if len(text) < 300 else f"{text[:280]}... ({len(text)})"


def _dumped(operation: Operation[..., Any], request: BaseModel) -> dict[str, Any]:
    mode = "python" if layout(operation).has_file else "json"
    return request.model_dump(mode=mode, exclude_none=True)


def _bodiless(operation: Operation[..., Any], request: BaseModel) -> bool:
    return wire.encode(operation, request).body in (None, b"{}")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else invalid_values.written(value).decode()


def _percent(text: str) -> str:
    from urllib.parse import quote

    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@dataclass(frozen=True, slots=True)
class Sent:
    """A request taken apart, so that any part may be made wrong."""

    query: str
    body: dict[str, Any] | None
    content_type: bytes | None


def taken_apart(asking: Asking, operation: Operation[..., Any]) -> Sent:
    """Of a good request; forms and multipart as their fields, no body as None."""
    encoded = wire.encode(operation, asking.request(operation))
    content_type = encoded.content_type.encode() if encoded.content_type else None
    if encoded.body is None:
        return Sent(encoded.query, None, content_type)
    if operation.protocol.form_encoded:
        return Sent(encoded.query, dict(parse_qsl(encoded.body.decode())), content_type)
    if layout(operation).has_file:
        return Sent(encoded.query, dict(multipart.split(encoded.body)), content_type)
    return Sent(encoded.query, json.loads(encoded.body), content_type)


def put_together(operation: Operation[..., Any], body: dict[str, Any] | None) -> bytes | None:
    if body is None:
        return None
    if operation.protocol.form_encoded:
        pairs = [f"{escaped(name)}={escaped(as_text(value))}" for name, value in body.items()]
        return "&".join(pairs).encode()
    if layout(operation).has_file:
        odd = {name: one if isinstance(one, bytes) else as_text(one) for name, one in body.items()}
        return multipart.join({name: one for name, one in odd.items() if writable(one)})[0]
    return invalid_values.written(body)


def elsewhere(operation: Operation[..., Any]) -> set[str]:
    """The fields that are sent in the query, with any body."""
    declared = operation.request.model_fields  # type: ignore[attr-defined]
    return {n for n, info in declared.items() if any(isinstance(m, In) for m in info.metadata)}


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else invalid_values.written(value).decode()


def writable(value: str | bytes) -> bool:
    return isinstance(value, bytes) or "\ud800" not in value


def escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@each_operation
def test_the_good_request_is_answered_well(asking: Asking, operation: Operation[..., Any]) -> None:
    sent = taken_apart(asking, operation)
    body = put_together(operation, sent.body)
    if layout(operation).has_file:
        body = operation.protocol.encode(operation, asking.request(operation)).body
    code = judged(operation, asking.ask(operation, sent.query, body, None, sent.content_type), sent)
    assert (code != "ok") is (example_of(operation).refused), code


@each_operation
def test_no_handler_walks_a_whole_collection(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    """The cost of an answer depends on the answer alone: handlers look entities up by key or
    index."""
    sent = taken_apart(asking, operation)
    body = put_together(operation, sent.body)
    if layout(operation).has_file:
        body = operation.protocol.encode(operation, asking.request(operation)).body

    def walked(table: object) -> NoReturn:
        raise AssertionError("a handler walks a whole collection")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("__iter__", "values", "items", "keys"):
            patch.setattr(EntityTable, name, walked)
        answer = asking.ask(operation, sent.query, body, None, sent.content_type)
    code = judged(operation, answer, sent)
    assert (code != "ok") is (example_of(operation).refused), code


def _part(values: Sequence[Any], number: int, thorough: bool) -> Sequence[Any]:
    """Every third of the values, others for the next field; all of them if `thorough`."""
    return values if thorough else values[number % 3 :: 3]


def other_types(asking: Asking, operation: Operation[..., Any], thorough: bool) -> None:
    sent = taken_apart(asking, operation)
    body = sent.body
    if body is None or operation.protocol.form_encoded or layout(operation).has_file:
        return  # everything is text there: see below
    in_query = elsewhere(operation)
    schema = operation.request.model_json_schema()  # type: ignore[attr-defined]
    for number, spot in enumerate(invalid_values.spots(schema), CALLED.index(operation)):
        if spot.path[0] in in_query:
            continue
        for value in (*_part(ODD, number, thorough), *spot.beyond):
            wrong = invalid_values.put(body, spot.path, value)
            answer = asking.ask(operation, sent.query, invalid_values.written(wrong))
            code = judged(operation, answer, (spot.name, value))
            if spot.forbids(value) or value in spot.beyond:
                assert code in PARAMETER_WRONG, f"{spot.name} took {_short(value)}"


@pytest.mark.long
@each_operation
def test_a_field_of_another_type_or_size_is_refused(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    other_types(asking, operation, thorough=False)


@pytest.mark.drill
@each_operation
def test_a_field_of_any_other_type_or_size_is_refused(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    other_types(asking, operation, thorough=True)


@each_operation
def test_a_required_field_that_is_missing_is_named(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    sent = taken_apart(asking, operation)
    pairs = parse_qsl(sent.query)
    for spot in invalid_values.spots(operation.request.model_json_schema()):  # type: ignore[attr-defined]
        name = str(spot.path[0])
        if not spot.needed or isinstance(spot.path[-1], int):
            continue
        body, query = sent.body, sent.query
        if body is not None and invalid_values.has(body, spot.path):
            body = invalid_values.without(body, spot.path)
        if len(spot.path) == 1:
            query = urlencode([one for one in pairs if one[0] != name])
        if (body, query) == (sent.body, sent.query):
            continue
        made = put_together(operation, body)
        answer = asking.ask(operation, query, made, None, sent.content_type)
        code = judged(operation, answer, f"no {spot.name}")
        assert code != "ok", spot.name
        if code == "invalid_params":
            assert str(spot.path[-1]) in answer.json["error"]["message"]
        if code == "40002":
            assert str(spot.path[-1]) in answer.json["message"]


def texts(asking: Asking, operation: Operation[..., Any], thorough: bool) -> None:
    sent = taken_apart(asking, operation)
    body = put_together(operation, sent.body)
    schema = operation.request.model_json_schema()  # type: ignore[attr-defined]
    names = [str(spot.path[0]) for spot in invalid_values.spots(schema)]
    for number, name in enumerate(dict.fromkeys(names), CALLED.index(operation)):
        for value in _part((*map(as_text, ODD), *RAW_TEXTS), number, thorough):
            text = value if value in RAW_TEXTS else escaped(value)
            for pair in (f"{name}={text}", f"{name}[]={text}", f"{sent.query}&{name}={text}"):
                answer = asking.ask(operation, pair, body, None, sent.content_type)
                judged(operation, answer, pair)
                if not operation.protocol.form_encoded:
                    break
            if operation.protocol.form_encoded or layout(operation).has_file:
                wrong = put_together(operation, (sent.body or {}) | {name: value})
                answer = asking.ask(operation, sent.query, wrong, None, sent.content_type)
                judged(operation, answer, (name, value))


@pytest.mark.long
@each_operation
def test_text_of_any_kind_in_query_and_form_is_answered(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    texts(asking, operation, thorough=False)


@pytest.mark.drill
@each_operation
def test_every_text_in_query_and_form_is_answered(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    texts(asking, operation, thorough=True)


@each_operation
def test_fields_that_nobody_declared_change_nothing(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    sent = taken_apart(asking, operation)
    if sent.body is None or layout(operation).has_file:
        return
    extra = {"field_of_tomorrow": "x", "__class__": "x", "": "x", "id\x00": "x"}
    answer = asking.ask(
        operation, sent.query, put_together(operation, extra | sent.body), None, sent.content_type
    )
    code = judged(operation, answer, extra)
    assert (code != "ok") is (example_of(operation).refused)


@each_operation
def test_a_body_that_cannot_be_read_is_refused(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    sent = taken_apart(asking, operation)
    if sent.body is None:
        return
    strict = sent.body and not operation.protocol.form_encoded and not layout(operation).has_file
    whole = operation.protocol.encode(operation, asking.request(operation)).body or b""
    for name, body in invalid_values.broken(whole).items():
        for content_type in (sent.content_type, None):
            answer = asking.ask(operation, sent.query, body, None, content_type)
            code = judged(operation, answer, name)
            if strict and name in invalid_values.UNREADABLE:
                assert code in PARAMETER_WRONG, name


def test_a_body_that_is_too_long_is_refused_by_every_operation(asking: Asking) -> None:
    for operation in CALLED:
        sent = taken_apart(asking, operation)
        if sent.body is None:
            continue
        usual = MAX_FORM if operation.protocol.form_encoded else MAX_JSON
        limit = max(usual, operation.max_body)
        body = (put_together(operation, sent.body) or b"") + b" " * limit
        answer = asking.ask(operation, sent.query, body, None, sent.content_type)
        assert judged(operation, answer, "long") in {*PARAMETER_WRONG, "invalid_request"}


@each_operation
def test_a_body_s_content_type_decides_nothing_or_refuses(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    sent = taken_apart(asking, operation)
    body = operation.protocol.encode(operation, asking.request(operation)).body
    for content_type in TYPES:
        answer = asking.ask(operation, sent.query, body, None, content_type)
        judged(operation, answer, content_type)


@each_operation
def test_a_token_that_is_none_gets_nowhere(asking: Asking, operation: Operation[..., Any]) -> None:
    if not operation.carries_token:
        return
    sent = taken_apart(asking, operation)
    body = operation.protocol.encode(operation, asking.request(operation)).body
    if isinstance(operation.protocol, BusinessProtocol):
        _no_business_token_gets_nowhere(asking, operation, sent.query, body)
        return
    right, other = (
        (asking.user, asking.own)
        if operation.subject is Subject.CREATOR
        else (asking.own, asking.user)
    )
    token = right.removeprefix(b"Bearer ")
    wrong: list[Headers] = [
        (),
        (("Authorization", other),),
        (("X-Authorization", right),),
        (("Authorization", b"Bearer " + token[:-1]),),
        (("Authorization", b"Bearer " + token.swapcase()),),
        (("Authorization", b"Bearer " + token + b"," + token),),
        (("Authorization", b"Basic " + token),),
        (("Authorization", b"Bearer"),),
        (("Authorization", b"Bearer "),),
        (("Authorization", b""),),
        (("Authorization", token),),
        (("Authorization", b"Bearer\xff\xfe"),),
        (("Authorization", "Bearer é😀".encode()),),
        (("Authorization", b"Bearer " + b"x" * 8_000),),
        (("Authorization", b"Bearer __class__"),),
        (("Cookie", b"access_token=" + token),),
    ]
    for headers in wrong:
        answer = asking.ask(operation, sent.query, body, headers)
        code = judged(operation, answer, headers)
        assert code == "access_token_invalid", headers
    twice: list[Headers] = [
        (("Authorization", right), ("Authorization", b"Bearer act.no")),
        (("Authorization", b"Bearer act.no"), ("Authorization", right)),
        (("authorization", right.replace(b"Bearer", b"bEARER")),),
        (("Authorization", b"Bearer   " + token),),
        (("Authorization", right), ("Host", b"\xff\xfe")),
        (("Authorization", right), ("Host", b"a b<script>")),
        (("Authorization", right), ("Host", b"")),
        (("Authorization", right), ("Expect", b"nothing")),
        (("Authorization", right), ("Range", b"bytes=5-1")),
        (("Authorization", right), ("Content-Encoding", b"gzip")),
        (("Authorization", right), ("X-Forwarded-Host", b"evil.example.com")),
        (("Authorization", right), *((f"X-{n}", b"x") for n in range(90))),
    ]
    for headers in twice:
        judged(operation, asking.ask(operation, sent.query, body, headers), headers)


def _no_business_token_gets_nowhere(
    asking: Asking, operation: Operation[..., Any], query: str, body: bytes | None
) -> None:
    [(_, token)] = asking.bearer(operation)
    other = asking.account if token == asking.advertiser else asking.advertiser
    login_kit = asking.user.removeprefix(b"Bearer ")
    wrong: list[Headers] = [
        (),
        (("Authorization", b"Bearer " + token),),
        (("Access-Token", b""),),
        (("Access-Token", b"Bearer " + token),),
        (("Access-Token", token[:-1]),),
        (("Access-Token", token + b"," + token),),
        (("Access-Token", other),),
        (("Access-Token", login_kit),),
        (("Access-Token", b"\xff\xfe"),),
        (("Access-Token", b"x" * 8_000),),
        (("Cookie", b"access_token=" + token),),
    ]
    for headers in wrong:
        code = judged(operation, asking.ask(operation, query, body, headers), headers)
        assert code in TOKEN_WRONG, headers
    odd: list[Headers] = [
        (("Access-Token", token), ("Access-Token", b"no")),
        (("Access-Token", token), ("Host", b"\xff\xfe")),
        (("Access-Token", token), ("Content-Encoding", b"gzip")),
    ]
    for headers in odd:
        judged(operation, asking.ask(operation, query, body, headers), headers)


@each_operation
def test_another_method_or_path_is_the_gateway_s_404(
    asking: Asking, operation: Operation[..., Any]
) -> None:
    """Or another operation's answer, where the path is another's."""
    path = operation.path
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"} - {operation.method}
    others = [(method, path) for method in sorted(methods)]
    doubled = [
        f"/{path}",
        path.replace("/", "//"),
        path.rstrip("/") + "//",
        path.rstrip("/") + "/./",
        path.rstrip("/") + "%00/",
        path.rstrip("/") + "/%ff%fe/",
        path.upper(),
        path.rstrip("/") + ";a=b/",
        "/v2/.." + path,
        path + "index.html",
    ]
    others += [(operation.method, one) for one in doubled]
    for method, target in others:
        answer = asking.line.ask(method, target.encode("utf-8"), asking.bearer(operation), b"{}")
        told = (method, target, answer.status, answer.body[:200])
        if isinstance(operation.protocol, BusinessProtocol) and target.startswith(BUSINESS_API):
            assert answer.status == (404 if method == operation.method else 405), told
            assert answer.headers["content-type"].startswith("text/plain")
            continue
        assert answer.status == 404, told
        assert method == "HEAD" or answer.body == UNSUPPORTED_PATH.encode(), told
