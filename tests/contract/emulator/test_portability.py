"""Data Portability: the four calls, the states, the scopes that are spent, who gives data."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx2
import pytest

from stagedoor.platform.products import portability as platform
from stagedoor.platform.products.portability import CATEGORY_SCOPES, EXPIRY_SECONDS, STATUS_FIELDS
from stagedoor.platform.products.portability.archive import JSON_NAME
from stagedoor.platform.scopes import SINGLE_USE, Scope
from tests.support import media
from tests.support.poster import Poster
from tests.support.site import Site

from .conftest import TikTok

APP = "emulator-client-key"
ALL = [str(Scope.PORTABILITY_ALL_ONGOING)]
COLLECTING = 60
READY = "portability.download.ready"


class Person:
    """A creator with a token, and short ways to the calls."""

    def __init__(self, tiktok: TikTok, scopes: list[str], creator: str = "maracooks") -> None:
        self.tiktok = tiktok
        self.issued = tiktok.token(scopes=scopes, creator=creator)

    def call(self, name: str, body: Any, **query: str) -> httpx2.Response:
        operation = getattr(platform, f"DATA_{name.upper()}")
        return self.tiktok.http.post(
            operation.path,
            params=query,
            content=json.dumps(body),
            headers={"Authorization": f"Bearer {self.issued['access_token']}"},
        )

    def add(self, *categories: str, form: str = "json") -> httpx2.Response:
        body = {"data_format": form, "category_selection_list": categories}
        return self.call("add", body, fields="request_id")

    def added(self, *categories: str, form: str = "json") -> int:
        answer = self.add(*categories, form=form)
        assert answer.status_code == 200, answer.text
        request_id = answer.json()["data"]["request_id"]
        assert isinstance(request_id, int)
        return request_id

    def state(self, request_id: int) -> dict[str, Any]:
        answer = self.call("check", {"request_id": request_id}, fields=",".join(STATUS_FIELDS))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    def status(self, request_id: int) -> str:
        return str(self.state(request_id)["status"])

    def download(self, request_id: int) -> httpx2.Response:
        return self.call("download", {"request_id": request_id})

    def json(self, request_id: int) -> Any:
        answer = self.download(request_id)
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == [JSON_NAME]
            return json.loads(archive.read(JSON_NAME))

    def scopes(self) -> set[str]:
        """The scopes that the person allows now, by the answer to a refresh."""
        answer = self.tiktok.http.post(
            "/v2/oauth/token/",
            data={
                "client_key": APP,
                "client_secret": "emulator-client-secret",
                "grant_type": "refresh_token",
                "refresh_token": self.issued["refresh_token"],
            },
        ).json()
        self.issued |= answer
        return set(answer["scope"].split(","))


@pytest.fixture
def still(tiktok: TikTok) -> TikTok:
    """Its clock stands still, and a collection takes a minute."""
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.settings(export_seconds=COLLECTING)
    return tiktok


@pytest.fixture
def person(still: TikTok) -> Person:
    return Person(still, ALL)


def refused(answer: httpx2.Response, http: int, code: str) -> dict[str, Any]:
    assert answer.status_code == http, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == code
    assert answer.json()["data"] == {}
    return error


# The states


@pytest.mark.shows("portability.data_add")
def test_a_request_is_pending_until_it_is_collected_and_then_it_can_be_downloaded(
    person: Person,
) -> None:
    request_id = person.added("profile", "video")
    state = person.state(request_id)
    assert state == {
        "request_id": request_id,
        "apply_time": state["apply_time"],
        "collect_time": state["apply_time"],
        "status": "pending",
        "data_format": "json",
        "category_selection_list": ["profile", "video"],
    }
    refused(person.download(request_id), 400, "invalid_params")
    person.tiktok.advance(COLLECTING - 1)
    assert person.status(request_id) == "pending"
    person.tiktok.advance(1)
    assert person.status(request_id) == "downloading"
    profile = person.json(request_id)["Profile"]["Profile Info"]["ProfileMap"]
    assert profile["userName"] == "maracooks"


def test_a_request_waits_for_its_turn_with_no_time_of_collection(person: Person) -> None:
    person.tiktok.settings(export_queue_seconds=100)
    request_id = person.added("all_data")
    assert person.state(request_id)["collect_time"] == 0
    person.tiktok.advance(100)
    state = person.state(request_id)
    assert (state["status"], state["collect_time"]) == ("pending", state["apply_time"] + 100)
    person.tiktok.advance(COLLECTING)
    assert person.status(request_id) == "downloading"


def test_only_the_fields_that_were_asked_for_are_given(person: Person) -> None:
    request_id = person.added("video")
    answer = person.call("check", {"request_id": request_id}, fields="status")
    assert answer.json()["data"] == {"status": "pending"}
    for fields in ({}, {"fields": ""}, {"fields": "status,colour"}):
        refused(person.call("check", {"request_id": request_id}, **fields), 400, "invalid_params")


def test_messages_are_asked_for_in_the_singular_and_told_in_the_plural(person: Person) -> None:
    state = person.state(person.added("direct_message"))
    assert state["category_selection_list"] == ["direct_messages"]


@pytest.mark.shows("portability.data_cancel")
@pytest.mark.parametrize("wait", [0, COLLECTING])
def test_a_cancelled_request_is_over(person: Person, wait: int) -> None:
    request_id = person.added("video")
    person.tiktok.advance(wait)
    answer = person.call("cancel", {"request_id": request_id})
    assert answer.status_code == 200
    assert list(answer.json()) == ["error"], "TikTok answers with the error object alone"
    assert person.status(request_id) == "cancelled"
    person.tiktok.advance(COLLECTING)
    assert person.status(request_id) == "cancelled"
    refused(person.download(request_id), 400, "invalid_params")
    refused(person.call("cancel", {"request_id": request_id}), 400, "invalid_params")


def test_the_id_to_cancel_is_taken_from_the_query_and_from_the_body(person: Person) -> None:
    first, second = person.added("video"), person.added("video")
    assert person.call("cancel", {}, request_id=str(first)).status_code == 200
    assert person.call("cancel", {"request_id": second}).status_code == 200
    assert [person.status(first), person.status(second)] == ["cancelled", "cancelled"]
    refused(person.call("cancel", {}), 400, "invalid_params")


def test_an_archive_expires_four_days_after_it_was_ready(person: Person) -> None:
    request_id = person.added("video")
    person.tiktok.advance(COLLECTING)
    person.tiktok.advance(EXPIRY_SECONDS - 1)
    person.issued |= person.tiktok.token(scopes=ALL)
    assert person.download(request_id).status_code == 200
    person.tiktok.advance(1)
    assert person.status(request_id) == "expired"
    refused(person.download(request_id), 400, "invalid_params")
    refused(person.call("cancel", {"request_id": request_id}), 400, "invalid_params")


def test_the_app_is_told_when_it_is_ready_without_a_user(person: Person, site: Site) -> None:
    person.tiktok.control("PATCH", f"apps/{APP}", {"webhook_url": f"{site.url}/hook"})
    request_id = person.added("video")
    person.tiktok.advance(COLLECTING)
    (got,) = site.got
    body = json.loads(got.body)
    assert body["event"] == READY
    assert "user_openid" not in body
    assert body["content"] == f'{{"request_id":{request_id}}}'


def test_a_cancelled_request_tells_nothing(person: Person, site: Site) -> None:
    person.tiktok.control("PATCH", f"apps/{APP}", {"webhook_url": f"{site.url}/hook"})
    person.call("cancel", {"request_id": person.added("video")})
    person.tiktok.advance(COLLECTING)
    assert site.got == []


def test_the_collection_ends_on_order(person: Person) -> None:
    request_id = person.added("video")
    shown = person.tiktok.control("POST", f"exports/{request_id}/finish")
    assert (shown["request_id"], shown["status"]) == (str(request_id), "downloading")
    assert person.download(request_id).status_code == 200
    answer = person.tiktok.http.post(f"/_emulator/exports/{request_id}/finish")
    assert answer.status_code == 409
    assert person.tiktok.http.post("/_emulator/exports/5/finish").status_code == 404


# Whose request it is


def test_a_request_of_another_person_or_app_is_unknown(person: Person) -> None:
    request_id = person.added("video")
    for other in (Person(person.tiktok, ALL, "lu_starts_today"),):
        for name in ("check", "cancel", "download"):
            body = {"request_id": request_id}
            refused(other.call(name, body, fields="status"), 400, "invalid_params")
    assert person.status(request_id) == "pending"


def test_a_download_error_repeats_its_http_status_in_the_body(person: Person) -> None:
    error = refused(person.download(5), 400, "invalid_params")
    assert error["http_status_code"] == 400
    assert error["message"] == "request_id is not valid"
    check = person.call("check", {"request_id": 5}, fields="status")
    assert "http_status_code" not in refused(check, 400, "invalid_params")


@pytest.mark.parametrize(
    "body",
    [
        {"category_selection_list": ["video"]},
        {"data_format": "xml", "category_selection_list": ["video"]},
        {"data_format": "json"},
        {"data_format": "json", "category_selection_list": []},
        {"data_format": "json", "category_selection_list": ["videos"]},
    ],
)
def test_a_bad_format_or_category_is_refused(person: Person, body: Any) -> None:
    refused(person.call("add", body, fields="request_id"), 400, "invalid_params")
    assert person.tiktok.control("GET", "exports")["exports"] == []


@pytest.mark.parametrize("bad", [None, "x", 1.5, True, -1, 2**63, [1]])
def test_an_id_that_is_no_64_bit_number_is_refused(person: Person, bad: Any) -> None:
    refused(person.call("download", {"request_id": bad}), 400, "invalid_params")


def test_an_id_in_quotes_is_understood(person: Person) -> None:
    request_id = person.added("video")
    assert person.call("check", {"request_id": str(request_id)}, fields="status").is_success


def test_more_than_a_thousand_calls_a_minute_of_one_kind_are_refused(still: TikTok) -> None:
    person = Person(still, ALL)
    [limit] = platform.DATA_DOWNLOAD.limits
    for _ in range(limit.requests):
        assert person.download(1).status_code == 400
    other = Person(still, ALL, "lu_starts_today")
    refused(other.download(1), 429, "rate_limit_exceeded")
    assert person.call("check", {"request_id": 1}, fields="status").status_code == 400
    still.advance(limit.per_seconds)
    assert person.download(1).status_code == 400


# Scopes


@pytest.mark.parametrize("category", CATEGORY_SCOPES)
def test_each_category_is_covered_by_its_scopes_and_by_no_other(
    still: TikTok, category: str
) -> None:
    every = {name for names in CATEGORY_SCOPES.values() for name in names}
    for scope in sorted(every):
        answer = Person(still, [scope]).add(category)
        if scope in CATEGORY_SCOPES[category]:
            assert answer.status_code == 200
        else:
            refused(answer, 401, "scope_not_authorized")


def test_one_category_that_is_not_covered_refuses_the_whole_request(still: TikTok) -> None:
    person = Person(still, [Scope.PORTABILITY_ACTIVITY_SINGLE])
    refused(person.add("activity", "video"), 401, "scope_not_authorized")
    refused(person.add("activity", "all_data"), 401, "scope_not_authorized")
    assert person.scopes() == {Scope.PORTABILITY_ACTIVITY_SINGLE}
    person.added("activity")


def test_all_data_overrides_the_others(still: TikTok) -> None:
    person = Person(still, [Scope.PORTABILITY_ALL_SINGLE, Scope.PORTABILITY_ACTIVITY_SINGLE])
    person.added("activity", "all_data")
    assert person.scopes() == {Scope.PORTABILITY_ACTIVITY_SINGLE}


def test_a_single_scope_is_good_for_one_request_which_goes_on_without_it(still: TikTok) -> None:
    person = Person(still, ["user.info.basic", Scope.PORTABILITY_POSTS_SINGLE])
    request_id = person.added("video", "profile")
    refused(person.add("video"), 401, "scope_not_authorized")
    assert person.scopes() == {"user.info.basic"}
    refused(person.add("profile"), 401, "scope_not_authorized")
    still.advance(COLLECTING)
    assert person.status(request_id) == "downloading"
    assert person.download(request_id).status_code == 200
    assert person.call("cancel", {"request_id": request_id}).status_code == 200
    refused(person.add("video"), 401, "scope_not_authorized")


def test_a_new_consent_gives_a_spent_scope_again(still: TikTok) -> None:
    scopes: list[str] = [Scope.PORTABILITY_POSTS_SINGLE]
    Person(still, scopes).added("video")
    person = Person(still, scopes)
    assert person.scopes() == set(scopes)
    person.added("video")


def test_a_spent_scope_is_gone_from_every_token_of_the_person(still: TikTok) -> None:
    first = Person(still, [Scope.PORTABILITY_POSTS_SINGLE])
    second = Person(still, [Scope.PORTABILITY_POSTS_SINGLE])
    second.added("video")
    refused(first.add("video"), 401, "scope_not_authorized")


SPENDING = [
    # granted, asked, spent
    (["all.single", "activity.single"], ["activity", "video"], ["all.single"]),
    (["all.single", "activity.single"], ["activity"], ["all.single"]),
    (["activity.single", "postsandprofile.single"], ["activity"], ["activity.single"]),
    (
        ["activity.single", "postsandprofile.single"],
        ["activity", "video", "profile"],
        ["activity.single", "postsandprofile.single"],
    ),
    (["all.ongoing", "activity.single"], ["activity"], []),
    (["activity.ongoing", "all.single"], ["activity"], []),
    (["activity.ongoing", "all.single"], ["activity", "video"], ["all.single"]),
    (
        ["activity.ongoing", "postsandprofile.single"],
        ["activity", "video"],
        ["postsandprofile.single"],
    ),
    (["all.ongoing"], ["all_data"], []),
]


@pytest.mark.parametrize(("granted", "asked", "spent"), SPENDING)
def test_what_a_request_uses_up(
    still: TikTok, granted: list[str], asked: list[str], spent: list[str]
) -> None:
    person = Person(still, [f"portability.{name}" for name in granted])
    request_id = person.added(*asked)
    left = {f"portability.{name}" for name in granted if name not in spent}
    assert person.scopes() - {""} == left
    (export,) = still.control("GET", "exports")["exports"]
    assert export["request_id"] == str(request_id)
    assert set(export["spent"]) == {f"portability.{name}" for name in spent}
    assert set(export["spent"]) <= SINGLE_USE


def test_the_examples_second_request_spends_what_was_left(still: TikTok) -> None:
    person = Person(still, [Scope.PORTABILITY_ALL_SINGLE, Scope.PORTABILITY_ACTIVITY_SINGLE])
    person.added("activity", "video")
    person.added("activity")
    refused(person.add("activity"), 401, "scope_not_authorized")


def test_a_setting_spends_single_scopes_first(still: TikTok) -> None:
    still.settings(export_prefers_ongoing=False)
    person = Person(still, [Scope.PORTABILITY_ACTIVITY_ONGOING, Scope.PORTABILITY_ACTIVITY_SINGLE])
    person.added("activity")
    assert person.scopes() == {Scope.PORTABILITY_ACTIVITY_ONGOING}
    person.added("activity")


def test_without_any_portability_scope_nothing_is_answered(person: Person) -> None:
    request_id = person.added("video")
    other = Person(person.tiktok, ["user.info.basic"])
    for name in ("check", "cancel", "download"):
        answer = other.call(name, {"request_id": request_id}, fields="status")
        refused(answer, 401, "scope_not_authorized")


def test_a_sandbox_has_no_portability(tiktok: TikTok) -> None:
    answer = tiktok.http.post("/_emulator/apps", json={"sandbox": True, "scopes": ALL})
    assert answer.status_code == 400
    assert "sandbox" in answer.text


def test_a_setting_allows_one_request_at_a_time(person: Person) -> None:
    person.tiktok.settings(one_export_at_a_time=True)
    request_id = person.added("video")
    refused(person.add("video"), 400, "invalid_params")
    person.tiktok.advance(COLLECTING)
    assert person.status(request_id) == "downloading"
    person.added("video")


# What is in it


def counted(data: Any) -> int:
    """All entries of all lists, and the profile."""
    if isinstance(data, list):
        return len(data)
    if isinstance(data, dict):
        return sum(map(counted, data.values())) + ("userName" in data)
    return 0


@pytest.mark.parametrize("outside", ["empty", "refused"])
def test_only_people_in_europe_give_data(still: TikTok, outside: str) -> None:
    still.settings(export_outside_region=outside)
    still.control("PATCH", "people/ridewithrio", {"region": "US"})
    american = Person(still, ALL, "ridewithrio")
    if outside == "refused":
        refused(american.add("all_data"), 400, "invalid_params")
        return
    request_id = american.added("all_data")
    still.advance(COLLECTING)
    assert counted(american.json(request_id)) == 0
    european = Person(still, ALL, "jonas.behind.doors")
    request_id = european.added("all_data")
    still.advance(COLLECTING)
    assert counted(european.json(request_id)) > 20


def test_the_categories_decide_what_is_in_it(person: Person) -> None:
    tops = {
        "video": {"Post"},
        "profile": {"Profile", "Your Activity"},
        "activity": {"Comment", "Likes and Favorites", "Your Activity"},
        "direct_message": {"Direct Message"},
    }
    for category, expected in tops.items():
        request_id = person.added(category)
        person.tiktok.advance(COLLECTING)
        data = person.json(request_id)
        assert set(data) == expected
        assert "Login History" not in data.get("Your Activity", {})
    request_id = person.added("all_data")
    person.tiktok.advance(COLLECTING)
    data = person.json(request_id)
    assert set(data) == set().union(*tops.values())
    assert "Login History" in data["Your Activity"]


def test_the_text_format_is_a_tree_of_text_files(person: Person) -> None:
    request_id = person.added("all_data", form="text")
    person.tiktok.advance(COLLECTING)
    with zipfile.ZipFile(io.BytesIO(person.download(request_id).content)) as archive:
        names = archive.namelist()
        assert all(name.endswith(".txt") for name in names)
        assert "Direct Message/Chat History with jonas.behind.doors.txt" in names
        assert archive.read("Profile/Profile Info.txt").startswith(b"userName: maracooks\n")


def test_a_post_made_through_the_api_is_in_it_with_a_link_to_its_bytes(poster: Poster) -> None:
    film = media.video()
    tiktok = TikTok(server=None, http=poster.http)  # type: ignore[arg-type]
    person = Person(tiktok, [*ALL, "video.publish"])
    publish_id = poster.post_video(person.issued["access_token"], film, title="Opening night")
    poster.control("POST", "clock", {"advance": 5})
    (video,) = poster.control("GET", f"publishes/{publish_id}")["videos"]
    request_id = person.added("video")
    tiktok.advance(5)
    newest = person.json(request_id)["Post"]["Posts"]["VideoList"][0]
    assert (newest["Title"], newest["WhoCanView"]) == ("Opening night", "Public")
    answer = httpx2.get(newest["Link"])
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content == film
    assert video["id"] in newest["Link"]
    poster.control("POST", f"phone/maracooks/videos/{video['id']}/delete")
    assert httpx2.get(newest["Link"]).status_code == 404
    request_id = person.added("video")
    tiktok.advance(5)
    titles = [post["Title"] for post in person.json(request_id)["Post"]["Posts"]["VideoList"]]
    assert "Opening night" not in titles


def test_what_a_person_does_is_in_the_next_archive_and_not_in_the_last(person: Person) -> None:
    tiktok = person.tiktok
    before = person.added("all_data")
    tiktok.advance(COLLECTING)
    video = next(iter(tiktok.world.all.videos))
    tiktok.control(
        "POST",
        "creators/maracooks/personal",
        {
            "watched": [video],
            "favorites": [video],
            "searches": ["kiln opening"],
            "messages": [{"to": "lu_starts_today", "text": "Welcome!"}],
            "sign_ins": [{"ip": "192.0.2.77", "device": "Pixel 9"}],
        },
    )
    after = person.added("all_data")
    tiktok.advance(COLLECTING)
    old, new = person.json(before), person.json(after)
    assert counted(new) == counted(old) + 5
    activity = new["Your Activity"]
    assert activity["Watch History"]["VideoList"][0]["Link"].endswith(video)
    assert activity["Searches"]["SearchList"][0]["SearchTerm"] == "kiln opening"
    assert activity["Login History"]["LoginHistoryList"][0]["IP"] == "192.0.2.77"
    chats = new["Direct Message"]["Direct Messages"]["ChatHistory"]
    assert chats["Chat History with lu_starts_today:"][0]["Content"] == "Welcome!"


@pytest.mark.parametrize(
    "order",
    [{"watched": ["5"]}, {"favorites": [7]}, {"messages": [{"to": "nobody"}]}, {"likes": []}],
)
def test_a_wrong_order_changes_nothing(tiktok: TikTok, order: Any) -> None:
    before = [len(tiktok.world.all.watches), len(tiktok.world.all.messages)]
    answer = tiktok.http.post("/_emulator/creators/maracooks/personal", json=order)
    assert answer.status_code == 400
    assert [len(tiktok.world.all.watches), len(tiktok.world.all.messages)] == before


def test_an_archive_can_be_made_as_large_as_one_likes(person: Person) -> None:
    person.tiktok.control("PUT", "creators/maracooks/padding", {"bytes": 2_000_000})
    request_id = person.added("activity")
    person.tiktok.advance(COLLECTING)
    with zipfile.ZipFile(io.BytesIO(person.download(request_id).content)) as archive:
        (info,) = archive.infolist()
    assert 1_800_000 < info.file_size < 2_300_000


def test_a_download_is_cut_where_a_fault_says(person: Person) -> None:
    person.tiktok.control("PUT", "creators/maracooks/padding", {"bytes": 2_000_000})
    request_id = person.added("activity")
    person.tiktok.advance(COLLECTING)
    operation = platform.DATA_DOWNLOAD.id
    fault = {"operation": operation, "kind": "cut", "after_bytes": 10_000}
    person.tiktok.control("POST", "faults", fault)
    with pytest.raises(httpx2.RemoteProtocolError):
        person.download(request_id)
    assert person.download(request_id).status_code == 200
