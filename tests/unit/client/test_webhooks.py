"""Verifying webhooks: deliveries that TikTok signed pass, and all others raise one error."""

from __future__ import annotations

import contextlib
import json
import threading
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stagedoor import RecentEvents, WebhookEvent, verify_webhook
from stagedoor.client.errors import WebhookInvalid
from stagedoor.platform import signature
from stagedoor.platform.products import webhooks
from tests.support.facts import vectors

FACTS = vectors("signatures")
SECRET: str = FACTS["secret"]
NOW = 1_770_210_880.0


def signed(body: bytes, at: int = int(NOW), secret: str = SECRET) -> tuple[bytes, str]:
    return body, signature.header(secret, at, body)


def event(content: str = "{}", name: str = "tiktok.ping", **more: Any) -> bytes:
    return json.dumps(
        {"client_key": "k", "event": name, "create_time": 1, "content": content, **more}
    ).encode()


def verified(body: bytes, header: str | None = None) -> WebhookEvent:
    return verify_webhook(body, header or signed(body)[1], SECRET, now=NOW)


@pytest.mark.parametrize("vector", FACTS["signatures"], ids=lambda v: v["about"])
def test_published_deliveries_verify_and_are_read(vector: dict[str, Any]) -> None:
    found = verify_webhook(vector["raw_body"].encode(), vector["header"], SECRET, now=NOW)
    assert found.name == vector["event"]
    assert found.open_id == vector["open_id"]
    assert found.known
    told = found.payload.model_dump(mode="json")
    for name, value in vector["content"].items():
        assert str(told[name]) == str(value)


def test_a_payload_is_typed_by_the_events_name() -> None:
    content = '{"publish_id":"p","reason":"video_pull_failed","publish_type":"INBOX_SHARE"}'
    found = verified(event(content, "post.publish.failed"))
    assert isinstance(found.payload, webhooks.PublishFailed)
    assert found.payload.reason == "video_pull_failed"
    assert found.twin == "video.upload.failed"
    ready = verified(event('{"request_id": 123451234512345678901}', "portability.download.ready"))
    assert ready.payload.request_id == "123451234512345678901"


@pytest.mark.parametrize("vector", FACTS["signatures"], ids=lambda v: v["about"])
@given(at=st.integers(0, 2_000), bit=st.integers(0, 7))
def test_one_changed_bit_is_found(vector: dict[str, Any], at: int, bit: int) -> None:
    body = bytearray(vector["raw_body"].encode())
    body[at % len(body)] ^= 1 << bit
    with pytest.raises(WebhookInvalid, match="signature"):
        verify_webhook(bytes(body), vector["header"], SECRET, now=NOW)


def test_another_apps_secret_does_not_do() -> None:
    body, header = signed(event(), secret="another")
    with pytest.raises(WebhookInvalid, match="signature"):
        verify_webhook(body, header, SECRET, now=NOW)


def test_while_secrets_rotate_any_live_one_does() -> None:
    body, header = signed(event(), secret="new")
    for live in (["old", "new"], ("new", "old"), ["", "new"]):
        assert verify_webhook(body, header, live, now=NOW).name == "tiktok.ping"
    with pytest.raises(WebhookInvalid):
        verify_webhook(body, header, ["old", "older"], now=NOW)


@pytest.mark.parametrize("nothing", ["", [], [""], ("", "")])
def test_without_a_secret_nothing_verifies(nothing: Any) -> None:
    body, header = signed(event(), secret="")
    with pytest.raises(WebhookInvalid, match="no client secret"):
        verify_webhook(body, header, nothing, now=NOW)


@pytest.mark.parametrize(
    ("age", "passes"),
    [
        (0, True),
        (72 * 3_600, True),
        (73 * 3_600, True),
        (73 * 3_600 + 1, False),
        (-300, True),
        (-301, False),
    ],
)
def test_three_days_of_retries_pass_and_neither_older_nor_future_ones(
    age: int, passes: bool
) -> None:
    body, header = signed(event(), at=int(NOW) - age)
    if passes:
        verify_webhook(body, header, SECRET, now=NOW)
    else:
        with pytest.raises(WebhookInvalid, match="too old or in the future"):
            verify_webhook(body, header, SECRET, now=NOW)


def test_a_receiver_may_be_stricter() -> None:
    body, header = signed(event(), at=int(NOW) - 301)
    with pytest.raises(WebhookInvalid):
        verify_webhook(body, header, SECRET, now=NOW, max_age=300)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=1770210875",
        "s=" + "a" * 64,
        "t=,s=",
        "t=1770210875,s=" + "a" * 63,
        "t=1770210875,s=" + "ä" * 64,
        "t=-1,s=" + "a" * 64,
        "t=1e9,s=" + "a" * 64,
        "t=٣,s=" + "a" * 64,
        "t=" + "9" * 5_000 + ",s=" + "a" * 64,
        "=,=,=",
        ",,,,",
        "t 1770210875 s " + "a" * 64,
    ],
)
def test_a_malformed_header_is_refused(header: str | None) -> None:
    with pytest.raises(WebhookInvalid, match="missing or malformed"):
        verify_webhook(event(), header, SECRET, now=NOW)


def test_blanks_after_the_comma_and_unknown_parts_of_the_header_do_no_harm() -> None:
    body, header = signed(event())
    verify_webhook(body, header.replace(",", ", ") + ",v=2", SECRET, now=NOW)


@given(body=st.binary(max_size=300), header=st.text(st.characters(), max_size=100))
@example(body=b"", header="t=1,s=" + "\ud800" * 64)
def test_what_was_not_signed_fails_in_one_way(body: bytes, header: str) -> None:
    with pytest.raises(WebhookInvalid):
        verify_webhook(body, header, SECRET, now=NOW)


@given(body=st.binary(max_size=300))
@example(body=b"[" * 100_000)
@example(body=b"null")
@example(body=b'{"client_key": 1}')
def test_what_was_signed_but_is_no_webhook_fails_in_the_same_way(body: bytes) -> None:
    with pytest.raises(WebhookInvalid, match="isn't a webhook"):
        verified(body)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
_names = st.sampled_from(["tiktok.ping", "post.publish.failed", "authorization.removed", "x.y"])


@given(content=_json, name=_names)
@example(content={"\ud800": 1}, name="tiktok.ping")
@example(content={"publish_id": "\ud800", "reason": "\udfff"}, name="post.publish.failed")
def test_content_of_any_shape_is_read_or_refused_in_the_same_way(content: Any, name: str) -> None:
    with contextlib.suppress(WebhookInvalid):
        found = verified(event(json.dumps(content), name))
        assert found.name == name
        assert len(found.key) == 64


@pytest.mark.parametrize("depth", [50, 200, 400, 600, 800, 900, 950, 1_000, 5_000, 100_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_content_of_any_depth_is_read_or_refused_in_the_same_way(depth: int, brackets: str) -> None:
    head, tail = brackets[:-1], brackets[-1]
    with contextlib.suppress(WebhookInvalid):
        verified(event('{"a":' + head * depth + "1" + tail * depth + "}", "x.y"))


@pytest.mark.parametrize("content", ["[1]", "1", "null", '"text"', "{", "nothing"])
def test_content_that_is_no_object_is_refused(content: str) -> None:
    with pytest.raises(WebhookInvalid):
        verified(event(content))


def test_a_body_larger_than_any_webhook_is_refused_unread() -> None:
    body = event('{"a":"' + "x" * 2_000_000 + '"}')
    with pytest.raises(WebhookInvalid, match="larger"):
        verified(body)


def test_a_body_that_was_decoded_first_is_a_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="raw bytes"):
        verify_webhook("{}", "", SECRET)  # type: ignore[arg-type]


def test_an_event_that_tiktok_adds_is_passed_on() -> None:
    found = verified(event('{"who": 7, "what": ["a"]}', "post.publish.liked"))
    assert (found.name, found.known, found.twin) == ("post.publish.liked", False, None)
    assert found.payload.who == 7


def test_a_known_event_with_other_content_is_passed_on_as_unknown() -> None:
    found = verified(event('{"new_shape": true}', "post.publish.failed"))
    assert not found.known
    assert found.payload.new_shape is True


def test_a_repeat_has_the_same_key_however_its_content_is_written() -> None:
    keys = {
        verified(event(content, "post.publish.complete")).key
        for content in (
            '{"publish_id":"p","publish_type":"DIRECT_PUBLISH"}',
            '{ "publish_type" : "DIRECT_PUBLISH",\n "publish_id" : "p" }',
            '{"publish_id":"\\u0070","publish_type":"DIRECT_PUBLISH"}',
        )
    }
    assert len(keys) == 1


def test_a_fresh_signature_on_a_repeat_does_not_change_its_key() -> None:
    body = event()
    first, second = signed(body, int(NOW) - 60)[1], signed(body)[1]
    assert verified(body, first).key == verified(body, second).key


def test_different_events_have_different_keys() -> None:
    bodies = [
        event('{"publish_id":"p"}', "post.publish.complete"),
        event('{"publish_id":"q"}', "post.publish.complete"),
        event('{"publish_id":"p"}', "post.publish.inbox_delivered"),
        event('{"publish_id":"p"}', "post.publish.complete", create_time=2),
        event('{"publish_id":"p"}', "post.publish.complete", client_key="other"),
        event('{"publish_id":"p"}', "post.publish.complete", user_openid="o"),
    ]
    assert len({verified(body).key for body in bodies}) == len(bodies)


def test_repeats_are_told_from_first_deliveries_within_bounded_memory() -> None:
    recent = RecentEvents(limit=3)
    a, b, c, d = (verified(event(create_time=number)) for number in range(4))
    assert [recent.first(item) for item in (a, b, c)] == [True, True, True]
    assert [recent.first(item) for item in (a, b, c)] == [False, False, False]
    assert recent.first(d)
    assert recent.first(a), "the oldest one was forgotten"
    assert not recent.first(d)


def test_of_many_threads_with_one_event_one_is_first() -> None:
    recent, found, answers = RecentEvents(), verified(event()), list[bool]()
    together = threading.Barrier(8)

    def receive() -> None:
        together.wait()
        answers.append(recent.first(found))

    threads = [threading.Thread(target=receive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]
