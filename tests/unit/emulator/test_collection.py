"""Tables and their indices: true after every change, and no change gets around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.emulator.world import World
from stagedoor.emulator.world.collection import Entity, EntityCollection, EntityTable, Index, Total


@dataclass(slots=True)
class Song(Entity):
    id: str
    singer: str
    year: int
    plays: int = 0
    hidden: bool = False
    tags: list[str] = field(default_factory=list)


def _shown(singer: str, hidden: bool) -> Iterable[str]:
    return () if hidden else (singer, "anybody")


def _latest(year: int, id: str) -> tuple[int, str]:
    return -year, id


def _plays(singer: str, plays: int, hidden: bool) -> Iterable[tuple[str, int]]:
    return () if hidden else ((singer, plays),)


SONGS = EntityCollection("songs", Song)
BY_SINGER = Index[Song](on=("singer",))
SHOWN = Index[Song](on=("singer", "hidden"), keys=_shown, by=("year", "id"), order=_latest)
PLAYS = Total[Song](("singer", "plays", "hidden"), _plays)
SINGERS = ("ada", "bo", "anybody else")


@pytest.fixture
def songs() -> Iterable[EntityTable[Song]]:
    world = World()
    yield world[SONGS]
    world.close()


changes = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.sampled_from("abcde"),
            st.sampled_from(SINGERS),
            st.integers(1990, 1993),
        ),
        st.tuples(st.just("remove"), st.sampled_from("abcde")),
        st.tuples(
            st.just("set"),
            st.sampled_from("abcde"),
            st.one_of(
                st.tuples(st.just("singer"), st.sampled_from(SINGERS)),
                st.tuples(st.just("year"), st.integers(1990, 1993)),
                st.tuples(st.just("plays"), st.integers(0, 9)),
                st.tuples(st.just("hidden"), st.booleans()),
            ),
        ),
        st.tuples(st.just("many"), st.integers(1_000, 1_001)),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(changes, st.integers(0, 25))
def test_indices_and_totals_are_what_a_look_at_everything_gives(
    made: list[Any], first_asked: int
) -> None:
    world = World()
    songs = world[SONGS]
    for number, (kind, *more) in enumerate(made):
        if number == first_asked:
            _check(songs)
        if kind == "add":
            songs.add(Song(*more))
        elif kind == "many":
            songs.extend(Song(f"m{n}", SINGERS[n % 3], 1980 + n % 9) for n in range(more[0]))
        elif more[0] in songs:
            if kind == "remove":
                del songs[more[0]]
            else:
                setattr(songs[more[0]], *more[1])
    _check(songs)
    world.close()


def _check(songs: EntityTable[Song]) -> None:
    every = list(songs.values())
    for singer in (*SINGERS, "anybody"):
        assert list(songs.by(BY_SINGER, singer)) == [one for one in every if one.singer == singer]
        seen = [one for one in every if singer in _shown(one.singer, one.hidden)]
        assert [one.id for one in songs.by(SHOWN, singer)] == [
            one.id for one in sorted(seen, key=lambda one: (-one.year, one.id))
        ]
        played = sum(one.plays for one in every if one.singer == singer and not one.hidden)
        assert songs.total(PLAYS, singer) == played


def test_a_change_through_any_reference_moves_the_entity(songs: EntityTable[Song]) -> None:
    song = songs.add(Song("a", "ada", 1990))
    assert list(songs.by(BY_SINGER, "ada")) == [song]
    song.singer = "bo"
    assert list(songs.by(BY_SINGER, "ada")) == []
    assert list(songs.by(BY_SINGER, "bo")) == [song]


def test_a_removed_entity_moves_nothing_any_more(songs: EntityTable[Song]) -> None:
    song = songs.add(Song("a", "ada", 1990))
    songs.by(BY_SINGER, "ada")
    del songs["a"]
    song.singer = "bo"
    assert list(songs.by(BY_SINGER, "bo")) == []


def test_an_entity_of_a_forgotten_world_changes_alone(songs: EntityTable[Song]) -> None:
    heard: list[str] = []
    SONGS.listeners.append(lambda world, key, song: heard.append(key))
    try:
        song = songs.add(Song("a", "ada", 1990))
        songs.by(BY_SINGER, "ada")
        songs.release()
        song.singer = "bo"
    finally:
        SONGS.listeners.clear()
    assert (song.singer, len(songs), list(songs.by(BY_SINGER, "bo"))) == ("bo", 0, [])
    assert heard == ["a"]


def test_the_key_of_a_kept_entity_stays(songs: EntityTable[Song]) -> None:
    song = songs.add(Song("a", "ada", 1990))
    with pytest.raises(AttributeError, match="key of songs"):
        song.id = "b"
    with pytest.raises(KeyError, match="isn't the key"):
        songs["b"] = Song("c", "ada", 1990)
    assert list(songs) == ["a"]


def test_an_entity_stands_in_one_table(songs: EntityTable[Song]) -> None:
    song = songs.add(Song("a", "ada", 1990))
    with pytest.raises(ValueError, match="stands in songs"):
        songs.add(song)


def test_an_index_over_what_can_change_unseen_is_refused(songs: EntityTable[Song]) -> None:
    songs.add(Song("a", "ada", 1990))
    with pytest.raises(TypeError, match="unhashable"):
        songs.by(Index[Song](on=("tags",), keys=tuple), "x")
    with pytest.raises(TypeError, match="unhashable"):
        songs.total(Total[Song](("tags",), lambda tags: ((None, len(tags)),)), None)


def test_an_index_over_a_field_that_is_not_there_is_refused(songs: EntityTable[Song]) -> None:
    with pytest.raises(TypeError, match="tempo"):
        songs.by(Index[Song](on=("tempo",)), 120)


def test_a_value_that_an_index_can_not_take_changes_nothing(songs: EntityTable[Song]) -> None:
    song = songs.add(Song("a", "ada", 1990))
    assert list(songs.by(SHOWN, "ada")) == [song]
    with pytest.raises(TypeError):
        song.year = None  # type: ignore[assignment]
    assert song.year == 1990
    song.year = 1991
    assert list(songs.by(SHOWN, "ada")) == [song]


def test_listeners_hear_before_a_change_and_of_what_is_new() -> None:
    heard: list[tuple[str, int | None]] = []
    collection = EntityCollection("heard", Song)
    collection.listeners.append(
        lambda world, key, song: heard.append((key, None if song is None else song.year))
    )
    world = World()
    song = world[collection].add(Song("a", "ada", 1990))
    song.year = 1991
    del world[collection]["a"]
    song.year = 1992
    world.close()
    assert heard == [("a", None), ("a", 1990), ("a", 1991)]
