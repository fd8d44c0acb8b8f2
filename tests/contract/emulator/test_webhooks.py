"""Webhooks as their receiver sees them: signed, in order, repeated until an exact 200."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any

import httpx2
import pytest

from stagedoor import verify_webhook
from stagedoor.platform import catalogue, signature
from stagedoor.platform.products import posting, webhooks
from stagedoor.platform.products.business_events import SubscriptionEvent
from stagedoor.platform.products.portability import DATA_ADD
from tests.support import media
from tests.support.poster import PUBLIC_CREATOR, READY, SECRET, Poster, photos
from tests.support.site import Got, Site

from .conftest import TikTok

HOOK = "/hooks/tiktok"
HOME = f"phone/{PUBLIC_CREATOR}"


@pytest.fixture
def inbox(poster: Poster, site: Site) -> Site:
    """The ready-made app's receiver."""
    poster.control("PATCH", f"apps/{READY}", {"webhook_url": f"{site.url}{HOOK}"})
    return site


def told(site: Site) -> list[tuple[str, dict[str, Any]]]:
    """Events and their content, in the order of arrival."""
    bodies = [json.loads(got.body) for got in site.got]
    return [(body["event"], json.loads(body["content"])) for body in bodies]


def names(site: Site) -> list[str]:
    return [name for name, _ in told(site)]


def signed_at(got: Got) -> int:
    """The t of a delivery's signature, which is checked against the raw bytes."""
    match = re.fullmatch(r"t=(\d+),s=([0-9a-f]{64})", got.headers["tiktok-signature"])
    assert match is not None
    assert match[2] == signature.digest(SECRET, match[1], got.body)
    return int(match[1])


def now(poster: Poster) -> float:
    return float(poster.control("GET", "clock")["now"])


def ping(poster: Poster) -> dict[str, Any]:
    return dict(poster.control("POST", f"apps/{READY}/ping"))


def test_a_public_post_tells_its_steps_under_old_and_new_names(poster: Poster, inbox: Site) -> None:
    issued = poster.control("POST", "tokens", {"client_key": READY})
    publish_id = poster.post_video(issued["access_token"], media.video())
    poster.advance(5)
    (video,) = poster.publish(publish_id)["videos"]
    about = {"publish_id": publish_id, "publish_type": "DIRECT_PUBLISH"}
    (complete, twin, public) = told(inbox)
    assert complete == ("post.publish.complete", about)
    assert public == ("post.publish.publicly_available", about | {"post_id": video["id"]})
    assert twin[0] == "video.publish.completed"
    assert twin[1].keys() == {"share_id"}
    assert re.fullmatch(r"video\.\d+\.\w+", twin[1]["share_id"])
    for got in inbox.got:
        assert got.target == HOOK
        assert got.headers["content-type"] == "application/json"
        body = json.loads(got.body)
        assert body["client_key"] == READY
        assert body["user_openid"] == issued["open_id"]
        assert abs(body["create_time"] - signed_at(got)) <= 1


def test_old_names_can_be_silenced_and_photos_have_none(poster: Poster, inbox: Site) -> None:
    poster.control("PUT", "hosts", {"media.example.com": inbox.url})
    inbox.pages["/1.jpg"] = media.photo()
    token = poster.token()
    poster.data(posting.CONTENT_INIT, token, photos("https://media.example.com/1.jpg"))
    poster.advance(5)
    posted = [got for got in inbox.got if got.method == "POST"]
    assert [json.loads(got.body)["event"] for got in posted] == [
        "post.publish.complete",
        "post.publish.publicly_available",
    ]
    inbox.got.clear()
    poster.settings(legacy_events=False)
    poster.post_video(token, media.video(), privacy="SELF_ONLY")
    poster.advance(5)
    assert names(inbox) == ["post.publish.complete"]


def test_a_draft_tells_its_delivery_and_every_post_made_from_it(
    poster: Poster, inbox: Site
) -> None:
    poster.settings(legacy_events=False)
    publish_id = poster.leave_draft(poster.token(), media.video())
    poster.advance(5)
    about = {"publish_id": publish_id, "publish_type": "INBOX_SHARE"}
    assert told(inbox) == [("post.publish.inbox_delivered", about)]
    for _ in range(2):
        poster.control("POST", f"{HOME}/drafts/{publish_id}/finish")
        poster.advance(5)
    assert (
        names(inbox)[1:]
        == [
            "post.publish.complete",
            "post.publish.publicly_available",
        ]
        * 2
    )
    ids = {content["post_id"] for _, content in told(inbox) if "post_id" in content}
    assert len(ids) == 2


def test_a_failure_gives_its_reason_under_reason(poster: Poster, inbox: Site) -> None:
    publish_id = poster.post_video(poster.token(), media.video(fps=15))
    poster.advance(5)
    (failed, twin) = told(inbox)
    assert failed == (
        "post.publish.failed",
        {
            "publish_id": publish_id,
            "publish_type": "DIRECT_PUBLISH",
            "reason": "frame_rate_check_failed",
        },
    )
    assert twin[0] == "video.upload.failed"


def test_a_removed_grant_is_told_with_dead_tokens(poster: Poster, inbox: Site) -> None:
    token = poster.token()
    poster.control("POST", f"{HOME}/disconnect", {"client_key": READY, "reason": 4})
    poster.advance(1)
    assert told(inbox) == [("authorization.removed", {"reason": 4})]
    answer = poster.http.get(
        "/v2/user/info/?fields=open_id", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.json()["error"]["code"] == "access_token_invalid"


def test_revoking_fails_what_is_under_way_and_tells_both(poster: Poster, inbox: Site) -> None:
    poster.settings(legacy_events=False)
    token = poster.token()
    poster.init_file(token, 3_000_000)
    form = {"client_key": READY, "client_secret": SECRET, "token": token}
    assert "error" not in poster.http.post("/v2/oauth/revoke/", data=form).json()
    poster.advance(1)
    assert sorted(names(inbox)) == ["authorization.removed", "post.publish.failed"]
    contents = dict(told(inbox))
    assert contents["authorization.removed"] == {"reason": 5}
    assert contents["post.publish.failed"]["reason"] == "auth_removed"


@pytest.mark.parametrize("status", [201, 204, 302, 400, 500])
def test_only_an_exact_200_is_a_success(poster: Poster, inbox: Site, status: int) -> None:
    inbox.statuses = [status]
    delivery = ping(poster)
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("waiting", status)
    poster.advance(60)
    (shown,) = poster.control("GET", "deliveries")["deliveries"]
    assert shown["state"] == "delivered"
    assert [attempt["status"] for attempt in shown["attempts"]] == [status, 200]


def test_retries_come_on_schedule_with_a_fresh_signature_and_the_same_body(
    poster: Poster, inbox: Site
) -> None:
    inbox.statuses = [500] * 4
    began = now(poster)
    ping(poster)
    poster.advance(60 + 120 + 240 + 479)
    assert len(inbox.got) == 4
    poster.advance(2)
    moments = [signed_at(got) - began for got in inbox.got]
    assert moments == pytest.approx([0, 60, 180, 420, 900], abs=1.5)
    assert len({got.body for got in inbox.got}) == 1


def test_a_delivery_is_dropped_within_72_hours(poster: Poster, inbox: Site) -> None:
    inbox.then = 500
    ping(poster)
    poster.advance(webhooks.RETRY_HOURS * 3_600)
    (shown,) = poster.control("GET", "deliveries")["deliveries"]
    assert shown["state"] == "dropped"
    assert len(inbox.got) == len(shown["attempts"]) == len(webhooks.BACKOFF_SECONDS) + 1
    poster.advance(30 * 86_400)
    assert len(inbox.got) == len(shown["attempts"])


def test_a_receiver_that_is_down_gets_the_event_when_it_is_back(
    poster: Poster, inbox: Site
) -> None:
    poster.control("PATCH", f"apps/{READY}", {"webhook_url": "http://127.0.0.1:9/hook"})
    delivery = ping(poster)
    assert delivery["attempts"][0]["status"] is None
    assert "ConnectError" in delivery["attempts"][0]["error"]
    assert delivery["state"] == "waiting"


def test_a_slow_receiver_holds_up_nobody_else(poster: Poster, inbox: Site, tiktok: TikTok) -> None:
    poster.settings(webhook_timeout_seconds=8)
    inbox.hold = threading.Event()
    poster.control("POST", "clock", {"freeze": False})
    sender = threading.Thread(target=ping, args=(poster,))
    sender.start()
    assert inbox.held.wait(5)
    with httpx2.Client(base_url=tiktok.url, timeout=20) as http:
        other = Poster(http)
        began = time.monotonic()
        publish_id = other.post_video(other.token(), media.video())
        other.until(publish_id, lambda seen: seen["status"] == "PUBLISH_COMPLETE")
        assert time.monotonic() - began < 5
    inbox.hold.set()
    sender.join(10)
    assert not sender.is_alive()


def test_a_receiver_that_never_answers_is_tried_again(poster: Poster, inbox: Site) -> None:
    poster.settings(webhook_timeout_seconds=0.2)
    inbox.hold = threading.Event()
    delivery = ping(poster)
    assert delivery["attempts"][0]["status"] is None
    assert "Timeout" in delivery["attempts"][0]["error"]
    inbox.hold.set()
    inbox.hold = None
    poster.settings(webhook_timeout_seconds=10)
    poster.advance(60)
    (shown,) = poster.control("GET", "deliveries")["deliveries"]
    assert shown["state"] == "delivered"


def test_duplicates_arrive_when_they_are_switched_on(poster: Poster, inbox: Site) -> None:
    poster.settings(duplicate_webhooks=True)
    ping(poster)
    poster.advance(1)
    assert len(inbox.got) == 2
    assert inbox.got[0].body == inbox.got[1].body


def test_webhooks_come_late_and_out_of_order_when_a_setting_says_so(
    poster: Poster, inbox: Site
) -> None:
    token, film = poster.token(), media.video()
    poster.settings(webhook_delay_seconds=600, legacy_events=False)
    poster.post_video(token, film)
    poster.advance(300)
    assert inbox.got == []
    poster.advance(600)
    events = [json.loads(one.body)["event"] for one in inbox.got]
    assert len(events) == 2
    inbox.got.clear()
    poster.settings(webhook_delay_seconds=0, reordered_webhooks=True)
    poster.post_video(token, film)
    poster.post_video(token, film)
    poster.advance(60)
    sent = [one["id"] for one in poster.control("GET", "deliveries")["deliveries"]][2:]
    first_tries = {
        one["id"]: one["attempts"][0]["at"]
        for one in poster.control("GET", "deliveries")["deliveries"]
    }
    assert sorted(sent, key=first_tries.__getitem__) != sent, "a later event came first"
    assert sorted(json.loads(one.body)["event"] for one in inbox.got) == sorted(events * 2)


def test_a_delivery_can_be_repeated(poster: Poster, inbox: Site) -> None:
    delivery = ping(poster)
    again = poster.control("POST", f"deliveries/{delivery['id']}/repeat")
    assert [attempt["status"] for attempt in again["attempts"]] == [200, 200]
    assert inbox.got[0].body == inbox.got[1].body
    assert poster.refusal("POST", "deliveries/nothing/repeat")[0] == 404


def test_a_ping_is_what_the_portals_button_sends(poster: Poster, inbox: Site) -> None:
    ping(poster)
    (got,) = inbox.got
    body = json.loads(got.body)
    assert (body["event"], body["user_openid"], body["content"]) == ("tiktok.ping", "", "{}")
    signed_at(got)


def test_a_ping_needs_an_app_with_a_callback(poster: Poster) -> None:
    assert poster.refusal("POST", f"apps/{READY}/ping")[0] == 409
    assert poster.refusal("POST", "apps/nobody/ping")[0] == 404


def test_an_app_without_a_callback_is_told_nothing(poster: Poster) -> None:
    poster.post_video(poster.token(), media.video())
    poster.advance(5)
    assert poster.control("GET", "deliveries") == {"deliveries": []}


def test_deliveries_can_be_filtered_and_never_show_the_secret(poster: Poster, inbox: Site) -> None:
    ping(poster)
    publish_id = poster.post_video(poster.token(), media.video())
    poster.advance(5)
    listed = poster.control("GET", f"deliveries?publish_id={publish_id}")["deliveries"]
    assert [delivery["event"] for delivery in listed] == [
        "post.publish.complete",
        "video.publish.completed",
        "post.publish.publicly_available",
    ]
    pinged = poster.control("GET", "deliveries?event=tiktok.ping&state=delivered")
    assert len(pinged["deliveries"]) == 1
    assert SECRET not in poster.http.get("/_emulator/deliveries").text
    assert poster.refusal("GET", "deliveries?limit=x")[0] == 400


def test_a_public_address_of_the_receiver_is_reached_through_the_host_map(
    poster: Poster, site: Site
) -> None:
    poster.control("PUT", "hosts", {"app.example.com": site.url})
    poster.control("PATCH", f"apps/{READY}", {"webhook_url": f"https://app.example.com{HOOK}"})
    assert ping(poster)["state"] == "delivered"
    assert site.got[0].target == HOOK


@pytest.mark.parametrize(
    ("spelling", "event"),
    [
        ("publicaly", "post.publish.no_longer_publicaly_available"),
        ("publicly", "post.publish.no_longer_publicly_available"),
    ],
)
def test_a_post_that_is_hidden_is_told_in_either_spelling(
    poster: Poster, inbox: Site, spelling: str, event: str
) -> None:
    poster.settings(legacy_events=False, no_longer_public_as=spelling)
    publish_id = poster.post_video(poster.token(), media.video())
    poster.advance(5)
    (video,) = poster.publish(publish_id)["videos"]
    poster.control("POST", f"{HOME}/videos/{video['id']}/delete")
    poster.advance(5)
    name, content = told(inbox)[-1]
    assert (name, content["post_id"]) == (event, video["id"])


def test_every_declared_event_is_sent_and_read_as_its_type(poster: Poster, inbox: Site) -> None:
    issued = poster.control("POST", "tokens", {"client_key": READY, "scopes": EVENTFUL})
    token = issued["access_token"]
    ping(poster)
    posted = poster.post_video(token, media.video())
    broken = poster.post_video(token, media.video(fps=15))
    draft = poster.leave_draft(token, media.video())
    wanted = {"data_format": "json", "category_selection_list": ["profile"]}
    bearer = {"Authorization": f"Bearer {token}"}
    export = poster.http.post(
        f"{DATA_ADD.path}?fields=request_id", json=wanted, headers=bearer
    ).json()["data"]["request_id"]
    poster.advance(5)
    (public,) = poster.status(token, posted)["publicaly_available_post_id"]
    for spelt in ("publicaly", "publicly"):
        poster.settings(no_longer_public_as=spelt)
        for privacy in ("SELF_ONLY", "PUBLIC_TO_EVERYONE"):
            poster.control("PATCH", f"{HOME}/videos/{public}", {"privacy": privacy})
            poster.advance(1)
    poster.control("POST", f"{HOME}/disconnect", {"client_key": READY, "reason": 1})
    poster.advance(1)

    read = [
        verify_webhook(got.body, got.headers["tiktok-signature"], SECRET, now=now(poster))
        for got in inbox.got
    ]
    declared = catalogue.events()
    of_business = {
        name
        for name, event in declared.items()
        if isinstance(event, SubscriptionEvent) or name in OF_BUSINESS
    }
    assert {event.name for event in read} == set(declared) - of_business
    for event in read:
        assert event.known
        assert type(event.payload) is declared[event.name].payload
        assert event.twin == declared[event.name].twin
        assert event.open_id == issued["open_id"] or event.name in OF_NOBODY
    told_of = {event.name: event.payload for event in read}
    assert told_of["post.publish.publicly_available"].post_id == str(public)
    assert told_of["post.publish.failed"].publish_id == broken
    assert told_of["post.publish.inbox_delivered"].publish_id == draft
    assert told_of["portability.download.ready"].request_id == str(export)
    assert told_of["authorization.removed"].reason == 1


EVENTFUL = ["video.publish", "video.upload", "portability.all.ongoing"]
OF_BUSINESS = frozenset({"comment.update", "brand.mention.event"})
"""Events that only apps of TikTok API for Business get, besides those of subscriptions."""
OF_NOBODY = frozenset({"tiktok.ping", "portability.download.ready"})
"""Events that name no person."""
