"""TikTok's data of an account reach the activity store, and stay true there."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from stagedoor.client.errors import ReconnectRequired
from stagedoor.connector.data_rules.settings import DAYS_AFTER_REMOVAL
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations.models import integrations
from stagedoor.connector.limits.errors import TooFast
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.connector.publishing.transitions import Transitions
from stagedoor.connector.sync import sightings, store, sync_run
from stagedoor.connector.sync.sync_run import Wanted
from stagedoor.platform.operation import RateLimit
from stagedoor.platform.products import display
from tests.connector.conftest import Service
from tests.connector.sync.conftest import SyncedStudio
from tests.support.local import KEY, Local
from tests.support.recorded_events import RecordedEvents

HOUR, DAY = 3_600.0, 86_400.0
KEEP_REMOVED_SECONDS = DAYS_AFTER_REMOVAL * DAY
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_connected_account_is_read_at_once(synced: SyncedStudio) -> None:
    videos, public = synced.activity(), synced.public()
    assert {one["videoId"] for one in videos} == {one["id"] for one in public}
    assert [one["postedAt"] for one in videos] == sorted(
        (one["postedAt"] for one in videos), reverse=True
    )
    for video in videos:
        assert video["integrationId"] == synced.account
        assert video["visibility"] == "public"
        assert video["metrics"]["views"][-1] == video["views"] is not None
        assert len(video["metrics"]["at"]) == len(video["metrics"]["likes"]) == 1
    for name, status in synced.mine().items():
        assert status["lastSuccessAt"], name
        assert (status["accounts"], status["depth"], status["failing"]) == (1, 0, 0), name
    latest = max(one["lastSuccessAt"] for one in synced.mine().values())
    [listed] = synced.service.api("GET", "/api/integrations")["integrations"]
    shown = synced.service.api("GET", f"/api/integrations/{synced.account}")
    assert listed["lastSyncAt"] == shown["lastSyncAt"] == latest
    profile = synced.service.api("GET", f"/api/activity/accounts/{synced.account}")
    assert profile["profileUrl"].endswith("@maracooks")
    assert profile["metrics"]["followers"][0] > 0


def test_metrics_and_covers_are_read_again_by_themselves(synced: SyncedStudio) -> None:
    before = {one["videoId"]: one["coverUrl"] for one in synced.activity()}
    for _ in range(5):
        synced.pump(5.6 * HOUR)
    videos = synced.activity()
    assert all(one["coverUrl"] != before[one["videoId"]] for one in videos)
    for video in videos:
        at = video["metrics"]["at"]
        assert at == sorted(set(at))
        assert len(_days(at)) >= 2
    daily = {one["videoId"]: one["metrics"]["at"] for one in synced.activity(daily="true")}
    for video in videos:
        at = daily[video["videoId"]]
        assert len(at) == len(_days(at))
        assert _days(at) == _days(video["metrics"]["at"])


def _days(moments: Iterable[str]) -> set[str]:
    return {moment[:10] for moment in moments}


def test_a_run_that_is_due_asks_tiktok_only_for_what_is_due(synced: SyncedStudio) -> None:
    asked = len(synced.local.calls("display.video_query"))
    synced.pump(10.0)
    assert len(synced.local.calls("display.video_query")) == asked
    synced.trigger("metrics", options={"force": True})
    assert len(synced.local.calls("display.video_query")) > asked


def test_videos_that_are_gone_are_noticed_and_told(synced: SyncedStudio) -> None:
    deleted, hidden = [one["id"] for one in synced.public()][:2]
    synced.local.phone("POST", f"videos/{deleted}/delete", {})
    synced.local.phone("PATCH", f"videos/{hidden}", {"privacy": "SELF_ONLY"})
    synced.trigger("metrics", options={"force": True})
    assert {one["visibility"] for one in synced.activity()} == {"public"}  # one answer may be wrong
    synced.pump(90.0)
    gone = {one["videoId"] for one in synced.activity(visibility="removed")}
    assert gone == {deleted, hidden}
    events = synced.service.api("GET", "/api/webhooks/received")["events"]
    told = [one["content"] for one in events if one["event"] == "video.no_longer_public"]
    assert {one["videoId"] for one in told} == gone

    synced.local.phone("PATCH", f"videos/{hidden}", {"privacy": "PUBLIC_TO_EVERYONE"})
    synced.trigger("videos", options={"force": True})
    assert {one["videoId"] for one in synced.activity(visibility="removed")} == {deleted}
    events = synced.service.api("GET", "/api/webhooks/received")["events"]
    back = [one["content"]["videoId"] for one in events if one["event"] == "video.public"]
    assert back == [hidden]


def test_a_post_of_the_service_joins_its_video(synced: SyncedStudio) -> None:
    publish_id = synced.post(title="From the service")
    post = synced.run(publish_id, "published")
    if not post["publicIds"]:
        synced.pump(60.0)
        post = synced.get(publish_id)
    [video] = synced.activity(text="from the SER\uff36ICE")
    assert video["videoId"] in post["publicIds"]
    assert (video["publishId"], video["visibility"]) == (publish_id, "public")
    assert video["views"] is not None

    synced.local.phone("POST", f"videos/{video['videoId']}/delete", {})
    synced.trigger("metrics", options={"force": True})
    synced.pump(700.0)
    assert synced.get(publish_id)["visibility"] == "removed"
    [video] = synced.activity(text="from the service")
    assert (video["publishId"], video["visibility"]) == (publish_id, "removed")


class Killed(BaseException):
    """The end of a process, for a test."""


@sqlite_only
def test_a_kill_after_a_video_was_found_removed_loses_no_news_of_its_post(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_id = synced.post(title="Killed on the way")
    synced.run(publish_id, "published")
    synced.pump(60.0)
    [video] = synced.activity(text="Killed")
    synced.local.phone("POST", f"videos/{video['videoId']}/delete", {})
    synced.trigger("metrics", options={"force": True})
    synced.advance(700.0)

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying, suppress(Killed):
        dying.setattr(Transitions, "found", killed)
        synced.service.services.sync_runs.run(f"acme/{synced.account}/metrics")
    [video] = synced.activity(text="Killed")
    assert video["visibility"] == "removed"
    synced.pump()
    assert synced.get(publish_id)["visibility"] == "removed"
    notices = synced.service.api("GET", "/api/notices")["notices"]
    assert "post.removed" in {one["kind"] for one in notices}


def test_a_paused_type_waits_and_then_catches_up(synced: SyncedStudio) -> None:
    service = synced.service
    assert service.api("POST", "/api/sync/pause/videos", {}, role="member")["paused"] is True
    asked = len(synced.local.calls("display.video_list"))
    synced.pump(2 * HOUR)
    synced.trigger("videos")
    assert len(synced.local.calls("display.video_list")) == asked
    status = synced.status()
    assert (status["videos"]["depth"], status["videos"]["pausedBy"]) == (1, "u1")
    assert status["metrics"]["paused"] is False
    service.api("POST", "/api/sync/resume/videos", {}, role="member")
    synced.pump()
    assert len(synced.local.calls("display.video_list")) == asked + 1
    assert synced.status()["videos"]["depth"] == 0


def test_triggers_during_a_pause_lose_none_of_their_options(synced: SyncedStudio) -> None:
    service = synced.service
    synced.trigger("metrics")
    asked = len(synced.local.calls("display.video_query"))
    service.api("POST", "/api/sync/pause/metrics", {})
    synced.trigger("metrics", options={"force": True})
    synced.trigger("metrics")
    service.api("POST", "/api/sync/resume/metrics", {})
    synced.pump()
    assert len(synced.local.calls("display.video_query")) > asked  # the first trigger's force


EARLY, LATE = Wanted(1.0, since=100.0), Wanted(2.0, since=200.0)
PLAIN, FORCED = Wanted(3.0), Wanted(4.0, force=True)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (EARLY, LATE, Wanted(2.0, since=100.0)),
        (LATE, PLAIN, Wanted(3.0, since=200.0, older=True)),
        (PLAIN, EARLY, Wanted(1.0, since=100.0, older=True)),
        (PLAIN, FORCED, FORCED),
        (FORCED, PLAIN, Wanted(3.0, force=True)),
        (FORCED, LATE, Wanted(2.0, force=True, since=200.0, older=True)),
        (EARLY.joined(PLAIN), LATE, Wanted(2.0, since=100.0, older=True)),
    ],
)
def test_joined_options_reach_as_far_as_each(first: Wanted, second: Wanted, both: Wanted) -> None:
    assert first.joined(second) == both


@sqlite_only
def test_a_run_that_died_before_a_pause_is_made_up_for_after_it(synced: SyncedStudio) -> None:
    service = synced.service
    service.api("POST", "/api/sync/pause/videos", {})
    # as a process leaves it that dies during a run
    change_state(synced, due=None, held_by="elsewhere 1 1.00 dead", held_until=1.0)
    asked = len(synced.local.calls("display.video_list"))
    synced.pump(HOUR)  # the due row, which the engine has for the job, comes to nothing
    service.services.sync_runs.run(f"acme/{synced.account}/videos")
    service.api("POST", "/api/sync/resume/videos", {})
    synced.pump()
    assert len(synced.local.calls("display.video_list")) == asked + 1


def test_a_failing_account_is_tried_later_and_later(synced: SyncedStudio) -> None:
    told = RecordedEvents.of(synced.service, "sync.*")
    synced.local.fault("display.video_list", "status", status=500, times=4)
    synced.trigger("videos")
    for attempts in (1, 2):
        answer = synced.service.api("GET", "/api/sync/status")
        [problem] = answer["problems"]
        assert (problem["syncType"], problem["attempts"]) == ("videos", attempts)
        assert problem["nextAttemptAt"]
        assert problem["message"]
        synced.pump(61.0 * 2 ** (attempts - 1))
    assert synced.service.api("GET", "/api/sync/status")["problems"] == []
    assert synced.status()["metrics"]["failing"] == 0
    [failed, completed] = told.events()
    assert (failed[0], failed[1]["type"]) == ("sync.failed", "videos")
    assert failed[1]["error"]["message"]
    about = {"integrationId": synced.account, "type": "videos"}
    assert completed == ("sync.completed", about)


@sqlite_only
def test_waiting_for_the_rate_limit_is_no_failure(synced: SyncedStudio) -> None:
    synced.local.fault("display.video_list", "rate_limit", times=1)
    synced.trigger("videos")
    assert synced.service.api("GET", "/api/sync/status")["problems"] == []
    before = synced.status()["videos"]["lastSuccessAt"]
    synced.pump(61.0)
    assert synced.status()["videos"]["lastSuccessAt"] > before


@sqlite_only
def test_synchronisation_leaves_room_for_people(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is synchronised, a person's call finds a place."""
    pacer, asked = synced.service.services.pacer, set[tuple[Any, RateLimit]]()
    reserve = DatabasePacer.reserve_now

    def noted(self: DatabasePacer, key: Any, limit: RateLimit) -> float | TooFast:
        asked.add((key, limit))
        return reserve(self, key, limit)

    with monkeypatch.context() as patch:
        patch.setattr(DatabasePacer, "reserve_now", noted)
        synced.trigger("videos", options={"force": True})
    [listing] = [one for one in asked if one[0][0] == "display.video_list"]
    monkeypatch.setattr("stagedoor.connector.limits.window._BURST", 1_000)  # at once, for a test
    while not isinstance(pacer.reserve_now(*listing), TooFast):
        pass
    before = len(synced.local.calls("display.video_list"))
    assert synced.call("list-videos", {"fields": ["id"]})["videos"]
    synced.trigger("videos", options={"force": True})
    assert len(synced.local.calls("display.video_list")) == before + 1
    assert synced.service.api("GET", "/api/sync/status")["problems"] == []


def test_a_removed_authorization_stops_sync_and_its_data_goes_in_time(
    synced: SyncedStudio,
) -> None:
    publish_id = synced.post(title="Stays")
    synced.run(publish_id, "published")
    grant = synced.service.services.integrations.get("acme", synced.account).grant
    assert synced.service.services.integrations.removed(grant.id, 1)
    asked = len(synced.local.calls("display.video_query"))
    synced.pump(2 * DAY)
    assert len(synced.local.calls("display.video_query")) == asked
    assert synced.activity()
    synced.pump(KEEP_REMOVED_SECONDS)
    assert synced.activity() == []
    assert synced.get(publish_id)["state"] == "published"


@sqlite_only
def test_an_account_that_connects_again_keeps_its_history(synced: SyncedStudio) -> None:
    count = len(synced.activity())
    synced.local.phone("POST", "disconnect", {"client_key": KEY})
    grant = synced.service.services.integrations.get("acme", synced.account).grant
    synced.service.services.integrations.removed(grant.id, 1)
    synced.pump(DAY)
    assert synced.service.connect() == synced.account
    synced.pump(KEEP_REMOVED_SECONDS)
    assert len(synced.activity()) == count
    assert all(len(one["metrics"]["at"]) >= 1 for one in synced.activity())


def revoked(studio: SyncedStudio) -> str:
    """Remove the account's authorization; returns the ref of its erasure."""
    studio.local.phone("POST", "disconnect", {"client_key": KEY})
    accounts = studio.service.services.integrations
    accounts.removed(accounts.get("acme", studio.account).grant.id, 1)
    return f"acme/{studio.account}/creator"


@sqlite_only
def test_an_account_that_connects_again_during_the_erasure_is_read_again(
    synced: SyncedStudio,
) -> None:
    ref, erasure = revoked(synced), synced.service.services.removals
    assert erasure.part(ref)  # from here on, no run of the old consent can write
    assert synced.service.connect() == synced.account
    assert not erasure.part(ref)
    synced.pump()
    assert {one["accounts"] for one in synced.mine().values()} == {1}
    assert {one["videoId"] for one in synced.activity()} == {one["id"] for one in synced.public()}


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_nobody_connects_the_account_while_an_erasure_deletes(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, real = synced.service.services, store.remove
    connecting = update(integrations).values(connected_at=1.0)
    waits = []

    def remove(tenant: TenantConnection, integration: str, kinds: Collection[str]) -> bool:
        with services.database.engine.connect() as other:
            other.execute(text("SET LOCAL lock_timeout = '1ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                other.execute(connecting.where(integrations.c.id == integration))
        waits.append(integration)
        return real(tenant, integration, kinds)

    monkeypatch.setattr(store, "remove", remove)
    services.removals.part(revoked(synced))
    assert waits == [synced.account]


def before_answers_are_kept(monkeypatch: pytest.MonkeyPatch, *then: Callable[[], object]) -> None:
    """Call each of `then` while a run has an answer in hand, in the order of the answers."""
    real, left = sightings.of, list(then)

    def of(page: display.VideoPage) -> Any:
        if left:
            left.pop(0)()
        return real(page)

    monkeypatch.setattr(sightings, "of", of)


def change_state(studio: SyncedStudio, **values: Any) -> Any:
    """Change the state of an account's `videos`; returns it as it was."""
    with studio.service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        before = store.lock(tenant, studio.account, "videos")
        if values:
            store.change(tenant, studio.account, "videos", **values)
    return before


def test_nothing_is_written_after_the_data_of_a_deleted_account_is_gone(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete() -> None:
        synced.service.api("DELETE", f"/api/integrations/{synced.account}")
        synced.pump()
        assert synced.activity() == []

    before_answers_are_kept(monkeypatch, delete)
    synced.trigger("videos", options={"force": True})
    assert synced.activity() == []


@sqlite_only
def test_a_run_that_was_taken_over_leaves_the_other_ones_hold_and_progress(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {
        "held_by": "elsewhere 1 1.00 other",
        "held_until": time.time() + 1_000,
        "progress": {"whole": True, "since": None, "cursor": 5},
    }
    before_answers_are_kept(monkeypatch, lambda: change_state(synced, **others))
    before = change_state(synced)
    synced.trigger("videos")
    after = change_state(synced)
    assert {name: getattr(after, name) for name in others} == others
    assert after.succeeded == before.succeeded


@sqlite_only
def test_a_long_run_extends_its_hold(synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "MAX_PAGE", 2)
    soon, held = time.time() + 30, []
    before_answers_are_kept(
        monkeypatch,
        lambda: change_state(synced, held_until=soon),
        lambda: held.append(change_state(synced).held_until),
    )
    synced.trigger("videos", options={"force": True})
    assert held[0] > soon


def test_an_account_that_is_deleted_takes_its_data_with_it(synced: SyncedStudio) -> None:
    synced.service.api("DELETE", f"/api/integrations/{synced.account}")
    synced.pump()
    assert synced.activity() == []
    assert synced.status()["videos"]["accounts"] == 0


@sqlite_only
def test_an_account_without_the_scope_is_told_and_not_asked_for(synced: SyncedStudio) -> None:
    service = synced.service
    service.connect(org="other", scopes=("user.info.basic",))
    asked = len(synced.local.calls("display.video_list"))
    synced.pump()
    answer = service.api("GET", "/api/sync/status", org="other")
    wrong = {one["syncType"]: one for one in answer["problems"]}
    assert set(wrong) == {"videos", "metrics"}
    assert "video.list" in wrong["videos"]["message"]
    assert len(synced.local.calls("display.video_list")) == asked


@sqlite_only
def test_roles_and_other_organisations(synced: SyncedStudio) -> None:
    service = synced.service
    body = {"syncType": "all"}
    assert service.send("POST", "/api/sync/trigger", body, role="viewer").status_code == 403
    assert service.send("POST", "/api/sync/pause/videos", {}, role="viewer").status_code == 403
    assert service.send("GET", "/api/sync/status", role="viewer").status_code == 200
    begun = service.api("POST", "/api/sync/trigger", body, org="other")
    assert {one["accounts"] for one in begun["triggered"]} == {0}
    foreign = body | {"integrationId": synced.account}
    assert service.send("POST", "/api/sync/trigger", foreign, org="other").status_code == 404
    service.api("POST", "/api/sync/pause/videos", {}, org="other")
    assert synced.status()["videos"]["paused"] is False
    assert service.api("GET", "/api/activity", org="other")["activity"] == []
    query = {"integrationId": synced.account}
    assert service.api("GET", "/api/activity", org="other", **query)["activity"] == []
    path = f"/api/activity/accounts/{synced.account}"
    assert service.send("GET", path, org="other").status_code == 404
    export = service.send("GET", "/api/activity/export", org="other", format="jsonl")
    assert (export.status_code, export.content) == (200, b"")


@sqlite_only
@pytest.mark.parametrize("names", ["comets", ["videos", "comets"]])
def test_an_unknown_type_is_refused_by_name(synced: SyncedStudio, names: object) -> None:
    answer = synced.service.send("POST", "/api/sync/trigger", {"syncType": names})
    assert answer.status_code == 400
    assert "comets" in answer.json()["error"]["message"]
    known = "profile, videos, metrics, comments, ads-metrics, ads-status or all"
    assert known in answer.json()["error"]["message"]
    assert synced.service.send("POST", "/api/sync/pause/comets", {}).status_code == 404


@sqlite_only
def test_the_platforms_say_what_is_read_and_how_often(synced: SyncedStudio) -> None:
    [platform] = synced.service.api("GET", "/api/sync/platforms", role="viewer")["platforms"]
    assert platform["platform"] == "tiktok"
    types = {one["syncType"]: one for one in platform["syncTypes"]}
    names = ["profile", "videos", "metrics", "comments", "ads-metrics", "ads-status"]
    assert list(types) == names
    subjects = [one["subject"] for one in types.values()]
    assert subjects == ["creator", "creator", "creator", "businessAccount", "ads", "ads"]
    steps = [one["everySeconds"] for one in types["metrics"]["cadence"]]
    assert steps == sorted(steps)
    assert types["metrics"]["cadence"][-1]["untilAgeSeconds"] is None


def test_a_long_list_is_read_to_its_end_in_several_runs(
    service_without_worker: Service, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_run, "CALLS", 1)
    monkeypatch.setattr(display, "MAX_PAGE", 2)
    studio = SyncedStudio(service_without_worker, local, service_without_worker.connect())
    studio.local.fault("display.video_list", "status", status=500, times=2, skip=1)
    for _ in range(3):
        studio.pump(61.0)
    assert {one["videoId"] for one in studio.activity()} == {one["id"] for one in studio.public()}
    asked = [call for call in studio.local.calls("display.video_list") if call["status"] == 200]
    assert len(asked) == -(-len(studio.public()) // 2)  # no page twice, though a call failed


@sqlite_only
def test_a_trigger_is_told_when_its_last_run_has_ended(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_run, "CALLS", 1)
    monkeypatch.setattr(display, "MAX_PAGE", 2)
    told = RecordedEvents.of(synced.service, "sync.*")
    body = {"platform": "tiktok", "syncType": "videos", "options": {"force": True}}
    synced.service.api("POST", "/api/sync/trigger", body)
    synced.local.fault("display.video_list", "status", status=500, times=2, skip=1)
    synced.pump()
    assert [name for name, _ in told.events()] == ["sync.failed"], "the second run fails"
    synced.pump(61.0)
    assert [name for name, _ in told.events()] == ["sync.failed", "sync.completed"]
    synced.pump(86_400.0)
    assert len(told.events()) == 2, "what is due by itself is told to nobody"


@sqlite_only
def test_a_call_under_way_leaves_a_revoked_account_revoked(synced: SyncedStudio) -> None:
    integrations = synced.service.services.integrations
    account, under_way = integrations.acting("acme", synced.account)
    synced.local.phone("POST", "disconnect", {"client_key": KEY})
    assert integrations.removed(account.grant.id, 1)
    with pytest.raises(ReconnectRequired):
        under_way.videos.list()
    shown = synced.service.api("GET", f"/api/integrations/{synced.account}")
    assert shown["status"] == "revoked"
