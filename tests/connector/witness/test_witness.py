"""The witness on a database: when it counts as restored, what is held, and who is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from stagedoor.connector.installation.models import installation
from stagedoor.connector.settings import SettingsError
from stagedoor.connector.witness.service import NOTICE, Witness
from stagedoor.connector.witness.stores import FolderWitnessStore
from tests.connector.publishing.conftest import PumpedStudio

_BEFORE = (
    "UPDATE posts SET state = :state, handed_over = NULL, ended = NULL, begun = NULL, "
    "tiktok_publish_id = NULL, public_ids = '[]' WHERE id = :id"
)


@dataclass
class Past:
    """The rows that a backup of the database would restore, restored by hand."""

    pumped: PumpedStudio

    def remember(self) -> None:
        with self._database.read() as connection:
            self.effects = connection.scalar(select(installation.c.effects))

    def come_back(self) -> None:
        with self._database.begin() as connection:
            connection.execute(update(installation).values(effects=self.effects))

    def posts_come_back(self, publish_id: str, state: str) -> None:
        """The post as it was before it went out."""
        # as a backup does it, past every rule of the service
        before = {"id": publish_id, "state": state}
        with self._database.begin() as connection:
            connection.execute(text(_BEFORE), before)
            connection.execute(text("DELETE FROM post_steps WHERE post = :id"), before)

    @property
    def _database(self) -> Any:
        return self.pumped.service.services.database


@pytest.fixture
def past(pumped: PumpedStudio) -> Past:
    return Past(pumped)


def started(pumped: PumpedStudio) -> Witness:
    """The witness of a process that starts now."""
    return pumped.service.services.make_witness()


def folder(pumped: PumpedStudio) -> Path:
    """Where the witness is kept at home."""
    return Path(started(pumped)._stores[0].name)


def lose_witness(pumped: PumpedStudio) -> None:
    """In every place."""
    for place in started(pumped)._stores:
        place.drop(list(place.read()))


def pause(pumped: PumpedStudio) -> Mapping[str, Any]:
    found: dict[str, Any] = pumped.service.api("GET", "/api/pause")
    return found


def test_a_fresh_service_begins_a_witness_and_keeps_it_up_to_date(pumped: PumpedStudio) -> None:
    assert started(pumped).look(at_start=True) == []
    pumped.run(pumped.post())
    witness = started(pumped)
    assert witness.look() == []
    [file] = folder(pumped).iterdir()
    assert json.loads(file.read_text())["effects"] == 1
    assert file.stat().st_mode & 0o077 == 0
    assert started(pumped).look(at_start=True) == []
    assert [file] == list(folder(pumped).iterdir()), "nothing changed, nothing is written"
    assert pause(pumped)["paused"] is False


def test_a_database_behind_its_witness_is_held(pumped: PumpedStudio, past: Past) -> None:
    started(pumped).look(at_start=True)
    public, private = pumped.draft(caption="Seen by all"), pumped.draft(privacyLevel="SELF_ONLY")
    future = pumped.post(
        publishAt=datetime.fromtimestamp(pumped.local.now() + 90_000, UTC).isoformat()
    )
    past.remember()
    for publish_id in (public, private):
        pumped.call("publish-video", {"publishId": publish_id})
        assert pumped.run(publish_id)["state"] == "published"
    started(pumped).look()
    past.come_back()
    for publish_id in (public, private):
        past.posts_come_back(publish_id, "checking")

    reasons = started(pumped).look(at_start=True)
    assert "2 publishing effects were witnessed, and the database knows of 0" in reasons[0]
    assert pause(pumped)["reason"] == "restored"
    assert pumped.service.services.pauses.whole().reason == "restored"
    assert pumped.get(private)["state"] == "unknown"
    assert pumped.get(private)["failure"]["reason"] == "database_restored"
    assert pumped.run(public, "published")["publicIds"], "the creator's list has it"
    pumped.pump(3_600)
    assert pumped.get(private)["state"] == "unknown", "a person has to look"
    assert pumped.get(future)["state"] == "scheduled"
    told = pumped.service.api("GET", "/api/notices")["notices"]
    assert [one["kind"] for one in told].count(NOTICE) == 1
    assert started(pumped).look(at_start=True) == [], "it is told once"

    pumped.service.api("POST", "/api/resume")
    pumped.pump(60)
    settled = pumped.service.api("PATCH", f"/api/posts/{private}", {"resolution": "published"})
    assert settled["state"] == "published"
    assert len(pumped.made()) == 2, "nothing went out twice"
    assert pumped.run(future)["state"] == "published"
    assert len(pumped.made()) == 3


def test_posts_without_any_witness_are_held(pumped: PumpedStudio) -> None:
    started(pumped).look(at_start=True)
    publish_id = pumped.post()
    lose_witness(pumped)
    [reason] = started(pumped).look(at_start=True)
    assert "there is no witness of it in" in reason
    assert str(pumped.service.services.settings.home) in reason
    assert pumped.get(publish_id)["state"] == "unknown"
    assert started(pumped).look(at_start=True) == []


def test_an_upgrade_is_no_restore(pumped: PumpedStudio) -> None:
    pumped.run(pumped.post())
    with pumped.service.services.database.begin() as connection:
        connection.execute(update(installation).values(begins=True))
    assert started(pumped).look(at_start=True) == []
    assert pause(pumped)["paused"] is False
    lose_witness(pumped)
    assert started(pumped).look(at_start=True) != [], "but only once"


def test_a_damaged_witness_pauses(pumped: PumpedStudio) -> None:
    started(pumped).look(at_start=True)
    [file] = folder(pumped).iterdir()
    file.write_text(file.read_text()[:20])
    [reason] = started(pumped).look(at_start=True)
    assert str(file) in reason
    assert "damaged" in reason
    assert pause(pumped)["paused"] is True
    assert started(pumped).look(at_start=True) == [], "a new one took its place"


def test_a_witness_of_another_database_is_damaged(pumped: PumpedStudio) -> None:
    started(pumped).look(at_start=True)
    [file] = folder(pumped).iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"identity": "other"}))
    assert started(pumped).look(at_start=True) != []


def test_several_processes_keep_one_witness_that_never_goes_back(pumped: PumpedStudio) -> None:
    started(pumped).look(at_start=True)
    place = started(pumped)._stores[0]
    [old] = place.read().values()
    pumped.run(pumped.post())
    started(pumped).look()
    # a process that was slow writes what it saw earlier
    place.write(old)
    assert len(place.read()) == 2
    assert started(pumped).look() == []
    [merged] = place.read().values()
    assert json.loads(merged)["effects"] == 1


def test_a_media_store_vouches_alone_and_one_that_is_silent_stops_the_start(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services = pumped.service.services
    pumped.post()

    class Store(FolderWitnessStore):
        """As an S3-compatible store."""

        def read(self) -> dict[str, str]:
            if (tmp_path / "down").exists():
                from stagedoor.connector.errors import ServiceUnavailable

                raise ServiceUnavailable("It doesn't answer.")
            return super().read()

    def started_with_store() -> Witness:
        witness = services.make_witness()
        home = FolderWitnessStore(tmp_path / "ephemeral", witness._identity)
        store = Store(tmp_path / "store", witness._identity)
        witness.__dict__["_stores"] = [home, store]
        return witness

    with services.database.begin() as connection:
        connection.execute(update(installation).values(begins=True))
    assert started_with_store().look(at_start=True) == []
    for file in (tmp_path / "ephemeral").rglob("*.json"):
        file.unlink()
    assert started_with_store().look(at_start=True) == [], "the store has it"
    for file in (tmp_path / "ephemeral").rglob("*.json"):
        file.unlink()
    (tmp_path / "down").touch()
    with pytest.raises(SettingsError, match="can't be read"):
        started_with_store().look(at_start=True)
    assert pause(pumped)["paused"] is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_home_that_cannot_be_written_is_told_at_the_start(pumped: PumpedStudio) -> None:
    home = pumped.service.services.settings.home
    (home / "witness").write_text("in the way")
    with pytest.raises(SettingsError, match="can't be written") as refused:
        started(pumped).start()
    assert str(home) in str(refused.value)


def test_another_process_at_work_shows_that_it_is_no_backup(pumped: PumpedStudio) -> None:
    from stagedoor.connector.serving import make_worker

    pumped.post()
    worker = make_worker(pumped.service.services)
    worker._beat()
    assert started(pumped).look(at_start=True) == []
    with pumped.service.services.database.begin() as connection:
        connection.execute(text("UPDATE workers SET alive_until = 0"))
    lose_witness(pumped)
    assert started(pumped).look(at_start=True) != []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "words"),
    [({"system": "1"}, "another PostgreSQL server"), ({"timeline": "00000002"}, "timeline")],
)
def test_postgresqls_system_and_timeline_count(
    pumped: PumpedStudio, changed: dict[str, str], words: str
) -> None:
    started(pumped).look(at_start=True)
    place = started(pumped)._stores[0]
    [kept] = place.read().values()
    record = json.loads(kept)
    assert record["system"].isdecimal()
    assert record["timeline"] == "00000001"
    lose_witness(pumped)
    place.write(json.dumps(record | changed))
    [reason] = started(pumped).look(at_start=True)
    assert words in reason
    assert pause(pumped)["reason"] == "restored"
