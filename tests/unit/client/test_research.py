"""Reading answers of the Research API, and its errors."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.client.answer import read
from stagedoor.client.effects import (
    Acquire,
    Emit,
    Exclusive,
    LoadTokens,
    Reply,
    Send,
    Sleep,
    StartedFlow,
)
from stagedoor.client.errors import (
    BadRequest,
    ConfigurationError,
    QuotaExceeded,
    UnexpectedAnswer,
)
from stagedoor.client.research import all_videos
from stagedoor.client.session import Session, call
from stagedoor.client.tokens import Tokens
from stagedoor.platform.operation import DAY, next_day
from stagedoor.platform.products import display, research
from stagedoor.platform.products.research import validation as research_validation
from stagedoor.platform.products.research.query import Where
from stagedoor.platform.protocols.multipart import join, split
from tests.support.flows import Steps, enveloped

LOG_ID = "20261004235900A1B2C3D4E5F607182950AB"


def over(log_id: str) -> Reply:
    error = {"code": "daily_quota_limit_exceeded", "message": "", "log_id": log_id}
    return Reply(429, {}, json.dumps({"data": {}, "error": error}).encode())


def test_a_used_up_quota_tells_the_next_midnight_of_the_answers_own_clock() -> None:
    with pytest.raises(QuotaExceeded) as error:
        read(research.VIDEO_QUERY, over(LOG_ID))
    assert error.value.resets_at == datetime(2026, 10, 5, tzinfo=UTC).timestamp()
    assert str(error.value).endswith("That is 2026-10-05 00:00 UTC.")
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)  # noqa: S301


@pytest.mark.parametrize(
    ("operation", "log_id"),
    [(research.VIDEO_QUERY, ""), (research.VIDEO_QUERY, "soon"), (display.USER_INFO, LOG_ID)],
)
def test_a_reset_that_is_not_known_is_not_made_up(operation: Any, log_id: str) -> None:
    with pytest.raises(QuotaExceeded) as error:
        read(operation, over(log_id))
    assert error.value.resets_at is None


@given(st.integers(0, 2**33))
def test_the_next_day_begins_within_a_day(moment: int) -> None:
    assert 0 < next_day(moment) - moment <= DAY
    assert next_day(moment) % DAY == 0


@pytest.mark.parametrize("key", ["reposted_videos", "user_reposted_videos"])
def test_reposts_are_read_under_both_names(key: str) -> None:
    page = read(research.REPOSTED_VIDEOS, enveloped({key: [{"id": 7309409928148208005}]}))
    assert page.videos[0].id == "7309409928148208005"


def test_parts_that_tiktok_names_otherwise_are_read_the_same() -> None:
    effect = {"effect_id": 1, "effect_photo_URI": "https://x.example"}
    tag = {"video_tag_type": "AIGC", "video_tag_number": 2}
    video = {"effect_info_list": [effect], "video_tag": tag}
    (pinned,) = read(research.PINNED_VIDEOS, enveloped({"pinned_videos_list": [video]})).videos
    assert pinned.effect_info_list[0].effect_photo_url == "https://x.example"
    assert (pinned.video_tag.type, pinned.video_tag.number) == ("AIGC", 2)


@pytest.mark.parametrize(
    ("operation", "items"),
    [
        (research.VIDEO_QUERY, "videos"),
        (research.COMMENT_LIST, "comments"),
        (research.FOLLOWERS, "people"),
        (research.FOLLOWING, "people"),
        (research.LIKED_VIDEOS, "videos"),
    ],
)
def test_a_list_that_is_left_out_is_empty(operation: Any, items: str) -> None:
    page = read(operation, enveloped({"cursor": 0, "has_more": False}))
    assert getattr(page, items) == ()


def test_a_good_answer_with_status_500_is_good() -> None:
    data = {"playlist_id": 7530200000000000001, "playlist_video_ids": [7530011223344556677]}
    playlist = read(research.PLAYLIST_INFO, enveloped(data, status=500))
    assert playlist.playlist_video_ids == ("7530011223344556677",)


def test_a_file_is_read_as_ids_and_an_error_in_its_place_as_an_error() -> None:
    operation = research_validation.VALIDATION_RESULT
    assert read(operation, Reply(200, {}, b"1\n22\n")).ids == ("1", "22")
    assert read(operation, Reply(200, {}, b"")).ids == ()
    with pytest.raises(BadRequest):
        read(operation, enveloped({}, "invalid_params", 400))
    for reply in (Reply(502, {}, b"<html>"), Reply(200, {}, b"\xff\xfe")):
        with pytest.raises(UnexpectedAnswer):
            read(operation, reply)


@given(st.dictionaries(st.sampled_from("abc"), st.text() | st.binary(), min_size=1))
def test_parts_of_a_form_come_back_as_they_were(fields: dict[str, str | bytes]) -> None:
    body, content_type = join(fields)
    assert split(body) == fields
    boundary = content_type.partition("boundary=")[2].encode()
    assert body.startswith(b"--" + boundary)


def test_a_form_of_another_writer_is_read() -> None:
    body = (
        b"--xx\r\nContent-Type: text/plain\r\n"
        b'content-disposition: form-data; filename="a; name.txt"; name="file_data"\r\n\r\n'
        b"1\r\n2\r\n--xx\r\n"
        b'Content-Disposition: form-data; name="category"\r\n\r\nvideo\r\n--xx--\r\n'
    )
    assert split(body) == {"file_data": b"1\r\n2", "category": "video"}


SESSION = Session("key", "secret", now=lambda: 1_000_000.0)
PAGE = {
    "videos": [{"id": 1}],
    "cursor": 1,
    "has_more": True,
    "search_id": "7530011999000111222",
}
NOT_READY = json.dumps(
    {
        "data": {},
        "error": {
            "code": "invalid_params",
            "message": "Search Id 7530011999000111222 is invalid or expired",
            "log_id": LOG_ID,
        },
    }
).encode()


def test_waits_for_a_search_id_grow_and_stay_within_patience() -> None:
    session = Session("key", "secret", now=lambda: 1_000_000.0)
    session.own.tokens = Tokens(access_token="clt.x", expires_at=2_000_000.0)
    flow = all_videos(
        session,
        query=Where.keyword.eq("x"),
        start_date="20260801",
        end_date="20260802",
        patience=10,
    )
    walk = Steps(StartedFlow(flow))
    walk.expect(Send)
    walk.expect(Emit, enveloped(PAGE))
    walk.expect(Send)
    pauses = []
    for _ in range(4):
        pauses.append(walk.expect(Sleep, Reply(400, {}, NOT_READY)).seconds)
        body = walk.expect(Send).body
        assert isinstance(body, bytes)
        assert json.loads(body)["search_id"] == PAGE["search_id"]
    assert pauses == [1, 2, 4, 3]
    with pytest.raises(BadRequest):
        walk.flow.send(Reply(400, {}, NOT_READY))


def test_a_call_of_the_app_asks_for_its_token_first_and_waits_for_no_place() -> None:
    steps = Steps(call(SESSION, research.USER_INFO, {"username": "mara"}))
    steps.expect(Exclusive)
    steps.expect(Send, Tokens(access_token="clt.x"))
    assert steps.result(enveloped({"display_name": "Mara"})).display_name == "Mara"
    assert Acquire not in steps.asked
    assert LoadTokens not in steps.asked


@pytest.mark.parametrize("token", ["clt.1", "sda_agent"])
def test_without_the_apps_secret_a_token_that_was_given_serves(token: str) -> None:
    steps = Steps(call(Session(), research.USER_INFO, {"username": "mara"}))
    steps.expect(LoadTokens)
    send = steps.expect(Send, Tokens(access_token=token))
    assert send.headers["authorization"] == f"Bearer {token}"


def test_a_creators_token_is_none_of_the_apps() -> None:
    steps = Steps(call(Session(), research.USER_INFO, {"username": "mara"}))
    steps.expect(LoadTokens)
    with pytest.raises(ConfigurationError, match="client_key and client_secret"):
        steps.result(Tokens(access_token="act.1"))
