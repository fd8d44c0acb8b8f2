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
from stagedoor.connector.witness.places import FolderPlace
from stagedoor.connector.witness.service import NOTICE, Witness
from tests.connector.publishing.conftest import Hands

_BEFORE = (
    "UPDATE posts SET state = :state, handed_over = NULL, ended = NULL, begun = NULL, "
    "tiktok_publish_id = NULL, public_ids = '[]' WHERE id = :id"
)


@dataclass
class Past:
    """What a backup of the database would bring back, put back by hand."""

    hands: Hands

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
        return self.hands.service.services.database


@pytest.fixture
def past(hands: Hands) -> Past:
    return Past(hands)


def started(hands: Hands) -> Witness:
    """The witness of a process that starts now."""
    return hands.service.services.make_witness()


def folder(hands: Hands) -> Path:
    """Where the witness is kept at home."""
    return Path(started(hands)._places[0].name)


def lose_witness(hands: Hands) -> None:
    """In every place."""
    for place in started(hands)._places:
        place.drop(list(place.read()))


def pause(hands: Hands) -> Mapping[str, Any]:
    found: dict[str, Any] = hands.service.api("GET", "/api/pause")
    return found


def test_a_fresh_service_begins_a_witness_and_keeps_it_up_to_date(hands: Hands) -> None:
    assert started(hands).look(at_start=True) == []
    hands.run(hands.post())
    witness = started(hands)
    assert witness.look() == []
    [file] = folder(hands).iterdir()
    assert json.loads(file.read_text())["effects"] == 1
    assert file.stat().st_mode & 0o077 == 0
    assert started(hands).look(at_start=True) == []
    assert [file] == list(folder(hands).iterdir()), "nothing changed, nothing is written"
    assert pause(hands)["paused"] is False


def test_a_database_behind_its_witness_is_held(hands: Hands, past: Past) -> None:
    started(hands).look(at_start=True)
    public, private = hands.draft(caption="Seen by all"), hands.draft(privacyLevel="SELF_ONLY")
    future = hands.post(
        publishAt=datetime.fromtimestamp(hands.local.now() + 90_000, UTC).isoformat()
    )
    past.remember()
    for publish_id in (public, private):
        hands.call("publish-video", {"publishId": publish_id})
        assert hands.run(publish_id)["state"] == "published"
    started(hands).look()
    past.come_back()
    for publish_id in (public, private):
        past.posts_come_back(publish_id, "checking")

    reasons = started(hands).look(at_start=True)
    assert "2 publishing effects were witnessed, and the database knows of 0" in reasons[0]
    assert pause(hands)["reason"] == "restored"
    assert hands.service.services.pauses.whole().reason == "restored"
    assert hands.get(private)["state"] == "unknown"
    assert hands.get(private)["failure"]["reason"] == "database_restored"
    assert hands.run(public, "published")["publicIds"], "the creator's list has it"
    hands.pump(3_600)
    assert hands.get(private)["state"] == "unknown", "a person has to look"
    assert hands.get(future)["state"] == "scheduled"
    told = hands.service.api("GET", "/api/notices")["notices"]
    assert [one["kind"] for one in told].count(NOTICE) == 1
    assert started(hands).look(at_start=True) == [], "it is told once"

    hands.service.api("POST", "/api/resume")
    hands.pump(60)
    settled = hands.service.api("PATCH", f"/api/posts/{private}", {"resolution": "published"})
    assert settled["state"] == "published"
    assert len(hands.made()) == 2, "nothing went out twice"
    assert hands.run(future)["state"] == "published"
    assert len(hands.made()) == 3


def test_posts_without_any_witness_are_held(hands: Hands) -> None:
    started(hands).look(at_start=True)
    publish_id = hands.post()
    lose_witness(hands)
    [reason] = started(hands).look(at_start=True)
    assert "there is no witness of it in" in reason
    assert str(hands.service.services.settings.home) in reason
    assert hands.get(publish_id)["state"] == "unknown"
    assert started(hands).look(at_start=True) == []


def test_an_upgrade_is_no_restore(hands: Hands) -> None:
    hands.run(hands.post())
    with hands.service.services.database.begin() as connection:
        connection.execute(update(installation).values(begins=True))
    assert started(hands).look(at_start=True) == []
    assert pause(hands)["paused"] is False
    lose_witness(hands)
    assert started(hands).look(at_start=True) != [], "but only once"


def test_a_damaged_witness_pauses(hands: Hands) -> None:
    started(hands).look(at_start=True)
    [file] = folder(hands).iterdir()
    file.write_text(file.read_text()[:20])
    [reason] = started(hands).look(at_start=True)
    assert str(file) in reason
    assert "damaged" in reason
    assert pause(hands)["paused"] is True
    assert started(hands).look(at_start=True) == [], "a new one took its place"


def test_a_witness_of_another_database_is_damaged(hands: Hands) -> None:
    started(hands).look(at_start=True)
    [file] = folder(hands).iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"identity": "other"}))
    assert started(hands).look(at_start=True) != []


def test_several_processes_keep_one_witness_that_never_goes_back(hands: Hands) -> None:
    started(hands).look(at_start=True)
    place = started(hands)._places[0]
    [old] = place.read().values()
    hands.run(hands.post())
    started(hands).look()
    # a process that was slow writes what it saw earlier
    place.write(old)
    assert len(place.read()) == 2
    assert started(hands).look() == []
    [merged] = place.read().values()
    assert json.loads(merged)["effects"] == 1


def test_a_media_store_vouches_alone_and_one_that_is_silent_stops_the_start(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services = hands.service.services
    hands.post()

    class Store(FolderPlace):
        """As an S3-compatible store."""

        def read(self) -> dict[str, str]:
            if (tmp_path / "down").exists():
                from stagedoor.connector.errors import Unavailable

                raise Unavailable("It doesn't answer.")
            return super().read()

    def started_with_store() -> Witness:
        witness = services.make_witness()
        home = FolderPlace(tmp_path / "ephemeral", witness._identity)
        store = Store(tmp_path / "store", witness._identity)
        witness.__dict__["_places"] = [home, store]
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
    assert pause(hands)["paused"] is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_home_that_cannot_be_written_is_told_at_the_start(hands: Hands) -> None:
    home = hands.service.services.settings.home
    (home / "witness").write_text("in the way")
    with pytest.raises(SettingsError, match="can't be written") as refused:
        started(hands).start()
    assert str(home) in str(refused.value)


def test_another_process_at_work_shows_that_it_is_no_backup(hands: Hands) -> None:
    from stagedoor.connector.serving import make_worker

    hands.post()
    worker = make_worker(hands.service.services)
    worker._beat()
    assert started(hands).look(at_start=True) == []
    with hands.service.services.database.begin() as connection:
        connection.execute(text("UPDATE workers SET alive_until = 0"))
    lose_witness(hands)
    assert started(hands).look(at_start=True) != []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "words"),
    [({"system": "1"}, "another PostgreSQL server"), ({"timeline": "00000002"}, "timeline")],
)
def test_postgresqls_system_and_timeline_count(
    hands: Hands, changed: dict[str, str], words: str
) -> None:
    started(hands).look(at_start=True)
    place = started(hands)._places[0]
    [kept] = place.read().values()
    record = json.loads(kept)
    assert record["system"].isdecimal()
    assert record["timeline"] == "00000001"
    lose_witness(hands)
    place.write(json.dumps(record | changed))
    [reason] = started(hands).look(at_start=True)
    assert words in reason
    assert pause(hands)["reason"] == "restored"
