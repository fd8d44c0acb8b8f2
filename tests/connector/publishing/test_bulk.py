"""Posts from a CSV file: all rows or none, and each row once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import InvalidInput, ServiceUnavailable
from stagedoor.connector.integrations import store as integrations
from stagedoor.connector.media.blocking_slots import Busy
from stagedoor.connector.publishing import bulk, bulk_routes, bulk_rows
from stagedoor.connector.publishing.bulk import Bulk
from stagedoor.connector.publishing.drafts import Drafts
from stagedoor.platform import local_times
from tests.connector.publishing.conftest import PumpedStudio
from tests.support import media

BULK = "/api/posts/bulk"
FILM = "https://media.example.com/film.mp4"
HEAD = "key,caption,privacyLevel,publishAt,videoUrl"


def file_of(pumped: PumpedStudio, count: int, first: str = "one") -> str:
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC).isoformat()
    names = [first, *(f"row{number}" for number in range(1, count))]
    return "\n".join([HEAD, *(f"{name},Hello {name},SELF_ONLY,{at},{FILM}" for name in names)])


def send(pumped: PumpedStudio, text: str, **more: Any) -> Any:
    return pumped.service.api("POST", BULK, {"csv": text} | more, role="member")


def listed(pumped: PumpedStudio) -> list[dict[str, Any]]:
    return list(pumped.service.api("GET", "/api/posts")["posts"])


def test_a_file_is_tried_scheduled_and_never_scheduled_twice(pumped: PumpedStudio) -> None:
    text = file_of(pumped, 7)
    tried = send(pumped, text, dryRun=True)
    assert {row["outcome"] for row in tried["rows"]} == {"fits"}
    assert listed(pumped) == []
    # the seventh in a minute goes out later, and the dry run says so
    assert [bool(row["warnings"]) for row in tried["rows"]] == [False] * 6 + [True]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: send(pumped, text), range(3)))
    made = {row["publishId"] for answer in answers for row in answer["rows"]}
    outcomes = [row["outcome"] for answer in answers for row in answer["rows"]]
    assert (len(made), outcomes.count("scheduled"), outcomes.count("existing")) == (7, 7, 14)
    assert {post["publishId"] for post in listed(pumped)} == made
    assert {post["state"] for post in listed(pumped)} == {"scheduled"}
    answer = pumped.service.send("POST", BULK, {"csv": text}, role="viewer")
    assert answer.status_code == 403
    other = pumped.service.send("POST", BULK, {"csv": text}, org="other")
    assert other.json()["error"]["code"] == "no_integration"


def test_every_row_is_checked_before_any_is_scheduled(pumped: PumpedStudio) -> None:
    good = file_of(pumped, 2)
    at = good.splitlines()[1].split(",")[3]
    bad = [
        f"b1,Hi,EVERYBODY,{at},{FILM}",
        f"b2,Hi,SELF_ONLY,2020-01-01T00:00:00Z,{FILM}",
        f"b3,Hi,SELF_ONLY,{at},",
        f"one,Again,SELF_ONLY,{at},{FILM}",
        f"b4,{'x' * 2201},SELF_ONLY,{at},{FILM}",
    ]
    answer = pumped.service.send("POST", BULK, {"csv": "\n".join([good, *bad])})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "csv_refused")
    problems = error["detail"]["problems"]
    found = [(one["row"], one["path"]) for one in problems]
    assert found == [
        (4, "privacyLevel"),
        (5, "publishAt"),
        (6, ""),
        (7, "key"),
        (8, "caption"),
    ]
    assert "in the past" in problems[1]["reason"]
    assert listed(pumped) == []


def test_what_the_file_the_database_the_clock_and_tiktok_refuse_is_told_at_once(
    pumped: PumpedStudio,
) -> None:
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC).isoformat()
    rows = [
        f"a,EVERYBODY,{at},film,",
        f"b,SELF_ONLY,{at},nofilm,",
        f"c,FOLLOWER_OF_CREATOR,{at},,{FILM}",
        f"d,FOLLOWER_OF_CREATOR,2130-01-01T00:00:00Z,,{FILM}",
        f"e,SELF_ONLY,{at},,{FILM},too,many",
    ]
    text = "\n".join(["key,privacyLevel,publishAt,mediaId,videoUrl", *rows])
    error = pumped.service.send("POST", BULK, {"csv": text, "dryRun": True}).json()["error"]
    found = [(one["row"], one["path"]) for one in error["detail"]["problems"]]
    assert found == [
        (2, "privacyLevel"),
        (3, "mediaId"),
        (4, "privacyLevel"),
        (5, "publishAt"),
        (5, "privacyLevel"),
        (6, ""),
    ]


def test_a_file_that_breaks_off_schedules_nothing_and_can_be_sent_again(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, seen = file_of(pumped, 3), list[int]()
    add = Drafts.add_scheduled

    def breaks(self: Drafts, *given: Any, **more: Any) -> None:
        add(self, *given, **more)
        seen.append(1)
        if len(seen) == 2:
            raise ServiceUnavailable("The database is gone.")

    monkeypatch.setattr(Drafts, "add_scheduled", breaks)
    assert pumped.service.send("POST", BULK, {"csv": text}).status_code == 503
    assert listed(pumped) == []
    monkeypatch.undo()
    send(pumped, text)
    assert len(listed(pumped)) == 3
    changed = text.replace("Hello one", "Bye one")
    refused = pumped.service.send("POST", BULK, {"csv": changed}).json()["error"]
    assert "was made from another row" in refused["message"]


def test_files_of_the_library_are_posted_and_members_wait(pumped: PumpedStudio) -> None:
    added = pumped.service.api("POST", "/api/media", {"kind": "video"})
    pumped.put(added["uploadUrl"], media.video())
    film = added["media"]["mediaId"]
    pumped.service.api("PUT", "/api/settings/publishing", {"publishing": "approval"})
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC)
    rows = [f"k{n};Take {n};SELF_ONLY;{at:%Y-%m-%d %H:%M};{film};@maracooks" for n in range(2)]
    text = "\n".join(["key;caption;privacyLevel;publishAt;mediaId;account", *rows])
    answer = send(pumped, text, timeZone="UTC")
    assert [row["outcome"] for row in answer["rows"]] == ["waiting", "waiting"]
    [notice] = pumped.service.api("GET", "/api/notices")["notices"]
    assert "2 posts of u1 wait" in notice["message"]
    publish_id = answer["rows"][0]["publishId"]
    pumped.service.api("POST", f"/api/posts/{publish_id}/approve")
    pumped.pump(3700)
    assert pumped.run(publish_id)["state"] == "published"
    assert [one["title"] for one in pumped.made()] == ["Take 0"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_large_file_leaves_unchecked_is_told(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = []
    for _ in range(2):
        added = pumped.service.api("POST", "/api/media", {"kind": "video"})
        pumped.put(added["uploadUrl"], media.video())
        films.append(added["media"]["mediaId"])
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC).isoformat()
    rows = [f"k{number},SELF_ONLY,{at},{film}" for number, film in enumerate(films)]
    text = "\n".join(["key,privacyLevel,publishAt,mediaId", *rows])
    assert [row["warnings"] for row in send(pumped, text, dryRun=True)["rows"]] == [[], []]
    monkeypatch.setattr(bulk_routes, "MAX_PROBED", 1)
    first, second = send(pumped, text, dryRun=True)["rows"]
    assert first["warnings"] == []
    assert "weren't looked into" in str(second["warnings"])
    monkeypatch.setattr(bulk_routes, "SECONDS", 0.0)
    for row in send(pumped, text, dryRun=True)["rows"]:
        probed, asked = row["warnings"]
        assert "weren't looked into" in probed
        assert "wasn't asked" in asked
    monkeypatch.undo()
    monkeypatch.setattr(bulk, "MAX_ASKED", 0)
    busy = Busy("Too much is under way.")
    monkeypatch.setattr(type(pumped.service.services.media), "probe", Mock(side_effect=busy))
    for row in send(pumped, text)["rows"]:
        probed, asked = row["warnings"]
        assert "couldn't be looked into" in probed
        assert "wasn't asked" in asked


def test_an_existing_row_has_the_times_of_its_post(pumped: PumpedStudio) -> None:
    text = file_of(pumped, 1)
    [made] = send(pumped, text)["rows"]
    later = datetime.fromtimestamp(pumped.local.now() + 7200, UTC).isoformat()
    path = f"/api/posts/{made['publishId']}"
    moved = pumped.service.api("PATCH", path, {"publishAt": later})
    [again] = send(pumped, text)["rows"]
    assert (again["outcome"], again["publishAt"]) == ("existing", moved["publishAt"])
    assert again["expectedAt"] == moved["expectedAt"] != made["expectedAt"]


def connect(pumped: PumpedStudio, integration_id: str, username: str, kind: str) -> None:
    """An account of acme, as if it had been connected."""
    services = pumped.service.services
    given: dict[str, Any] = {"kind": kind, "connected_at": 5.0}
    app_id = services.integrations.get("acme", pumped.account).grant.app_id
    with services.database.begin() as connection:
        tenant, grant = TenantConnection(connection, "acme"), f"grant of {integration_id}"
        integrations.add_grant(
            connection,
            id=grant,
            app_id=app_id,
            open_id=integration_id,
            scopes=[],
            status="active",
            username=username,
            created=4.0,
            **given,
        )
        integrations.add_integration(
            tenant, id=integration_id, grant_id=grant, created=4.0, connected_at=5.0
        )
        integrations.add_credential(
            tenant,
            integration_id=integration_id,
            grant_id=grant,
            requested=[],
            granted=[],
            **given,
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_name_accounts_of_creators_and_each_only_one(pumped: PumpedStudio) -> None:
    connect(pumped, "twin1", "Twin", "creator")
    connect(pumped, "twin2", "twin", "creator")
    connect(pumped, "advertiser", "Shop", "ads")
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC).isoformat()
    names = ["@MaraCooks", pumped.account, "twin", "advertiser", "shop", "nobody", "@nobody"]
    rows = [f"k{number},SELF_ONLY,{at},{FILM},{name}" for number, name in enumerate(names)]
    text = "\n".join(["key,privacyLevel,publishAt,videoUrl,account", *rows])
    error = pumped.service.send("POST", BULK, {"csv": text}).json()["error"]
    problems = {one["row"]: one["reason"] for one in error["detail"]["problems"]}
    assert set(problems) == {4, 5, 6, 7, 8}
    assert "twin1, twin2" in problems[4]
    assert "isn't connected for this" in problems[5]
    assert "No account shop" in problems[6]
    assert listed(pumped) == []


def test_a_wrong_zone_is_named_as_the_zone() -> None:
    text = f"{HEAD},timeZone\nk,Hi,SELF_ONLY,2026-12-01T09:00,{FILM},Mars/Olympus"
    [problem] = bulk_rows.read(text, None).problems
    assert problem.column == "timeZone"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_row_takes_an_upload_of_another_post(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = pumped.call("init-photo-upload", {"count": 2})["uploads"]
    for upload in begun:
        pumped.put(upload["uploadUrl"], media.photo())
    one, two = (upload["uploadId"] for upload in begun)
    at = datetime.fromtimestamp(pumped.local.now() + 3600, UTC).isoformat()

    def refused(*photos: str) -> list[tuple[int, str, str]]:
        rows = [f"k{number},SELF_ONLY,{at},{names}" for number, names in enumerate(photos)]
        text = "\n".join(["key,privacyLevel,publishAt,photoMediaIds", *rows])
        answer = pumped.service.send("POST", BULK, {"csv": text})
        assert (answer.status_code, listed(pumped)) == (400, before)
        problems = answer.json()["error"]["detail"]["problems"]
        return [(problem["row"], problem["path"], problem["reason"]) for problem in problems]

    before: list[dict[str, Any]] = []
    [problem] = refused(f"{one} {one}")
    assert problem == (2, "photoMediaIds", "names a photo twice")
    [problem] = refused(one, f"{two} {one}")
    assert problem[:2] == (3, "photoMediaIds")
    assert "is used by row 2" in problem[2]
    # another request took the upload after the file was checked
    pumped.call("publish-photos", {"uploads": [one], "privacyLevel": "SELF_ONLY"})
    before = listed(pumped)
    monkeypatch.setattr(Bulk, "_check_media", lambda *given: None)
    [problem] = refused(two, one)
    assert problem[:2] == (3, "photoMediaIds")
    assert "belong to" in problem[2]


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("2026-12-01T09:00", "Europe/Berlin", "2026-12-01T08:00:00+00:00"),
        ("2026-07-01 09:00", "Europe/Berlin", "2026-07-01T07:00:00+00:00"),
        ("2026-12-01T09:00-05:00", "Europe/Berlin", "2026-12-01T14:00:00+00:00"),
        ("2026-12-01T09:00", None, "has no zone"),
        ("2027-03-28T02:30", "Europe/Berlin", "doesn't exist"),
        ("2026-10-25T02:30", "Europe/Berlin", "happens twice"),
        ("tomorrow", "UTC", "should be a time"),
        ("", "UTC", "is missing"),
    ],
)
def test_times_are_read_in_their_zone(at: str, zone: str | None, expected: str) -> None:
    text = f"{HEAD}\nk,Hi,SELF_ONLY,{at},{FILM}"
    sheet = bulk_rows.read(text, None if zone is None else local_times.zone(zone))
    if sheet.rows:
        assert datetime.fromtimestamp(sheet.rows[0].publish_at, UTC).isoformat() == expected
    else:
        [problem] = sheet.problems
        assert (problem.row, problem.column) == (2, "publishAt")
        assert expected in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("caption,colour\na,b", "no column 'colour'"),
        ("caption,caption\na,b", "twice"),
        ('caption\n"open', "can't be read"),
        ("caption\n" + "x\n" * 501, "500 are taken"),
        ("caption,videoUrl\n", "has no rows"),
        ("caption,videoUrl\n,\n\n", "has no rows"),
    ],
)
def test_what_is_no_table_of_posts_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        bulk_rows.read(text, None)


def test_every_problem_of_a_row_is_told_at_once() -> None:
    header = "publishAt,privacyLevel,videoUrl,coverTimestampMs,isAigc,brandContent"
    sheet = bulk_rows.read(f"{header}\nsoon,ALL,ftp://x,1.5,maybe,true", None)
    assert sheet.rows == []
    told = {one.column: one.reason for one in sheet.problems}
    assert set(told) == {
        "publishAt",
        "privacyLevel",
        "videoUrl",
        "coverTimestampMs",
        "isAigc",
    }
    assert len(told) == len(sheet.problems)
