"""State files of other versions, and what a file keeps."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from stagedoor.emulator import Emulator, registry, state
from stagedoor.emulator.products.business.seed import ADVERTISER_IDS, APP_ID
from stagedoor.emulator.products.business.state import AD_ACCOUNTS
from stagedoor.emulator.products.business_ads.state import ADS
from stagedoor.emulator.products.community.state import LIKES, LIKES_OF_PERSON
from stagedoor.emulator.products.oauth import tokens
from stagedoor.emulator.state import StateError, StateFile, load, save
from stagedoor.emulator.world import World
from stagedoor.emulator.world.collection import EntityCollection

from .conftest import TikTok

OLD = Path(__file__).with_name("state_version_1.json")
"""Written by the emulator when files had version 1."""


@pytest.fixture
def emulator() -> Any:
    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "world.json"


def written(file: Path, **changed: Any) -> bytes:
    """A good file with some of its content changed."""
    file.write_text(json.dumps(json.loads(OLD.read_text()) | changed))
    return file.read_bytes()


def kept(world: World) -> dict[str, Any]:
    return {
        one.name: [asdict(entity) for entity in world[one].values()]
        for one in registry.declared()
        if isinstance(one, EntityCollection)
    }


def test_a_file_of_version_1_is_migrated(emulator: Emulator, file: Path) -> None:
    old = json.loads(written(file))["entities"]
    load(emulator.world, file)
    emulator.adopt()
    world = emulator.world
    for name, entities in old.items():
        added = 1 if name == "apps" else 0  # the business app, see below
        assert len(getattr(world.all, name)) == len(entities) + added, name
    creator = world.named("maracooks")
    assert creator is not None
    assert {post.id for post in world.videos_of(creator.id)} == set(old["videos"])
    for like in old["likes"].values():
        assert like["video_id"] in {
            one.video_id for one in world[LIKES].by(LIKES_OF_PERSON, like["person_id"])
        }
    (token,) = old["access_tokens"].values()
    assert tokens.live(world, token["value"], token["expires"] - 1) is not None
    (search,) = world.all.searches.values()
    assert (search.finished, len(search.video_ids)) == (True, 4)
    assert world.settings.short_pages is True
    kinds = [timer.kind for timer in world.clock.pending()]
    assert kinds == ["publish.moderate", "creator_link.rights"], "the latter is of a seed"


def test_a_product_that_is_newer_than_the_file_is_seeded(emulator: Emulator, file: Path) -> None:
    written(file)
    load(emulator.world, file)
    world = emulator.world
    assert world.apps[APP_ID].business
    assert [one.id for one in world[AD_ACCOUNTS].values()] == list(ADVERTISER_IDS)
    world[AD_ACCOUNTS].clear()
    save(world, file)
    load(world, file)
    assert list(world[AD_ACCOUNTS].values()) == [], "what the file knows is as it was saved"


def test_what_was_migrated_is_saved_in_the_newest_version(
    emulator: Emulator, file: Path, tmp_path: Path
) -> None:
    written(file)
    load(emulator.world, file)
    newer = tmp_path / "newer.json"
    save(emulator.world, newer)
    assert json.loads(newer.read_text())["version"] == state.VERSION
    again = Emulator()
    try:
        load(again.world, newer)
        assert kept(again.world) == kept(emulator.world)
    finally:
        again.close()


def test_spark_ads_of_version_2_show_their_posts(emulator: Emulator, file: Path) -> None:
    before = {one.id: one.post for one in emulator.world[ADS].values()}
    assert any(before.values())
    save(emulator.world, file)
    content = json.loads(file.read_text()) | {"version": 2}
    for ad in content["entities"]["business_ads"]:
        del ad["post"]
    file.write_text(json.dumps(content))
    load(emulator.world, file)
    assert {one.id: one.post for one in emulator.world[ADS].values()} == before


def test_every_older_version_has_a_migration() -> None:
    assert set(state._MIGRATIONS) == set(range(1, state.VERSION))


@pytest.mark.parametrize("version", [state.VERSION + 1, 99])
def test_a_newer_file_is_refused_with_what_to_do(
    emulator: Emulator, file: Path, version: int
) -> None:
    text, before = written(file, version=version), kept(emulator.world)
    with pytest.raises(StateError, match=f"newer Stagedoor.*{version}.*Update Stagedoor"):
        load(emulator.world, file)
    assert file.read_bytes() == text
    assert kept(emulator.world) == before


@pytest.mark.parametrize("version", [0, -1, True, "1", 1.5, None, [1]])
def test_a_file_without_a_version_is_refused(
    emulator: Emulator, file: Path, version: object
) -> None:
    text, before = written(file, version=version), kept(emulator.world)
    with pytest.raises(StateError, match="no state file"):
        load(emulator.world, file)
    assert file.read_bytes() == text
    assert kept(emulator.world) == before


@pytest.mark.parametrize("entities", [None, [], "x", {"videos": 5}, {"videos": {"1": {}}}])
def test_damaged_entities_are_refused(emulator: Emulator, file: Path, entities: object) -> None:
    before = kept(emulator.world)
    written(file, entities=entities)
    with pytest.raises(StateError, match="no state file"):
        load(emulator.world, file)
    assert kept(emulator.world) == before


def test_entities_that_nobody_declares_are_refused_by_name(emulator: Emulator, file: Path) -> None:
    before = kept(emulator.world)
    written(file, entities={"holograms": {}})
    with pytest.raises(StateError, match="holograms"):
        load(emulator.world, file)
    assert kept(emulator.world) == before


@pytest.mark.parametrize("kind", ["hologram.show", "publish.hologram", ""])
def test_a_timer_that_no_product_handles_is_refused_by_name(
    emulator: Emulator, file: Path, kind: str
) -> None:
    before, waiting = kept(emulator.world), emulator.world.clock.pending()
    written(file, timers=[{"due": 1.0, "kind": kind, "ref": "1"}])
    with pytest.raises(StateError, match=f"timer that .* doesn't know: '{kind}'"):
        load(emulator.world, file)
    assert kept(emulator.world) == before
    assert emulator.world.clock.pending() == waiting


@pytest.mark.parametrize("name", ["creators", "apps", "developers", "videos", "grants"])
@pytest.mark.parametrize("emptied", [True, False], ids=["emptied", "left out"])
def test_references_to_entities_that_the_file_lacks_are_refused(
    emulator: Emulator, file: Path, name: str, emptied: bool
) -> None:
    before = kept(emulator.world)
    content = json.loads(OLD.read_text())
    assert content["entities"].pop(name)
    if emptied:
        content["entities"][name] = {}
    file.write_text(json.dumps(content))
    with pytest.raises(StateError, match=f"lacks entities of the emulator, {name}"):
        load(emulator.world, file)
    assert kept(emulator.world) == before


def test_a_file_without_entities_is_refused(emulator: Emulator, file: Path) -> None:
    before = kept(emulator.world)
    written(file, version=2, entities={}, timers=[])
    with pytest.raises(StateError, match="lacks entities"):
        load(emulator.world, file)
    assert kept(emulator.world) == before


@pytest.mark.parametrize("number", ["1e300", "-1e300", "1e999", "NaN", "Infinity", "-Infinity"])
def test_a_clock_outside_the_calendar_is_refused(
    emulator: Emulator, file: Path, number: str
) -> None:
    text = json.dumps(json.loads(OLD.read_text()) | {"ahead": "HERE"})
    file.write_text(text.replace('"HERE"', number))
    with pytest.raises(StateError, match="no state file"):
        load(emulator.world, file)
    assert abs(emulator.world.clock.offset) < 1


@pytest.mark.parametrize(
    ("member", "value"), [("created", "NaN"), ("created", "1e999"), ("title", r'"\ud800"')]
)
def test_what_could_not_be_saved_again_is_refused(
    emulator: Emulator, file: Path, member: str, value: str
) -> None:
    before = kept(emulator.world)
    content = json.loads(OLD.read_text())
    video = next(iter(content["entities"]["videos"].values()))
    assert member in video
    video[member] = "HERE"
    file.write_text(json.dumps(content).replace('"HERE"', value))
    with pytest.raises(StateError, match="no state file"):
        load(emulator.world, file)
    assert kept(emulator.world) == before


def test_what_is_wrong_is_told_by_its_place_and_without_its_value(
    emulator: Emulator, file: Path
) -> None:
    save(emulator.world, file)
    good = file.read_bytes()
    before = kept(emulator.world)
    content = json.loads(good)
    content["entities"]["videos"][3]["views"] = "hush-hush"
    wrong = {
        good[:5000]: "line 1, column ",
        b"\xff" + good: r"it isn't UTF-8 \(byte 1\)",
        b"[" * 200_000: "nested too deeply",
        b"[]": "it has no version",
        json.dumps(content).encode(): r"entities\.videos\.3\.views: should be a valid integer",
    }
    for text, told in wrong.items():
        file.write_bytes(text)
        with pytest.raises(StateError, match=told) as refused:
            load(emulator.world, file)
        assert "hush-hush" not in str(refused.value)
        assert kept(emulator.world) == before


def test_two_entities_with_one_key_are_refused(emulator: Emulator, file: Path) -> None:
    content = json.loads(OLD.read_text())
    first = next(iter(content["entities"]["videos"].values()))
    content["entities"]["videos"]["other"] = first
    file.write_text(json.dumps(content))
    with pytest.raises(StateError, match="no state file"):
        load(emulator.world, file)


def test_a_whole_world_is_kept(tiktok: TikTok, file: Path, emulator: Emulator) -> None:
    tiktok.control("PUT", "hosts", {"media.example": "http://127.0.0.1:1"})
    save(tiktok.world, file)
    load(emulator.world, file)
    assert kept(emulator.world) == kept(tiktok.world)
    assert emulator.world.all.hosts == {"media.example": "http://127.0.0.1:1"}


def test_two_runs_with_one_file_lose_neither_world(emulator: Emulator, file: Path) -> None:
    save(emulator.world, file)
    first, second = StateFile(file), StateFile(file)
    first.load(emulator.world)
    first.save(emulator.world)
    before = file.read_bytes()
    emulator.world.seed = 77
    with pytest.raises(StateError, match=r"by another program.* in .*world\.json\.2\."):
        second.save(emulator.world)
    assert file.read_bytes() == before
    load(emulator.world, file.with_name("world.json.2"))
    assert emulator.world.seed == 77


def test_a_world_that_cannot_be_saved_is_said_with_its_file(
    emulator: Emulator, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    kept = StateFile(folder / "world.json")
    kept.load(emulator.world)
    folder.rmdir()
    with pytest.raises(StateError, match=r"can't be saved to .*world\.json: No such file"):
        kept.save(emulator.world)


def test_a_file_that_was_deleted_meanwhile_is_written_again(emulator: Emulator, file: Path) -> None:
    save(emulator.world, file)
    kept = StateFile(file)
    file.unlink()
    kept.save(emulator.world)
    assert file.exists()
