"""Tokens at rest: private, replaced whole, shared by processes, hidden in reprs."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from stagedoor import FileTokens, MemoryTokens, Tokens
from stagedoor.client.errors import ConfigurationError
from stagedoor.client.tokens import read_private
from stagedoor.platform.products.oauth import UserToken

OLD = Tokens(access_token="act.old", refresh_token="rft.old", open_id="o", scopes=("video.list",))
NEW = Tokens(access_token="act.new", refresh_token="rft.new", open_id="o", expires_at=5.5)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    store = FileTokens(tmp_path / "deep" / "tokens.json")
    assert store.load() is None
    store.save(OLD)
    assert store.load() == OLD
    store.save(NEW)
    assert FileTokens(str(store.path)).load() == NEW
    store.delete()
    store.delete()
    assert store.load() is None


def test_tiktoks_lifetimes_become_moments() -> None:
    answer = UserToken(
        access_token="act.1",
        expires_in=7_200,
        open_id="o",
        refresh_token="rft.1",
        refresh_expires_in=15_552_000,
        scope="user.info.basic,video.list",  # type: ignore[arg-type]
    )
    tokens = Tokens.from_answer(answer, now=1_000.0)
    assert (tokens.expires_at, tokens.refresh_expires_at) == (8_200.0, 15_553_000.0)
    assert tokens.scopes == ("user.info.basic", "video.list")
    assert not tokens.expired(now=8_139)
    assert tokens.expired(now=8_141), "the last minute is too close to rely on"
    assert not Tokens(access_token="act.1").expired(now=1e12)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_the_file_at_any_moment(tmp_path: Path, umask: int) -> None:
    store = FileTokens(tmp_path / "private" / "tokens.json")
    seen: set[int] = set()

    def look(event: str, args: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.rename"):
            seen.update(mode(path) for path in store.path.parent.glob("*"))

    watching = True
    sys.addaudithook(look)
    before = os.umask(umask)
    try:
        store.save(OLD)
        store.save(NEW)
        with store.exclusive():
            pass
    finally:
        os.umask(before)
        watching = False
    seen.update(mode(path) for path in store.path.parent.glob("*"))
    assert seen == {0o600}
    assert mode(store.path.parent) & 0o077 == 0


def test_a_save_that_fails_leaves_the_old_tokens_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileTokens(tmp_path / "tokens.json")
    store.save(OLD)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(NEW)
    assert store.load() == OLD
    assert list(tmp_path.iterdir()) == [store.path]


KILLED = """
import os, signal, sys
from stagedoor import FileTokens, Tokens

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, sys.argv[2], die)
FileTokens(sys.argv[1]).save(Tokens(access_token="act.new", refresh_token="rft.new"))
"""


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_process_killed_while_it_saves_leaves_the_old_tokens(tmp_path: Path, moment: str) -> None:
    store = FileTokens(tmp_path / "tokens.json")
    store.save(OLD)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(store.path), moment], check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert store.load() == OLD
    store.save(NEW)
    assert store.load() == NEW


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"not json", b"[1]", b'{"access_token": 5}', b"\xff\xfe\x00\x80"]
)
def test_a_file_without_tokens_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as refusal:
        FileTokens(path).load()
    assert str(path) in str(refusal.value)
    assert "delete it and connect again" in str(refusal.value)


def test_the_error_about_a_broken_file_does_not_show_its_tokens(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text('{"access_token": ["act.hush-hush"]}')
    with pytest.raises(ConfigurationError) as refusal:
        FileTokens(path).load()
    assert "hush" not in repr(refusal.value)


@pytest.mark.parametrize("content", [b"nothing", b"[]", b"\xff"])
def test_a_broken_private_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.json"
    assert read_private(path) == {}
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"index\.json"):
        read_private(path)


HOLDER = """
import sys, time
from stagedoor import FileTokens

with FileTokens(sys.argv[1]).exclusive():
    print("held", flush=True)
    time.sleep(0.3)
    open(sys.argv[1] + ".done", "w").close()
"""


def test_two_processes_cannot_both_hold_the_tokens(tmp_path: Path) -> None:
    store = FileTokens(tmp_path / "tokens.json")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with store.exclusive():
            assert Path(f"{store.path}.done").exists(), "the other one wasn't done"


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    store = FileTokens(tmp_path / "tokens.json")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        other.kill()
        with store.exclusive():
            pass


def test_no_repr_shows_a_token() -> None:
    for shown in (repr(OLD), str(OLD), repr(MemoryTokens(OLD)), repr([OLD]), f"{OLD!r}"):
        assert "act." not in shown
        assert "rft." not in shown
    assert "video.list" in repr(OLD)
