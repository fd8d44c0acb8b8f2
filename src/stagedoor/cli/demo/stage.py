"""Shared parts of both stories: a folder, a video, the emulator's control routes."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2

from .. import console
from .film import make_photo, make_video
from .processes import DemoFailed
from .story import Story

TITLE = "Opening night #stagedoor"


class DemoStage:
    """The steps of a story, in order; each leaves the state that the next ones need."""

    def __init__(
        self,
        story: Story,
        stack: ExitStack,
        folder: Path,
    ) -> None:
        self.story = story
        self.stack = stack
        self.folder = folder
        self.control = stack.enter_context(httpx2.Client(timeout=30, trust_env=False))

    def make(self, video: Path | None) -> Path:
        title = "Take your video, and make three pictures" if video else "Make a film and pictures"
        with self.story.step(title) as step:
            public = self.folder / "public"
            public.mkdir(exist_ok=True)
            film = self.folder / f"film{video.suffix.lower() if video else '.mp4'}"
            if video:
                shutil.copyfile(video, film)
            else:
                self._make_film(film)
            for number, hue in enumerate((90, 140, 200), 1):
                make_photo(public / f"{number}.jpg", hue=hue)
            self.digest = _sha256(film)
            step.say(f"{film.name}: {film.stat().st_size / 1e6:.1f} MB; and three JPEGs.")
        return film

    def _make_film(self, path: Path) -> None:
        seconds, fps = 6, 30
        with console.bar("   encoding", seconds * fps) as show:
            make_video(path, seconds=seconds, fps=fps, on_frame=lambda done, _: show(done))

    def control_call(self, method: str, path: str, body: object = None) -> Any:
        answer = self.control.request(method, path, json=body)
        if answer.status_code >= 400:
            raise DemoFailed(f"{method} {path}: HTTP {answer.status_code} {answer.text[:300]}")
        return answer.json()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
