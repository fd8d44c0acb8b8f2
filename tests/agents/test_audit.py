"""The audit: its contents, and that verification finds every change of it."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from stagedoor.agents.audit.entry import CallOutcome
from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.decision import Allow
from tests.agents.conftest import VIDEO, AgentFixture, copied
from tests.connector.conftest import Service

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECONDS = 30.0


@pytest.fixture
def told(agent: AgentFixture) -> AgentFixture:
    """The agent made and its grants changed; six decisions, the even ones allowed; one outcome."""
    agent.given({"resource": "videos", "level": "read"})
    for _ in range(3):
        agent.asks("posting.video_init", VIDEO)
        allowed = agent.asks("display.video_list")
    assert isinstance(allowed, Allow)
    agent.agents.gate.settle(allowed, CallOutcome.FAILED, "log1")
    return agent


def verified(agent: AgentFixture, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = agent.service.api("GET", "/api/audit/verify", **query)
    return found


def tamper(agents: Agents, *statements: str) -> None:
    """What somebody with all rights on the database can do."""
    with agents.services.database.begin() as connection:
        _lift(connection)
        for statement in statements:
            connection.execute(text(statement))


def _lift(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name in (
            "audit_entries_no_update",
            "audit_entries_no_delete",
            "audit_texts_no_delete",
        ):
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        for table in ("audit_entries", "audit_texts"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


@sqlite_only
def test_it_is_whole_when_nobody_touched_it(told: AgentFixture) -> None:
    found = verified(told)
    assert (found["intact"], found["entries"], found["problems"]) == (True, 9, [])
    assert found["head"].startswith("9:")


def test_the_database_refuses_what_the_code_never_does(told: AgentFixture) -> None:
    for statement in (
        "UPDATE audit_entries SET decision = 'allowed' WHERE seq = 3",
        "DELETE FROM audit_entries WHERE seq = 3",
        "DELETE FROM audit_texts WHERE seq = 3",
    ):
        with (
            pytest.raises(DBAPIError, match="audit"),
            told.agents.services.database.begin() as connection,
        ):
            connection.execute(text(statement))
    assert verified(told)["intact"]


_SWAPPED = (
    "UPDATE audit_entries SET seq = -1 WHERE seq = 5",
    "UPDATE audit_entries SET seq = 5 WHERE seq = 6",
    "UPDATE audit_entries SET seq = 6 WHERE seq = -1",
)
_MOVED_BACK = (
    "DELETE FROM audit_texts WHERE seq > 7",
    "DELETE FROM audit_entries WHERE seq > 7",
    "UPDATE audit_heads SET seq = 7, hash = (SELECT hash FROM audit_entries WHERE seq = 7)",
)
TAMPERING: dict[str, tuple[tuple[str, ...], str]] = {
    "a decision turned": (
        ("UPDATE audit_entries SET decision = 'allowed' WHERE seq = 3",),
        "changed",
    ),
    "another agent blamed": (("UPDATE audit_entries SET agent = 'x' WHERE seq = 4",), "changed"),
    "a time moved": (("UPDATE audit_entries SET at = at + 1 WHERE seq = 4",), "changed"),
    "a log_id forged": (("UPDATE audit_entries SET log_id = 'x' WHERE seq = 9",), "changed"),
    "a hash forged": (("UPDATE audit_entries SET hash = 'x' WHERE seq = 6",), "changed"),
    "a sentence changed": (
        ("UPDATE audit_texts SET text = replace(text, 'Denied', 'Allowed') WHERE seq = 3",),
        "text was changed",
    ),
    "a text taken": (("DELETE FROM audit_texts WHERE seq = 3",), "taken away"),
    "a text emptied": (
        ("UPDATE audit_texts SET text = NULL, salt = NULL WHERE seq = 3",),
        "emptied",
    ),
    "a text erased in nobody's name": (
        ("UPDATE audit_texts SET text = NULL, salt = NULL, erased_by = 99 WHERE seq = 3",),
        "no erasure 99",
    ),
    "a text erased in another's name": (
        ("UPDATE audit_texts SET text = NULL, salt = NULL, erased_by = 6 WHERE seq = 3",),
        "no erasure",
    ),
    "the first one gone": (
        ("DELETE FROM audit_texts WHERE seq = 3", "DELETE FROM audit_entries WHERE seq = 3"),
        "1 entry is missing",
    ),
    "some in the middle gone": (("DELETE FROM audit_entries WHERE seq IN (5, 6)",), "2 entries"),
    "the last one gone": (("DELETE FROM audit_entries WHERE seq = 9",), "should end here"),
    "two in each other's place": (_SWAPPED, "changed"),
    "one more put in": (
        (
            "INSERT INTO audit_entries (org, seq, at, kind, hash) "
            "SELECT org, 10, at, kind, hash FROM audit_entries WHERE seq = 9",
            "UPDATE audit_heads SET seq = 10",
        ),
        "changed",
    ),
    "cut off, and the end moved back": (_MOVED_BACK, "end of the chain was moved"),
}


@sqlite_only
def test_every_change_is_found(told: AgentFixture, tmp_path: Path) -> None:
    for number, (name, (statements, words)) in enumerate(TAMPERING.items()):
        with copied(told.agents, tmp_path, number) as agents:
            assert agents.audit.verify("acme").intact
            tamper(agents, *statements)
            found = agents.audit.verify("acme")
        assert not found.intact, name
        assert any(words in one.what for one in found.problems), (name, found)


def test_a_change_is_found_on_each_database(told: AgentFixture) -> None:
    tamper(told.agents, "UPDATE audit_entries SET rule = 'x' WHERE seq = 2")
    assert [one["id"] for one in verified(told)["problems"]] == ["2"]


def test_an_erasure_takes_the_words_and_leaves_the_proof(told: AgentFixture) -> None:
    erased = told.service.api("POST", "/api/audit/erasures", {"integrationId": told.account})
    assert erased == {"erased": 6}
    rows = told.rows()
    assert all(row["sentence"] is None and row["erased"] for row in rows)
    assert {row["operation"] for row in rows} == {"posting.video_init", "display.video_list"}
    assert verified(told)["intact"]
    told.asks("posting.video_init", VIDEO)
    assert told.rows()[0]["sentence"]
    assert verified(told)["intact"]
    with told.agents.services.database.read() as connection:
        left = connection.execute(text("SELECT * FROM audit_texts WHERE seq < 9")).all()
        assert "product" not in str(left)
    tamper(told.agents, "UPDATE audit_entries SET decision = 'allowed' WHERE seq = 3")
    assert not verified(told)["intact"]


@sqlite_only
def test_an_erasure_is_of_one_account(told: AgentFixture) -> None:
    unknown = told.service.send("POST", "/api/audit/erasures", {"integrationId": "x"})
    assert unknown.status_code == 404
    assert told.rows()[0]["sentence"]
    assert told.service.send("POST", "/api/audit/erasures", {}).status_code == 400
    assert told.service.api("POST", "/api/audit/erasures", {"everything": True}) == {"erased": 8}
    [newest, *_] = told.service.api("GET", "/api/audit", by="people")["rows"]
    assert (newest["decidedBy"], newest["rule"], newest["decision"]) == ("u1", "admin", "acted")
    assert newest["operation"] == "eraseAuditTexts"
    assert newest["sentence"] == "u1: Erase all texts."
    assert verified(told)["intact"]


def test_a_persons_texts_go_and_the_proof_stays_whole(told: AgentFixture) -> None:
    service = told.service
    body = {"username": "maracooks"}
    [kind] = [
        one
        for one in service.api("POST", "/api/data/find", body)["kinds"]
        if one["kind"] == "auditTexts"
    ]
    assert kind["count"] >= 6
    assert any("maracooks" in one["text"] for one in kind["samples"])
    erased = service.api("POST", "/api/data/erase", body | {"disconnect": True})
    assert (erased["state"], erased["erased"]["auditTexts"]) == ("done", kind["count"])
    assert all(row["sentence"] is None and row["erased"] for row in told.rows())
    assert verified(told)["intact"]
    with told.agents.services.database.read() as connection:
        assert "maracooks" not in str(connection.execute(text("SELECT * FROM audit_texts")).all())
    by_people = service.api("GET", "/api/audit", by="people")["rows"]
    [asked] = [row for row in by_people if row["operation"] == "erasePersonData"]
    assert (asked["decidedBy"], asked["outcome"]) == ("u1", "done")
    assert "u1: Erase the texts that name a person." in {row["sentence"] for row in by_people}
    count = verified(told)["entries"]
    assert service.api("POST", "/api/data/erase", body)["erased"] == {}
    assert verified(told)["entries"] == count + 2  # the request itself, and its outcome


@sqlite_only
def test_texts_go_by_the_organisations_retention(told: AgentFixture) -> None:
    services = told.service.services
    told.service.api("PUT", "/api/settings/retention", {"days": {"auditTexts": 30}})
    rules = services.retention_rules
    assert not rules.run("acme")
    assert all(row["sentence"] for row in told.rows())
    with services.database.begin() as connection:
        _lift(connection)
        connection.execute(text("UPDATE audit_entries SET at = at - 31 * 86400 WHERE seq < 6"))
    assert not rules.run("acme")
    kept = [row["sentence"] is not None for row in told.rows()]
    assert kept == sorted(kept, reverse=True)
    assert True in kept
    assert False in kept


@sqlite_only
def test_a_head_that_was_kept_proves_more(told: AgentFixture) -> None:
    kept = verified(told)["head"]
    told.asks("display.video_list")
    assert verified(told, since=kept)["intact"]
    seq, _, digest = kept.partition(":")
    assert not verified(told, since=f"{seq}:{digest[::-1]}")["intact"]
    assert not verified(told, since=f"99:{digest}")["intact"]
    none = told.service.api("GET", "/api/audit/verify", org="other", since=kept)
    assert not none["intact"]


def test_many_at_once_make_one_chain(agent: AgentFixture) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: agent.asks("display.video_list"), range(40)))
    found = verified(agent)
    assert (found["intact"], found["entries"]) == (True, 41)


def test_it_is_searched_and_paged(told: AgentFixture) -> None:
    denied = told.rows(decision="denied")
    assert len(denied) == 3
    assert told.rows(q="PRODUCT drop") == denied
    assert told.rows(q="100%") == []
    for written in ("ｐｒｏｄｕｃｔ drop", "P\u0052ODUCT DROP"):
        assert told.rows(q=written) == denied
    for field in ('"agent"', "sentence", '":'):
        assert told.rows(q=field) == [], "names of fields are no texts"
    assert len(told.rows(resource="videos", agent=told.id, account=told.account)) == 3
    assert told.rows(agent="nobody") == []
    newest = told.rows()
    assert told.rows(until=newest[-1]["at"]) == []
    assert len(told.rows(since=newest[-1]["at"])) == 6
    seen, cursor = [], None
    while True:
        query = {"limit": 4, "by": "agents"} | ({"cursor": cursor} if cursor else {})
        page = told.service.api("GET", "/api/audit", **query)
        seen += page["rows"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == newest
    assert told.service.api("GET", "/api/audit", org="other")["rows"] == []


@sqlite_only
def test_a_span_that_ends_before_it_begins_is_no_empty_answer(told: AgentFixture) -> None:
    first, last = "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z"
    for since, until, words in (
        (last, first, "query.until: is not after since"),
        (first, first, "query.until: is not after since"),
        (first, "2026-11-20T00:00:00", "query.until: should have its zone"),
    ):
        answer = told.service.send("GET", f"/api/audit?since={since}&until={until}")
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(words)
    assert told.service.send("GET", f"/api/audit?since={first}&until={last}").status_code == 200


@sqlite_only
def test_a_long_search_goes_on_by_its_cursor(
    told: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = told.rows(decision="denied")
    monkeypatch.setattr("stagedoor.agents.audit.service.LOOKED_AT", 2)
    found = [row.seq for row in told.agents.audit.all("acme")]
    assert found == [8, 7, 6, 5, 4, 3]
    pages, seen, cursor = 0, [], None
    while pages == 0 or cursor is not None:
        more: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
        page = told.service.api("GET", "/api/audit", q="product drop", limit=1, **more)
        pages, cursor = pages + 1, page["nextCursor"]
        seen += page["rows"]
    assert seen == denied
    assert pages > len(denied)


@sqlite_only
def test_it_is_followed_live(told: AgentFixture) -> None:
    service = told.service
    headers = {"orgid": "acme", "authorization": f"Bearer {service.token()}"}
    headers["accept"] = "text/event-stream"
    lines: list[str] = []
    ready, done = threading.Event(), threading.Event()

    def follow() -> None:
        more = {**headers, "last-event-id": "8"}
        with service.http.stream("GET", "/api/audit", headers=more) as answer:
            for line in answer.iter_lines():
                lines.append(line)
                if "log1" in line:
                    ready.set()
                if "display.user_info" in line:
                    done.set()
                    return

    thread = threading.Thread(target=follow)
    thread.start()
    assert ready.wait(SECONDS)
    told.asks("display.user_info")
    assert done.wait(SECONDS)
    thread.join(SECONDS)
    data = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert data[0] == {"id": "8", "outcome": "failed", "logId": "log1"}
    assert data[1]["sentence"].endswith("is off for this agent.")
    assert [line for line in lines if line.startswith("event: ")] == [
        "event: outcome",
        "event: decision",
    ]


@sqlite_only
def test_a_dry_run_tells_what_would_have_been_otherwise(told: AgentFixture) -> None:
    path = f"/api/agents/{told.id}/grants"
    found = told.service.api("PUT", path, {"preset": "publisher"}, dryRun=True)
    assert found["added"] == [
        "Read Profile and stats on all accounts",
        "Everything of Posting on all accounts",
    ]
    assert found["removed"] == []
    assert [one["wouldBe"] for one in found["pastCalls"]] == ["allowed"] * 3
    assert "New product drop" in found["pastCalls"][0]["sentence"]
    assert found["lookedAt"] == 6
    nothing = told.service.api("PUT", path, {"grants": []}, dryRun=True)
    assert [one["was"] for one in nothing["pastCalls"]] == ["allowed"] * 3
    assert told.service.api("GET", path)["version"] == 1
    told.service.api("POST", "/api/audit/erasures", {"everything": True})
    blind = told.service.api("PUT", path, {"grants": []}, dryRun=True)
    assert (blind["pastCalls"], blind["erased"]) == ([], 6)


@sqlite_only
def test_only_admins_read_it(service: Service) -> None:
    for path in ("/api/audit", "/api/audit/verify", "/api/agents"):
        assert service.send("GET", path, role="member").status_code == 403


@sqlite_only
def test_who_changed_an_agent_is_in_the_audit(agent: AgentFixture) -> None:
    """By route, with the user's name out of the token; a refused change leaves nothing."""
    api = agent.service.api
    agent.given({"resource": "videos", "level": "read"})
    path = f"/api/agents/{agent.id}"
    api("PATCH", path, {"name": "Renamed", "callsPerMinute": 7})
    api("PATCH", path, {"name": "Renamed"})
    assert agent.service.send("PATCH", "/api/agents/nobody", {"stopped": True}).status_code == 404
    key = api("POST", f"{path}/keys", {"overlapHours": 2})["key"]
    api("POST", f"{path}/stop")
    api("PATCH", path, {"stopped": False})
    api("POST", "/api/agents/stop")
    found = api("GET", "/api/audit", decision="changed")["rows"]
    assert [row["sentence"] for row in reversed(found)][1:] == [
        "u1 changed what Social Agent may do: Read Own videos on all accounts.",
        "u1 renamed Social Agent to Renamed.",
        "u1 let Social Agent make 7 calls a minute.",
        f"u1 made the key {key[:8]} for Renamed; its other keys end in 2 h.",
        "u1 stopped Renamed.",
        "u1 let Renamed act again.",
        "u1 stopped every agent.",
    ]
    assert {row["decidedBy"] for row in found} == {"u1"}
    assert {row["rule"] for row in found} == {"agent", "grants", "keys"}
    assert api("GET", "/api/audit", by="agents")["rows"] == []
    assert (
        api("GET", "/api/audit", by="people")["rows"] == found == api("GET", "/api/audit")["rows"]
    )
    assert verified(agent)["intact"]
    api("DELETE", path)
    newest = api("GET", "/api/audit", decision="changed")["rows"][0]
    assert newest["sentence"] == "u1 deleted Renamed with its keys and grants."


@sqlite_only
def test_an_agent_is_stopped_where_the_audit_is_broken(agent: AgentFixture) -> None:
    agent.given({"resource": "videos", "level": "read"})
    with agent.agents.services.database.begin() as connection:
        connection.execute(text("UPDATE audit_heads SET seq = 0"))
    path = f"/api/agents/{agent.id}"
    grown = agent.service.send("PUT", f"{path}/grants", {"grants": []})
    assert grown.status_code == 503, "nobody is given anything unseen"
    assert agent.service.api("POST", f"{path}/stop")["stopped"]
    agent.service.send("PATCH", path, {"stopped": False})
    assert agent.service.api("GET", path)["stopped"], "and nothing lets it go on unseen"
