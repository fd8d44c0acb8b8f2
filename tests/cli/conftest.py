"""The real `stagedoor` command as a subprocess, and a local TikTok for it to talk to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stagedoor import Tokens
from stagedoor.cli import settings
from stagedoor.testing import TikTokEmulator
from tests.support import media
from tests.support.prepared import Prepared

COMMAND = Path(sys.executable).with_name("stagedoor")
APP = "emulator-client-key"
DEAD = "http://127.0.0.1:9"
"""Nobody listens there."""

_SECRET = re.compile(r"\b(act|rft|clt)\.[A-Za-z0-9]|hush-hush")
"""Texts that no output may hold: tokens, and the secret of the tests."""


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which has to be one JSON document and nothing else."""
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """Both outputs with line breaks as blanks, for messages that a terminal wraps."""
        return " ".join(f"{self.out} {self.err}".split())


def _told_nothing(*outputs: str) -> None:
    for output in outputs:
        assert not _SECRET.search(output), f"a secret is shown: {output}"


@dataclass
class Started:
    """A command that goes on; its lines are read as they come."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        for line in self.process.stdout or ():
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()

    def line(self, pattern: str, seconds: float = 40.0) -> re.Match[str]:
        """The first line that matches, now or soon."""
        end = time.monotonic() + seconds
        with self._more:
            while True:
                for line in self.lines:
                    if match := re.search(pattern, line):
                        return match
                left = end - time.monotonic()
                assert left > 0, f"no line has {pattern!r}: {self.lines}"
                assert self.process.poll() is None or self._more.wait(0.2), self.lines
                self._more.wait(min(left, 0.2))


@dataclass
class Shell:
    """Runs `stagedoor` in a folder of its own, with settings of its own."""

    folder: Path
    env: dict[str, str]
    prepared: bool = True
    """Whether its processes find Stagedoor's modules loaded."""
    seconds: float = 50
    """How long a command may take."""

    @property
    def home(self) -> Path:
        return Path(self.env["STAGEDOOR_HOME"])

    def run(self, *args: str | Path, answers: str | None = None, **env: str) -> Done:
        with self.process(
            args,
            env,
            stdin=subprocess.DEVNULL if answers is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                out, err = process.communicate(answers, timeout=self.seconds)
            except BaseException:
                process.kill()
                raise
        assert "Traceback" not in err, err
        _told_nothing(out, err)
        return Done(process.returncode, out, err)

    def process(
        self, args: Sequence[str | Path], env: dict[str, str], **more: Any
    ) -> subprocess.Popen[Any]:
        """The command as a process."""
        command = [str(COMMAND), *map(str, args)]
        environment = self.env | env
        start = Prepared if self.prepared else subprocess.Popen
        return start(command, cwd=self.folder, env=environment, **more)

    def raw(
        self, *args: str | Path, into: str | None = None, **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        """The command's bytes as they are; with `into`, standard output is that file."""
        with open(self.folder / into, "wb") if into else nullcontext(subprocess.PIPE) as out:
            with self.process(
                args, env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE
            ) as process:
                printed, errors = process.communicate(timeout=self.seconds)
            return subprocess.CompletedProcess(args, process.returncode, printed, errors)

    def unread(self, *args: str | Path, **env: str) -> Done:
        """The command with a standard output whose reader has gone."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            with self.process(
                args,
                env,
                stdin=subprocess.DEVNULL,
                stdout=writer,
                stderr=subprocess.PIPE,
                text=True,
            ) as process:
                _, told = process.communicate(timeout=self.seconds)
        finally:
            os.close(writer)
        return Done(process.returncode, "", told)

    @contextmanager
    def started(self, *args: str | Path, **env: str) -> Iterator[Started]:
        """A command that is still running inside the block, and is ended after it."""
        process = self.process(
            args,
            env | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running = Started(process)
        reader = threading.Thread(target=running.read)
        reader.start()
        try:
            yield running
        finally:
            process.terminate()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            finally:
                reader.join()
                if process.stdout is not None:
                    process.stdout.close()
        assert "Traceback" not in "\n".join(running.lines), running.lines
        _told_nothing(*running.lines)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """With nothing configured, and with no way out to the internet."""
    folder = tmp_path / "folder"
    folder.mkdir()
    # where the package isn't the installed one
    path = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return Shell(
        folder,
        path
        | {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "STAGEDOOR_HOME": str(tmp_path / "home"),
            "HTTP_PROXY": DEAD,
            "HTTPS_PROXY": DEAD,
            "NO_PROXY": "127.0.0.1,localhost",
            "COLUMNS": "120",
            "TERM": "dumb",
            "PYTHONWARNINGS": "error",
        },
    )


@pytest.fixture
def unprepared(shell: Shell) -> None:
    """Each command loads what it needs, as a user's does."""
    shell.prepared = False


@pytest.fixture
def tiktok(tiktok_emulator_server: TikTokEmulator, shell: Shell) -> TikTokEmulator:
    """A local TikTok that processes at once, which the shell's commands speak to."""
    shell.env["STAGEDOOR_TIKTOK_URL"] = tiktok_emulator_server.url
    control(
        tiktok_emulator_server,
        "PATCH",
        "settings",
        {"processing_seconds": 0, "moderation_seconds": 0},
    )
    return tiktok_emulator_server


def control(tiktok: TikTokEmulator, method: str, path: str, body: Any = None) -> Any:
    answer = httpx2.request(method, f"{tiktok.url}/_emulator/{path}", json=body, trust_env=False)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


Connect = Callable[..., settings.LocalAccount]


@pytest.fixture
def connected(tiktok: TikTokEmulator, shell: Shell) -> Connect:
    """Connects a creator without the browser; further arguments replace parts of the tokens."""

    def connect(
        creator: str = "maracooks", app: str = APP, **changed: Any
    ) -> settings.LocalAccount:
        issued = control(tiktok, "POST", "tokens", {"client_key": app, "creator": creator})
        tokens = Tokens(
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            open_id=issued["open_id"],
            scopes=tuple(issued["scope"].split(",")),
            expires_at=time.time() + issued["expires_in"],
            refresh_expires_at=time.time() + issued["refresh_expires_in"],
        ).model_copy(update=changed)
        config = settings.CommandSettings(tiktok.url, None, None, shell.home)
        return settings.remember(config, creator, tokens, time.time())

    return connect


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of 3.2 seconds that TikTok takes."""
    path = tmp_path_factory.mktemp("media") / "film.mp4"
    path.write_bytes(media.video())
    return path
