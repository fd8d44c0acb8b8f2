"""The one place through which commands write: what it does to every character, and that nothing
goes around it."""

from __future__ import annotations

import ast
import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import stagedoor
from stagedoor.cli import terminal
from stagedoor.platform.characters import is_hidden
from stagedoor.testing import TikTokEmulator
from tests.support.unicode_table import TABLE

from .conftest import Connect, Shell

SOURCE = Path(stagedoor.__file__).parent
WRITERS = {
    "cli/terminal.py",
    "cli/console.py",  # rich, with text that terminal has made safe
    "cli/interruption.py",  # writes past the streams, which a signal may find in use
    "cli/__init__.py",  # the help and one message, before any library is loaded
    "agents/mcp/bridge.py",  # a protocol on standard output, not text
    "connector/logs.py",  # log lines, JSON in ASCII
    "emulator/products/business_reports/tasks.py",  # CSV in a string, for a download
    "client/collecting/formats.py",  # files of data that the caller asked for
    "connector/activity/export.py",  # CSV in a string, for a download
    "connector/research/rows.py",  # CSV in a string, for a download
    "connector/media/converting.py",  # a child process's answer to its parent
    "connector/media/probe.py",  # a child process's answer to its parent, JSON
    "emulator/products/compute/runner.py",  # a script's log, into a file of the parent process
}
STEERING = "\x1b\x07\x08\r\x7f\x9b\x9d\u202e\u2066\u200b\ufeff\u2028\U000e0041\U000e0100"


def dotted(node: ast.AST) -> str:
    """A name as it is written, such as `sys.stdout`; empty for what is no name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def escapes(tree: ast.AST) -> Iterator[str]:
    """Each way in which a module would write by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            if called in ("print", "click.echo", "click.secho", "click.prompt", "click.confirm"):
                yield called
            if called in ("os.write", "click.echo_via_pager", "csv.writer"):
                yield called
        elif isinstance(node, ast.Attribute) and dotted(node) in ("sys.stdout", "sys.stderr"):
            yield dotted(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            module = getattr(node, "module", None) or ""
            if "rich" in (name.partition(".")[0] for name in [module, *names]):
                yield "rich"
            if module == "click" and {"echo", "secho", "prompt", "confirm"} & set(names):
                yield "from click"


def test_commands_write_through_one_place() -> None:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        ways = sorted(set(escapes(ast.parse(path.read_text()))))
        if ways and name not in WRITERS:
            found[name] = ways
    assert found == {}


def test_a_module_that_writes_by_itself_would_be_found() -> None:
    for line in ("print(1)", "click.echo('x')", "sys.stdout.write('x')", "from rich import print"):
        assert list(escapes(ast.parse(line))), line


Written = Callable[[Callable[[], object]], str]


@pytest.fixture(params=["utf-8", "cp1252", "ascii"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Written:
    """The output of a function to a console of that encoding."""

    def run(write: Callable[[], object]) -> str:
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding=request.param, newline="")
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setenv("PYTHONIOENCODING", request.param)
            terminal.prepare()
            write()
        return raw.getvalue().decode(request.param)

    return run


def test_a_line_can_not_steer_a_terminal(written: Written) -> None:
    """The whole Unicode table: one line stays one line, and nothing hidden gets out."""
    text = written(lambda: terminal.say("|".join(TABLE)))
    assert text.endswith("\n")
    line = text[:-1]
    kept = set("\u200c\u200d\ufe0e\ufe0f")
    assert not [ch for ch in set(line) if is_hidden(ch) and ch not in kept]
    assert "|a|b|c|" in line
    for ch in STEERING:
        assert f"|<U+{ord(ch):04X}>|" in line


def test_json_is_exact_and_safe(written: Written) -> None:
    whole = "|".join(TABLE)
    text = written(lambda: terminal.print_json({"text": whole, whole: 1}))
    assert json.loads(text) == {"text": whole, whole: 1}
    assert not set(text) & set(STEERING)


def test_a_cell_of_a_csv_holds_no_escapes(written: Written) -> None:
    def write() -> None:
        parts = [TABLE[start : start + 8_000] for start in range(0, len(TABLE), 8_000)]
        terminal.print_csv_row("|".join(part) for part in parts)
        terminal.print_csv_row([7, -1.5, None, True, ["=a"], Decimal("-2.50")])
        terminal.print_csv_row(["lone\rCR", "two\nlines", "=1+1", "-5", -5])

    text = written(write)
    assert not set(text) & (set(STEERING) - {"\r"})
    _, first, second = csv.reader(io.StringIO(text, newline=""))
    assert first == ["7", "-1.5", "", "True", '["=a"]', "-2.50"]
    assert second == ["lone\rCR", "two\nlines", "'=1+1", "'-5", "-5"]


def test_what_people_read_in_other_scripts_stays(written: Written) -> None:
    for text in ("Grüße", "日本語", "می\u200cخواهم", "👨\u200d👩\u200d👧", "❤\ufe0f", "a\u00a0b"):
        assert terminal.shown(text) == text


SLY = "SLY \x1b]0;owned\x07 \x9b31m \u202egpj.exe =\U000e0041 \x1b[2J"


@pytest.mark.parametrize(
    "args",
    [("videos", "--limit", "2"), ("videos", "--limit", "2", "--json")],
    ids=str,
)
def test_a_caption_with_escape_sequences_is_text(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, args: tuple[str, ...]
) -> None:
    (creator,) = (c for c in tiktok.world.all.creators.values() if c.username == "maracooks")
    newest = max(
        (v for v in tiktok.world.all.videos.values() if v.creator_id == creator.id),
        key=lambda video: video.created,
    )
    newest.title = SLY
    connected()
    done = shell.run(*args)
    assert "SLY" in done.out
    assert not [ch for ch in done.out if is_hidden(ch) and ch not in "\n\ufe0f\u200d"]
    if "--json" in args:
        assert done.json[0]["title"] == SLY


def test_an_error_can_not_steer_a_terminal(shell: Shell) -> None:
    done = shell.run("videos", "--account", "\x1b[2J", STAGEDOOR_TIKTOK_URL="http://127.0.0.1:9")
    other = shell.run("\x1b[31mred")
    assert done.code == 1
    assert other.code == 2
    assert "There is no command 'red'" in other.err, "click takes colours out itself"
    assert "\x1b" not in done.err + other.err
