"""TikTok's data of an account reach the activity store, and stay true there."""

from __future__ import annotations

import pytest

from stagedoor.client.errors import ReconnectRequired
from stagedoor.connector.sync import stretch
from stagedoor.connector.sync.schedule import KEEP_REMOVED_SECONDS
from stagedoor.platform.products import display
from tests.connector.conftest import Service
from tests.connector.sync.conftest import SyncedStudio
from tests.support.local import KEY, Local

HOUR, DAY = 3_600.0, 86_400.0
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
    for name, status in synced.status().items():
        assert status["lastSuccessAt"], name
        assert (status["accounts"], status["depth"], status["failing"]) == (1, 0, 0), name
    latest = max(one["lastSuccessAt"] for one in synced.status().values())
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
        assert len({moment[:10] for moment in at}) == 2
    daily = synced.activity(daily="true")
    assert all(len(one["metrics"]["at"]) == 2 for one in daily)


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
    [video] = synced.activity(text="from the SERVICE")
    assert video["videoId"] in post["publicIds"]
    assert (video["publishId"], video["visibility"]) == (publish_id, "public")
    assert video["views"] is not None

    synced.local.phone("POST", f"videos/{video['videoId']}/delete", {})
    synced.trigger("metrics", options={"force": True})
    synced.pump(700.0)
    assert synced.get(publish_id)["visibility"] == "removed"
    [video] = synced.activity(text="from the service")
    assert (video["publishId"], video["visibility"]) == (publish_id, "removed")


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


def test_a_failing_account_is_tried_later_and_later(synced: SyncedStudio) -> None:
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


@sqlite_only
def test_waiting_for_the_rate_limit_is_no_failure(synced: SyncedStudio) -> None:
    synced.local.fault("display.video_list", "rate_limit", times=1)
    synced.trigger("videos")
    assert synced.service.api("GET", "/api/sync/status")["problems"] == []
    before = synced.status()["videos"]["lastSuccessAt"]
    synced.pump(61.0)
    assert synced.status()["videos"]["lastSuccessAt"] > before


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
    assert "profile, videos, metrics or all" in answer.json()["error"]["message"]
    assert synced.service.send("POST", "/api/sync/pause/comets", {}).status_code == 404


@sqlite_only
def test_the_platforms_say_what_is_read_and_how_often(synced: SyncedStudio) -> None:
    [platform] = synced.service.api("GET", "/api/sync/platforms", role="viewer")["platforms"]
    assert platform["platform"] == "tiktok"
    types = {one["syncType"]: one for one in platform["syncTypes"]}
    assert list(types) == ["profile", "videos", "metrics"]
    steps = [one["everySeconds"] for one in types["metrics"]["cadence"]]
    assert steps == sorted(steps)
    assert types["metrics"]["cadence"][-1]["untilAgeSeconds"] is None


def test_a_long_list_is_read_to_its_end_in_several_runs(
    service_without_worker: Service, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretch, "CALLS", 1)
    monkeypatch.setattr(display, "MAX_PAGE", 2)
    studio = SyncedStudio(service_without_worker, local, service_without_worker.connect())
    studio.local.fault("display.video_list", "status", status=500, times=2, skip=1)
    for _ in range(3):
        studio.pump(61.0)
    assert {one["videoId"] for one in studio.activity()} == {one["id"] for one in studio.public()}
    asked = [call for call in studio.local.calls("display.video_list") if call["status"] == 200]
    assert len(asked) == -(-len(studio.public()) // 2)  # no page twice, though a call failed


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
