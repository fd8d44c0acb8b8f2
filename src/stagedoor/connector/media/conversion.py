"""The changes that a conversion to a format for posts would make, by a file's facts. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stagedoor.platform.media import PHOTO, VIDEO, PhotoLimits, VideoLimits

_USUAL_FPS = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """The result of a conversion; `fps` and `seconds` are 0 for a photo."""

    container: str
    codec: str
    width: int
    height: int
    fps: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that a conversion changes."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ConversionPlan:
    """A conversion. `target` None: none is needed, or none helps, as `obstacles` say."""

    target: Target | None
    differences: tuple[Difference, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def order(self) -> dict[str, Any]:
        """The target for the process that converts."""
        return {} if self.target is None else asdict(self.target)


def plan_video(facts: Mapping[str, Any], problems: tuple[str, ...]) -> ConversionPlan:
    """The conversion of a video with these facts and problems: H.264 and AAC in MP4."""
    if not problems:
        return ConversionPlan(None)
    limits, seconds = VIDEO, float(facts["seconds"])
    obstacles = []
    if limits.is_too_long(seconds):
        obstacles.append(
            f"It is {seconds:.1f} s long, at most {limits.max_seconds:.0f} s are taken."
        )
    if limits.is_too_short(seconds):
        obstacles.append(
            f"It is {seconds:.1f} s long, at least {limits.min_seconds:.0f} s are taken."
        )
    size = _video_size(int(facts["width"]), int(facts["height"]), limits)
    if size is None:
        obstacles.append("Its sides differ so much that no size of this shape is taken.")
    if obstacles or size is None:
        return ConversionPlan(None, obstacles=tuple(obstacles))
    fps = float(facts["fps"])
    if not limits.takes_fps(fps):
        fps = limits.max_fps if fps > limits.max_fps else _USUAL_FPS
    target = Target("mp4", "h264", *size, fps, seconds)
    return ConversionPlan(target, _differences(facts, target))


def plan_photo(facts: Mapping[str, Any], problems: tuple[str, ...]) -> ConversionPlan:
    """The conversion of a photo: a JPEG of a size that is taken."""
    if not problems:
        return ConversionPlan(None)
    width, height = _photo_size(int(facts["width"]), int(facts["height"]), PHOTO)
    target = Target("jpeg", "jpeg", width, height)
    return ConversionPlan(target, _differences(facts, target))


def _video_size(width: int, height: int, limits: VideoLimits) -> tuple[int, int] | None:
    """The nearest size of the same shape, with even sides as H.264 needs them."""
    short, long = sorted((width, height))
    scale = min(1.0, limits.max_side / long)
    if short * scale < limits.min_side:
        scale = limits.min_side / short
    sides = [max(limits.min_side, 2 * round(side * scale / 2)) for side in (width, height)]
    return None if max(sides) > limits.max_side else (sides[0], sides[1])


def _photo_size(width: int, height: int, limits: PhotoLimits) -> tuple[int, int]:
    short, long = sorted((width, height))
    scale = min(1.0, limits.max_short_side / short, limits.max_long_side / long)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _differences(facts: Mapping[str, Any], target: Target) -> tuple[Difference, ...]:
    before = {
        "container": str(facts.get("container") or facts.get("format")),
        "codec": str(facts.get("codec") or facts.get("format")),
        "size": f"{facts['width']}x{facts['height']}",
        "frameRate": f"{float(facts.get('fps', 0.0)):.2f}",
    }
    after = {
        "container": target.container,
        "codec": target.codec,
        "size": f"{target.width}x{target.height}",
        "frameRate": f"{target.fps:.2f}",
    }
    return tuple(
        Difference(what, before[what], after[what])
        for what in before
        if before[what] != after[what]
    )
