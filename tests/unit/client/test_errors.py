"""The errors: one tree, drawn where it is documented, with texts that say what to do."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from itertools import product

import pytest

from stagedoor import errors
from stagedoor.client import errors as home
from stagedoor.client.error_classes import error_class
from stagedoor.client.errors import (
    BadRequest,
    InvalidRequest,
    MediaRejected,
    OutcomeUnknown,
    PostFailed,
    RateLimited,
    ServerError,
    StagedoorError,
    TikTokError,
    TokenInvalid,
    UnexpectedAnswer,
    UploadExpired,
)
from stagedoor.platform.errors import CODES, ErrorKind
from tests.support.every import every

_LINE = re.compile(r"^    (?P<indent>[│ ]*)(?:[├└]── )?(?P<name>[A-Z]\w+)(?:  .*)?$")


def drawn() -> dict[str, str | None]:
    """Each class in the drawing, with the one it hangs from."""
    found: dict[str, str | None] = {}
    path: list[str] = []
    for line in (home.__doc__ or "").splitlines():
        match = _LINE.match(line)
        if match is None or not (("── " in line) or match["name"] == "StagedoorError"):
            continue
        depth = 0 if "── " not in line else len(match["indent"]) // 4 + 1
        path[depth:] = [match["name"]]
        found[match["name"]] = path[depth - 1] if depth else None
    return found


def test_the_tree_that_is_drawn_is_the_tree_that_is() -> None:
    real = {
        name: None if kind is StagedoorError else kind.__mro__[1].__name__
        for name, kind in vars(home).items()
        if inspect.isclass(kind) and issubclass(kind, StagedoorError)
    }
    assert drawn() == real


def test_every_error_can_be_had_under_its_short_name() -> None:
    assert set(errors.__all__) == set(drawn())
    for name in errors.__all__:
        assert getattr(errors, name) is getattr(home, name)


def test_every_error_says_in_its_document_what_it_means() -> None:
    for name in drawn():
        document = (getattr(errors, name).__doc__ or "").strip()
        assert document.endswith("."), name


def test_the_text_begins_with_the_log_id_and_ends_with_the_remedy() -> None:
    error = TokenInvalid(
        "access_token_invalid",
        "The access token is invalid or not found in the request.",
        log_id="20261004110000A1B2C3D4E5F607182950",
        http_status=401,
    )
    assert str(error) == (
        "20261004110000A1B2C3D4E5F607182950: access_token_invalid "
        "(The access token is invalid or not found in the request). "
        "Refresh the access token; if that fails, ask the creator to connect again."
    )


def test_without_a_log_id_and_for_an_unknown_code_the_text_still_says_what_to_do() -> None:
    assert str(TikTokError("code_of_tomorrow", "")) == (
        "code_of_tomorrow. Stagedoor doesn't know this code: see TikTok's page of the call, or ask "
        "its support."
    )
    assert str(TikTokError("code_of_tomorrow", "Wait.")).startswith(
        "code_of_tomorrow (Wait). Stagedoor doesn't know this code"
    )


@every("code", CODES.values(), ids=lambda code: code.code)
def test_every_declared_code_has_its_class_and_its_remedy(code: object) -> None:
    assert hasattr(code, "code")
    assert hasattr(code, "remedy")
    kind = error_class(code.code, 200)
    assert issubclass(kind, TikTokError)
    assert kind is not TikTokError
    assert str(kind(code.code, "said")).endswith(code.remedy)


def test_every_kind_of_error_has_a_class_of_its_own() -> None:
    classes = {code.kind: error_class(code.code, 200) for code in CODES.values()}
    assert set(classes) == set(ErrorKind)
    assert len(set(classes.values())) == len(ErrorKind)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, RateLimited), (500, ServerError), (503, ServerError), (401, TokenInvalid)],
)
def test_a_code_of_tomorrow_is_classed_by_its_status(status: int, kind: type[TikTokError]) -> None:
    assert error_class("code_of_tomorrow", status) is kind


def test_a_code_of_tomorrow_without_a_telling_status_is_a_tiktok_error() -> None:
    for status in (200, 400, 403):
        assert error_class("code_of_tomorrow", status) is TikTokError


def test_the_other_spelling_of_a_code_has_the_same_class() -> None:
    assert error_class("invalid_param", 400) is error_class("invalid_params", 400) is BadRequest


SAMPLES: list[StagedoorError] = [
    RateLimited(
        "rate_limit_exceeded", "m", log_id="l", http_status=429, operation="o", retry_after=3.0
    ),
    InvalidRequest("the post", [("title", "is too long")]),
    MediaRejected("a.mp4", ["is too long", "is too wide"]),
    PostFailed("p", "internal", True, "Post again later."),
    OutcomeUnknown("Look before you repeat.", "p"),
    UnexpectedAnswer("html", 502),
    UploadExpired("over"),
]


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_to_another_process(error: StagedoorError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


@every(("code", "http_status"), product([*CODES, "code_of_tomorrow"], [200, 400, 503]))
def test_the_text_of_tiktok_s_error_begins_with_the_log_id_and_ends_with_what_to_do(
    code: str, http_status: int
) -> None:
    error = error_class(code, http_status)(code, "Said.", log_id="2026LOG", http_status=http_status)
    assert error.remedy
    assert re.fullmatch(rf"2026LOG: {code} \(Said\)\. {re.escape(error.remedy)}", str(error))
