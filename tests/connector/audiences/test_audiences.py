"""Audiences of customers, over the service's routes; the emulator matches every identifier."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from stagedoor.connector import process_identity
from stagedoor.connector.audiences import runs
from stagedoor.connector.audiences.errors import AudienceNotReady, NoAudience
from stagedoor.connector.audiences.models import (
    ad_audience_changes,
    ad_audience_parts,
    ad_audiences,
)
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations.accounts import CredentialKind
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.business_connecting import ADVERTISER, OTHER_ADVERTISER, connect_business
from tests.support.local import Local

AUDIENCES = "/api/ads/audiences"
CREATE, UPDATE = "business.audience_create", "business.audience_update"
FILE = "business.audience_file_upload"
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MATCHED = 6.0
"""Seconds in which the emulator matches an audience."""


def emails(first: int, last: int) -> list[dict[str, str]]:
    return [{"email": f"user{number}@example.com"} for number in range(first, last)]


def csv_of(members: Sequence[dict[str, str]]) -> str:
    return "\n".join(["email", *(one["email"] for one in members), ""])


class Crowd(PumpedStudio):
    """An organisation with an ad account, pumped by hand."""

    def create(self, name: str = "Customers", **more: Any) -> str:
        body = {"accountId": ADVERTISER, "name": name, **more}
        return str(self.service.api("POST", AUDIENCES, body)["audienceId"])

    def change(
        self, id: str, action: str, members: Sequence[dict[str, str]], **more: Any
    ) -> dict[str, Any]:
        headers = more.pop("headers", None)
        body = {"action": action, "members": list(members), **more}
        path = f"{AUDIENCES}/{id}/members"
        return dict(self.service.api("POST", path, body, headers=headers))

    def csv(self, id: str, text: str, **more: Any) -> httpx2.Response:
        headers = {
            "orgid": "acme",
            "authorization": f"Bearer {self.service.token()}",
            "content-type": "text/csv",
            **more.pop("headers", {}),
        }
        answer: httpx2.Response = self.service.http.post(
            f"{AUDIENCES}/{id}/members", content=text.encode(), params=more, headers=headers
        )
        return answer

    def shown(self, id: str) -> dict[str, Any]:
        return dict(self.service.api("GET", f"{AUDIENCES}/{id}"))

    def computed(self, id: str) -> dict[str, Any]:
        """The audience once TikTok has computed, and everything that waited was sent."""
        for _ in range(30):
            self.pump(MATCHED)
            found = self.shown(id)
            if found["status"] not in ("computing", "new") and not found["pendingChanges"]:
                return found
        raise AssertionError(found)

    def took(self, operation: str) -> int:
        return sum(one["code"] in ("ok", "lost") for one in self.local.calls(operation))

    def parts(self) -> int:
        """The parts of hashes that are kept."""
        with self.service.services.database.read() as connection:
            tenant = TenantConnection(connection, "acme")
            return len(tenant.all(tenant.select(ad_audience_parts)))


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


@pytest.fixture
def crowd(service_without_worker: Service, local: Local) -> Crowd:
    connect_business(service_without_worker)
    return Crowd(service_without_worker, local, "")


def refused(answer: httpx2.Response, status: int, code: str) -> str:
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    return str(error["message"])


def test_members_become_an_audience_and_changes_wait_while_tiktok_computes(crowd: Crowd) -> None:
    receiver = {"url": "http://127.0.0.1:9/", "events": ["ads.*"]}
    webhook = crowd.service.api("POST", "/api/webhooks", receiver)["webhook"]["id"]
    id = crowd.create()
    made = crowd.shown(id)
    assert (made["status"], made["tiktokAudienceId"], made["size"]) == ("new", None, None)
    first = crowd.change(id, "append", emails(0, 1_000))
    assert (first["status"], first["waitsFor"], first["members"]) == ("waiting", "turn", 1_000)
    assert first["warnings"] == []
    crowd.pump()
    assert crowd.shown(id)["status"] == "computing"
    assert crowd.shown(id)["tiktokAudienceId"]

    answer = crowd.csv(id, csv_of(emails(900, 1_200)))
    assert answer.status_code == 200, answer.text
    waiting = answer.json()
    assert (waiting["status"], waiting["waitsFor"]) == ("waiting", "tiktok")
    crowd.change(id, "append", emails(1_200, 1_300))
    crowd.change(id, "remove", emails(0, 100))
    crowd.pump()
    assert crowd.took(UPDATE) == 0
    found = crowd.computed(id)
    assert (found["status"], found["size"]) == ("ready", 1_200)
    assert [one["status"] for one in found["changes"]] == ["done"] * 4
    assert crowd.took(CREATE) == 1
    assert crowd.took(UPDATE) == 2, "the two appends travelled together"
    assert crowd.parts() == 0

    crowd.change(id, "remove", emails(200, 300))
    crowd.change(id, "replace", emails(5_000, 6_500))
    found = crowd.computed(id)
    assert found["size"] == 1_500
    assert [one["status"] for one in found["changes"][:2]] == ["done", "superseded"]
    told = crowd.service.api("GET", f"/api/webhooks/{webhook}/deliveries")["deliveries"]
    assert {one["type"] for one in told} == {"ads.audienceReady"}
    audiences = crowd.service.services.audiences
    both = audiences.tiktok_ids("acme", ADVERTISER, ["1234", id])
    assert both == ["1234", found["tiktokAudienceId"]]
    with pytest.raises(NoAudience):
        audiences.tiktok_ids("acme", OTHER_ADVERTISER, [id])
    with pytest.raises(AudienceNotReady):
        audiences.tiktok_ids("acme", ADVERTISER, [crowd.create("New")])


@ON_ONE
def test_broken_rows_are_named_by_number_and_nothing_is_sent(crowd: Crowd) -> None:
    id = crowd.create(identifierType="email")
    path = f"{AUDIENCES}/{id}/members"
    send = crowd.service.send
    broken = [*emails(0, 2), {"email": "no address"}, {"phone": "+442071838750"}]
    answer = send("POST", path, {"members": broken})
    message = refused(answer, 400, "invalid_request")
    assert message.startswith("members.2: is no e-mail address")
    paths = [one["path"] for one in answer.json()["error"]["detail"]["problems"]]
    assert paths == ["members.2", "members.3"]
    assert "no address" not in answer.text
    lines = "\n".join(["name,email", "a,jane@example.com", "b,nothing", "c"])
    answer = crowd.csv(id, lines)
    refused(answer, 400, "invalid_request")
    assert "row 3" in answer.text
    assert "row 4" in answer.text
    for text, why in (
        ("phone\n+442071838750\n", "column of phone"),
        ("who\njane@example.com\n", "usual one"),
        ("email_MD5\n" + "0" * 32 + "\n", "MD5"),
        ("email\n\n", "hold no identifier"),
        ("", "is empty"),
    ):
        assert why in refused(crowd.csv(id, text), 400, "invalid_request")
        assert "Identifiers" not in crowd.csv(id, text).text
    for account in ("x", "", "1" * 21):
        answer = send("GET", AUDIENCES, accountId=account)
        assert answer.json()["error"]["detail"]["problems"][0]["path"] == "query.accountId"
    wrong: list[dict[str, Any]] = [
        {"members": []},
        {"members": [{"mail": "a"}]},
        {"members": [{}], "action": "x"},
    ]
    for body in wrong:
        refused(send("POST", path, body), 400, "invalid_request")
    refused(crowd.csv(id, "email\nx@example.com\n", action="x"), 400, "invalid_request")
    refused(crowd.csv(id, "email\nx@example.com\n", actoin="x"), 400, "invalid_request")
    refused(crowd.csv(id, "x" * (5 << 20)), 413, "too_large")
    refused(send("POST", path, {"members": emails(0, 2)}, role="member"), 403, "forbidden")
    refused(send("POST", f"{AUDIENCES}/x/members", {"members": emails(0, 2)}), 404, "not_found")
    remove = {"action": "remove", "members": emails(0, 2)}
    refused(send("POST", path, remove), 409, "audience_empty")
    other = {"accountId": "7000000000000009999", "name": "x"}
    refused(send("POST", AUDIENCES, other), 403, "account_not_accessible")
    crowd.pump()
    assert crowd.local.calls(FILE) == []
    assert crowd.parts() == 0
    assert crowd.shown(id)["changes"] == []
    assert crowd.change(id, "append", emails(0, 2))["members"] == 2


@ON_ONE
def test_few_members_are_warned_of_and_several_requests_travel_together(crowd: Crowd) -> None:
    few = crowd.create("Few")
    [warning] = crowd.change(few, "append", emails(0, 10))["warnings"]
    assert "1,000" in warning
    found = crowd.computed(few)
    assert found["status"] == "failed"
    assert "1000" in found["problem"]
    crowd.change(few, "append", emails(0, 2_000))
    found = crowd.computed(few)
    assert "make a new one" in found["changes"][0]["message"]
    assert crowd.took(UPDATE) == 0

    many = crowd.create("Many")
    for first in (0, 400, 800):
        change = crowd.change(many, "append", emails(first, first + 400), more=first < 800)
        if first < 800:
            assert (change["waitsFor"], change["warnings"]) == ("more", [])
            crowd.pump()
            assert crowd.shown(many)["status"] == "new"
    found = crowd.computed(many)
    assert (found["status"], found["size"]) == ("ready", 1_200)
    assert crowd.took(CREATE) == 2
    listed = crowd.service.api("GET", AUDIENCES, accountId=ADVERTISER, limit=1)
    assert [one["name"] for one in listed["audiences"]] == ["Many"]
    rest = crowd.service.api("GET", AUDIENCES, limit=1, cursor=listed["nextCursor"])
    assert [one["name"] for one in rest["audiences"]] == ["Few"]
    none = crowd.service.api("GET", AUDIENCES, accountId=OTHER_ADVERTISER)
    assert none == {"audiences": [], "nextCursor": None}


def test_lost_answers_make_no_second_audience(crowd: Crowd) -> None:
    id = crowd.create()
    crowd.local.fault(CREATE, "lost")
    crowd.change(id, "append", emails(0, 1_000))
    found = crowd.computed(id)
    assert (found["status"], found["size"]) == ("ready", 1_000)
    assert crowd.took(CREATE) == 1
    crowd.local.fault(UPDATE, "lost")
    crowd.change(id, "append", emails(1_000, 1_100))
    crowd.pump()
    found = crowd.computed(id)
    assert (found["size"], found["changes"][0]["status"]) == (1_100, "done")

    other = crowd.create("Other")
    crowd.local.fault(CREATE, "cut")
    crowd.change(other, "append", emails(0, 1_000))
    crowd.pump(runs._LISTED_SECONDS + 60)
    found = crowd.computed(other)
    assert (found["status"], found["size"]) == ("ready", 1_000)
    client = crowd.service.services.business.for_advertiser("acme", ADVERTISER)
    names = [one.name for one in client.audiences.all_audiences()]
    assert (names.count("Customers"), names.count("Other")) == (1, 1)


def test_a_repeated_request_is_the_same_change(crowd: Crowd) -> None:
    key = {"idempotency-key": "once"}
    body = {"accountId": ADVERTISER, "name": "Mixed"}
    made = crowd.service.api("POST", AUDIENCES, body, headers=key)
    assert crowd.service.api("POST", AUDIENCES, body, headers=key) == made
    id = made["audienceId"]
    members = [*emails(0, 500), *({"phone": f"+44207183{n:04}"} for n in range(500))]
    first = crowd.change(id, "append", members, headers=key)
    assert crowd.change(id, "append", members, headers=key) == first
    text = "maid,email\n" + "\n".join(
        f"6d92078a-8246-4ba4-ae5b-7610486{n:05},one{n}@example.com" for n in range(10)
    )
    again = [crowd.csv(id, text, headers=key, more="false").json() for _ in range(2)]
    assert again[0]["changeId"] == again[1]["changeId"]
    assert crowd.csv(id, text).json()["changeId"] != again[0]["changeId"]
    assert crowd.shown(id)["pendingChanges"] == 3
    assert crowd.computed(id)["size"] == 1_010


@ON_ONE
def test_a_form_has_the_file_too(crowd: Crowd) -> None:
    id = crowd.create()
    headers = {"orgid": "acme", "authorization": f"Bearer {crowd.service.token()}"}
    answer = crowd.service.http.post(
        f"{AUDIENCES}/{id}/members",
        data={"action": "replace"},
        files={"file": ("members.csv", csv_of(emails(0, 1_000)))},
        headers=headers,
    )
    assert (answer.status_code, answer.json()["action"]) == (200, "replace"), answer.text
    assert crowd.computed(id)["size"] == 1_000


@ON_ONE
def test_an_audience_is_deleted_here_and_at_tiktok(crowd: Crowd) -> None:
    id = crowd.create()
    crowd.change(id, "append", emails(0, 1_000))
    tiktok_id = crowd.computed(id)["tiktokAudienceId"]
    crowd.change(id, "append", emails(1_000, 1_100))
    crowd.service.api("DELETE", f"{AUDIENCES}/{id}")
    refused(crowd.service.send("GET", f"{AUDIENCES}/{id}"), 404, "not_found")
    refused(crowd.service.send("DELETE", f"{AUDIENCES}/{id}"), 404, "not_found")
    crowd.pump()
    assert crowd.parts() == 0
    client = crowd.service.services.business.for_advertiser("acme", ADVERTISER)
    assert tiktok_id not in [one.audience_id for one in client.audiences.all_audiences()]


@ON_ONE
def test_a_run_whose_process_died_is_taken_over(crowd: Crowd) -> None:
    id = crowd.create()
    crowd.change(id, "append", emails(0, 1_000))
    dead = {"held_by": f"{socket.gethostname()} 1 1.00 somebody", "held_until": time.time() + 500}
    with crowd.service.services.database.begin() as connection:
        connection.execute(update(ad_audiences).values(**dead))
        connection.execute(update(ad_audience_changes).values(state="sending"))
    assert crowd.computed(id)["size"] == 1_000
    living = {"held_by": process_identity.holder(), "held_until": time.time() + 500}
    crowd.change(id, "append", emails(1_000, 1_010))
    with crowd.service.services.database.begin() as connection:
        connection.execute(update(ad_audiences).values(**living))
    crowd.pump()
    assert crowd.shown(id)["pendingChanges"] == 1
    refused(crowd.service.send("DELETE", f"{AUDIENCES}/{id}"), 409, "audience_busy")
    assert crowd.took(CREATE) == 1


@ON_ONE
def test_a_namesake_of_another_organisation_is_never_taken_for_ones_own(crowd: Crowd) -> None:
    connect_business(crowd.service, org="other")
    mine = crowd.create("Customers")
    crowd.local.fault(CREATE, "cut")
    crowd.change(mine, "append", emails(0, 1_000))
    crowd.pump()
    body = {"accountId": ADVERTISER, "name": "Customers"}
    made = crowd.service.api("POST", AUDIENCES, body, org="other")
    theirs = f"{AUDIENCES}/{made['audienceId']}"
    members = {"action": "append", "members": emails(1_000, 3_000)}
    crowd.service.api("POST", f"{theirs}/members", members, org="other")
    crowd.pump(runs._LISTED_SECONDS + 60)
    assert crowd.computed(mine)["size"] == 1_000
    assert crowd.service.api("GET", theirs, org="other")["size"] == 2_000
    assert crowd.took(CREATE) == 2


def test_hashes_that_wait_go_with_the_authorization_and_after_30_days(crowd: Crowd) -> None:
    first, second = crowd.create(), crowd.create("Later")
    crowd.change(first, "append", emails(0, 1_000), more=True)
    assert crowd.parts() > 0
    crowd.pump(31 * 86_400.0)
    assert crowd.parts() == 0
    [change] = crowd.shown(first)["changes"]
    assert (change["status"], "30 days" in change["message"]) == ("failed", True)

    crowd.change(second, "append", emails(0, 1_000), more=True)
    integrations = crowd.service.services.integrations
    [account] = [one["id"] for one in crowd.service.api("GET", "/api/integrations")["integrations"]]
    crowd.service.api("PUT", "/api/settings/retention", {"daysAfterRemoval": 1})
    integrations.removed(
        integrations.get("acme", account).must_have(CredentialKind.ADS).grant.id, 1
    )
    crowd.pump()
    assert crowd.parts() > 0
    crowd.pump(2 * 86_400.0)
    assert crowd.parts() == 0
    [change] = crowd.shown(second)["changes"]
    assert (change["status"], "removed" in change["message"]) == ("failed", True)
