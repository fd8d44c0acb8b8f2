"""`stagedoor portability`: an archive fetched, summed up, and read record by record."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from stagedoor.platform.products.portability.archive import JSON_NAME
from stagedoor.testing import TikTokEmulator

from .conftest import Connect, Shell, control


@pytest.fixture
def archive(shell: Shell) -> Path:
    posts = [
        {"Date": "2026-05-01 10:00:00", "Title": f"[bold]Part {number}[/]", "AllowDuets": "No"}
        for number in range(30)
    ]
    data = {"Post": {"Posts": {"VideoList": posts}}, "App": {"Ads": [{"a": 1}]}}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr(JSON_NAME, json.dumps(data))
    file = shell.folder / "data.zip"
    file.write_bytes(held.getvalue())
    return file


def test_people_see_the_sections_and_their_counts(shell: Shell, archive: Path) -> None:
    done = shell.run("portability", "read", archive)
    assert done.code == 0
    assert "data.zip (json format)" in done.words
    assert "posts │ 30" in done.words
    assert "App > Ads │ 1" in done.words
    assert "1 record in 1 section can't be typed" in done.words


def test_sections_are_csv_in_which_nothing_becomes_a_formula(shell: Shell) -> None:
    comments = [
        {"date": "2026-05-01 10:00:00", "comment": "=HYPERLINK(1)", "photo": "https://a"},
        {"date": "2026-05-02 10:00:00", "comment": "one, two\nthree", "new": {"a": [1]}},
        {"date": "2026-05-03 10:00:00", "comment": "\x1b[31m@red"},
    ]
    ads = [{"a": 1}, {"b": "+2", "a": True}]
    data = {"Comment": {"Comments": {"CommentsList": comments}}, "App": {"Ads": ads}}
    (shell.folder / JSON_NAME).write_text(json.dumps(data))
    read = ("portability", "read", JSON_NAME, "--csv")
    rows = list(csv.DictReader(io.StringIO(shell.run(*read, "--section", "comments").out)))
    assert [row["comment"] for row in rows] == [
        "'=HYPERLINK(1)",
        "one, two\nthree",
        "<U+001B>[31m@red",
    ]
    assert rows[0]["date"] == "2026-05-01T10:00:00Z"
    assert [row["new"] for row in rows] == ["", '{"a": [1]}', ""]
    other = shell.run(*read, "--section", "App > Ads")
    assert other.out == "a,b\n1,\nTrue,'+2\n"
    counts = list(csv.DictReader(io.StringIO(shell.run(*read).out)))
    assert {row["section"]: row["records"] for row in counts} == {"comments": "3", "App > Ads": "2"}
    cut = shell.run(*read, "--section", "comments", "--limit", "1")
    assert len(cut.out.splitlines()) == 2
    assert cut.err.startswith("2 more records aren't shown")
    unknown = shell.run(*read, "--section", "nothing")
    assert (unknown.code, unknown.out) == (2, "")
    assert "exclude each other" in shell.run(*read, "--json").words


def test_programs_get_the_counts_as_json(shell: Shell, archive: Path) -> None:
    done = shell.run("portability", "read", archive, "--json")
    assert done.json == {
        "format": "json",
        "sections": {"posts": 30, "App > Ads": 1},
        "unknown": {"App > Ads": 1},
    }


def test_the_summary_says_what_it_can_not_type(shell: Shell) -> None:
    texts = {
        "Post/Posts.txt": "Datum: 2026-05-01 10:00:00\nLink: https://a\n\nDatum: x\nLink: b\n",
        "Bericht/Berichten.txt": "Datum: 2026-05-01\n\nDatum: 2026-05-02\n",
        "Your Activity/Like List.txt": "Datum: x\nKoppeling: b\n\nDate: y\nLink: https://c\n",
        "Your Activity/Searches.txt": "Date: 2026-05-01 10:00:00\nSearch Term: cake\n",
    }
    for name, text in texts.items():
        (shell.folder / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (shell.folder / "data" / name).write_text(text)
    done = shell.run("portability", "read", "data")
    assert done.code == 0
    assert "┃ unknown ┃" in done.words
    assert "3 records in 2 sections can't be typed" in done.words
    assert "in another language" in done.words
    told = shell.run("portability", "read", "data", "--json").json
    assert told["unknown"] == {"Bericht > Berichten": 2, "likes": 1}

    (shell.folder / "data" / "Bericht" / "Berichten.txt").unlink()
    (shell.folder / "data" / "Your Activity" / "Like List.txt").unlink()
    plain = shell.run("portability", "read", "data")
    assert "unknown" not in plain.words
    assert plain.err == ""


def test_a_section_is_a_table_for_people(shell: Shell, archive: Path) -> None:
    done = shell.run("portability", "read", archive, "--section", "posts")
    assert "[bold]Part 0[/]" in done.words
    assert "2026-05-01 10:00:00 UTC" in done.words
    assert "Part 19" in done.words
    assert "Part 20" not in done.words
    assert done.err == "10 more records aren't shown: --limit N shows more, --json all of them.\n"


def test_a_section_is_a_line_for_each_record_for_programs(shell: Shell, archive: Path) -> None:
    done = shell.run("portability", "read", archive, "--section", "posts", "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == 30
    assert lines[0] == {
        "date": "2026-05-01T10:00:00Z",
        "title": "[bold]Part 0[/]",
        "allow_duets": False,
    }
    some = shell.run("portability", "read", archive, "--section", "App > Ads", "--json")
    assert some.json == {"a": 1}


def test_a_section_that_is_empty_or_unknown_is_told_apart(shell: Shell, archive: Path) -> None:
    done = shell.run("portability", "read", archive, "--section", "likes")
    assert (done.code, done.out) == (0, "data.zip has no likes.\n")
    done = shell.run("portability", "read", archive, "--section", "cats")
    assert done.code == 2
    assert "There is no section 'cats' in it. There are: posts, App > Ads." in done.words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "can't read none.zip: No such file or directory."),
        (b"<html>", "is neither a zip nor user_data_tiktok.json"),
        (b"PK\x03\x04 and no more", "is damaged or incomplete"),
    ],
)
def test_what_is_no_archive_is_one_line(shell: Shell, content: bytes | None, words: str) -> None:
    if content is not None:
        (shell.folder / "none.zip").write_bytes(content)
    done = shell.run("portability", "read", "none.zip")
    assert done.code == 1
    assert done.err.startswith("Error: ")
    assert len(done.err.splitlines()) == 1
    assert words in done.words


def test_a_folder_without_an_archive_is_named_however_it_is_written(shell: Shell) -> None:
    (shell.folder / "empty").mkdir()
    for written in (".", "empty", "empty/."):
        done = shell.run("portability", "read", written)
        folder = shell.folder.name if written == "." else "empty"
        assert (done.code, len(done.err.splitlines())) == (1, 1)
        assert f"Error: {folder} is a folder, but holds neither" in done.words


def test_an_export_is_fetched_and_read(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    control(tiktok, "PATCH", "settings", {"export_seconds": 0})
    issued = control(
        tiktok,
        "POST",
        "tokens",
        {"client_key": "emulator-client-key", "scopes": ["portability.all.single"]},
    )
    connected(access_token=issued["access_token"])
    done = shell.run("portability", "export", "mine.zip", "--json")
    assert done.code == 0, done.err
    assert done.json["bytes"] == (shell.folder / "mine.zip").stat().st_size
    read = shell.run("portability", "read", "mine.zip", "--json")
    assert read.json["sections"]["posts"] == 24
