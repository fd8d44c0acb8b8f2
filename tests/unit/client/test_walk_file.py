"""A file that a walk fills: concurrent changes by other programs, and a process that ends at any
point."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagedoor.client.collecting.formats import TableColumns
from stagedoor.client.collecting.walk_file import WalkFile
from stagedoor.errors import CollectionError
from stagedoor.platform.products.research import Person

TIKTOK = "https://open.tiktokapis.com"
ASKED = {"command": "followers", "username": "mara"}
TABLE = TableColumns.of(Person, ("username", "display_name"))
ROWS = [("amy", {"username": "amy"}), ("ben", {"username": "ben"}), ("amy", {"username": "no"})]


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    with WalkFile(path, ASKED, tiktok=TIKTOK) as file:
        file.keep(ROWS, complete=True)
        path.write_text("mine")
        with pytest.raises(CollectionError, match="another program's"):
            file.finish(TABLE)
    assert path.read_text() == "mine"
    path.unlink()
    with WalkFile(path, ASKED, tiktok=TIKTOK, resume=True) as file:
        assert (file.complete, file.finish(TABLE)) == (True, 2)
    assert path.read_text() == '{"username":"amy"}\n{"username":"ben"}\n'


def test_a_process_that_ends_before_the_database_goes_writes_the_file_once(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    with WalkFile(path, ASKED, tiktok=TIKTOK) as file:
        file.keep(ROWS, complete=True)
        file._write(TABLE)
    before = path.stat()
    with WalkFile(path, ASKED, tiktok=TIKTOK, resume=True) as file:
        assert file.finish(TABLE) == 2
    assert path.stat() == before
    assert list(tmp_path.iterdir()) == [path]


def test_at_most_so_many_rows_are_kept_and_then_it_is_complete(tmp_path: Path) -> None:
    with WalkFile(tmp_path / "people.csv", ASKED, tiktok=TIKTOK) as file:
        file.keep(ROWS, most=3)
        assert (file.count(), file.complete) == (2, False)
        file.keep([("cem", {"username": "cem"}), ("dana", {"username": "dana"})], most=3)
        assert (file.count(), file.complete, file.has("dana")) == (3, True, False)


def test_nothing_is_left_of_a_command_that_found_nothing_to_keep(tmp_path: Path) -> None:
    with WalkFile(tmp_path / "people.csv", ASKED, tiktok=TIKTOK):
        pass
    (tmp_path / "people.csv.part").touch()  # of a process that was killed before it began
    with WalkFile(tmp_path / "people.csv", ASKED, tiktok=TIKTOK) as file:
        assert file.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_goes_on_at_the_tiktok_that_it_began_with(tmp_path: Path) -> None:
    path, here = tmp_path / "people.jsonl", "http://127.0.0.1:8701"
    with WalkFile(path, ASKED, tiktok=TIKTOK) as file:
        file.keep(ROWS[:1])
    with pytest.raises(CollectionError, match=f"TikTok at {TIKTOK}, and {here} is asked now"):
        WalkFile(path, ASKED, tiktok=here, resume=True)
    with WalkFile(path, ASKED, tiktok=TIKTOK, resume=True) as file:
        assert file.count() == 1
