"""Real videos and photos, made on the spot."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import cache, wraps
from pathlib import Path
from random import Random
from typing import ParamSpec

import av
from av.video.frame import VideoFrame

P = ParamSpec("P")

_MADE = Path(__file__).parents[2] / "build" / "media"
_YELLOW_GREY = (90, 128, 140)
_FAST: dict[str, dict[str, object]] = {
    "libx264": {"preset": "ultrafast", "g": "25"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
}


def _kept(made: Callable[P, bytes]) -> Callable[P, bytes]:
    """Made once, for all workers and runs: encoding takes most of the time of many a test."""
    source = Path(__file__).read_bytes() + av.__version__.encode()

    known: dict[bytes, bytes] = {}

    @wraps(made)
    def bring(*args: P.args, **kwargs: P.kwargs) -> bytes:
        asked = f"{made.__name__} {args} {sorted(kwargs.items())}".encode()
        if asked not in known:
            known[asked] = brought(asked, *args, **kwargs)
        return known[asked]

    def brought(asked: bytes, *args: P.args, **kwargs: P.kwargs) -> bytes:
        path = _MADE / hashlib.sha256(source + asked).hexdigest()
        with suppress(FileNotFoundError):
            return path.read_bytes()
        content = made(*args, **kwargs)
        _MADE.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=_MADE, delete=False) as file:
            file.write(content)
        os.replace(file.name, path)
        return content

    return bring


@_kept
def video(
    seconds: float = 3.2,
    fps: int | Fraction = 25,
    width: int = 360,
    height: int = 640,
    codec: str = "libx264",
    container: str = "mp4",
    faststart: bool = True,
    turned: int = 0,
    aspect: Fraction | None = None,
    movflags: str | None = None,
) -> bytes:
    """A video file of flat colour: small, but complete, with its index first by default."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video"
        _write(
            path,
            seconds,
            fps,
            (width, height),
            codec,
            container,
            faststart,
            turned,
            aspect,
            movflags,
        )
        return path.read_bytes()


def _write(
    path: Path,
    seconds: float,
    fps: int | Fraction,
    size: tuple[int, int],
    codec: str,
    container: str,
    faststart: bool,
    turned: int,
    aspect: Fraction | None,
    movflags: str | None,
) -> None:
    options = {"movflags": "faststart"} if faststart and container in ("mp4", "mov") else {}
    if movflags is not None:
        options = {"movflags": movflags}
    with av.open(str(path), "w", format=container, options=options) as file:
        stream = file.add_stream(codec, rate=Fraction(fps))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = _FAST.get(codec, {})
        if turned:
            stream.set_display_rotation(turned)
        if aspect is not None:
            stream.sample_aspect_ratio = aspect
        frame = _flat(*size)
        for number in range(round(seconds * fps)):
            frame.pts = number
            frame.time_base = 1 / Fraction(fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


@_kept
def photo(width: int = 720, height: int = 1080, kind: str = "jpeg") -> bytes:
    """A JPEG, WebP or PNG file."""
    codec = {"jpeg": "mjpeg", "webp": "libwebp", "png": "png"}[kind]
    pixels = {"jpeg": "yuvj420p", "webp": "yuv420p", "png": "rgb24"}[kind]
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, pixels
    context.time_base = Fraction(1, 25)
    if kind == "jpeg":
        context.options = {"strict": "unofficial"}
    frame = _flat(width, height).reformat(format=pixels)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def _flat(width: int, height: int) -> VideoFrame:
    frame = VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, _YELLOW_GREY, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


@cache
def padded_video(size: int) -> bytes:
    """A video of exactly `size` bytes; what it doesn't need is in a box that players skip, and no
    two parts of it are alike."""
    whole = video()
    rest = size - len(whole)
    return whole + rest.to_bytes(4, "big") + b"free" + Random(size).randbytes(rest - 8)


@_kept
def sound(seconds: float = 3.2) -> bytes:
    """An MP4 with sound and no picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.mp4"
        with av.open(str(path), "w", format="mp4") as file:
            stream = file.add_stream("aac", rate=44_100, layout="mono")
            for number in range(round(seconds * 44_100 / 1024)):
                frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
                frame.planes[0].update(bytes(frame.planes[0].buffer_size))
                frame.sample_rate = 44_100
                frame.pts = number * 1024
                frame.time_base = Fraction(1, 44_100)
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
        return path.read_bytes()
