"""Generates a real MP4 (H.264 and AAC, vertical, moving) and real pictures."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

_RATE = 44_100


def make_video(
    path: Path,
    *,
    seconds: float = 6.0,
    fps: int = 30,
    width: int = 720,
    height: int = 1280,
    bit_rate: int = 24_000_000,
    on_frame: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """A video of about `seconds * bit_rate / 8` bytes: drifting coloured noise and a tone."""
    total = round(seconds * fps)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as file:
        picture = file.add_stream("libx264", rate=fps)
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        picture.bit_rate = bit_rate
        picture.options = {"preset": "ultrafast"}
        sound = file.add_stream("aac", rate=_RATE, layout="mono")
        noise = _Noise(width, height)
        tone = _Tone()
        for number in range(total):
            file.mux(picture.encode(noise.frame(number, fps)))
            while tone.seconds < (number + 1) / fps:
                file.mux(sound.encode(tone.frame()))
            on_frame(number + 1, total)
        file.mux(picture.encode(None))
        file.mux(sound.encode(None))
    return path


def make_photo(path: Path, *, width: int = 1080, height: int = 1440, hue: int = 90) -> Path:
    """A JPEG of a brightness gradient with slight noise."""
    frame = av.VideoFrame(width, height, "yuvj420p")
    grain = random.Random(hue)  # noqa: S311
    luma = bytearray()
    line = frame.planes[0].line_size
    for row in range(height):
        shade = 40 + 170 * row // height
        luma += bytes((shade + grain.randrange(12)) & 0xFF for _ in range(64)) * (line // 64 + 1)
        del luma[(row + 1) * line :]
    frame.planes[0].update(bytes(luma))
    for plane, value in zip(frame.planes[1:], (hue, 255 - hue), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    context = av.CodecContext.create("mjpeg", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuvj420p"
    context.time_base = Fraction(1, 25)
    frame.pts = 0
    packets = [*context.encode(frame), *context.encode(None)]
    path.write_bytes(b"".join(bytes(packet) for packet in packets))
    return path


class _Noise:
    """Frames cut from one field of noise at moving offsets: cheap to make, and hard to compress."""

    def __init__(self, width: int, height: int) -> None:
        self._frame = av.VideoFrame(width, height, "yuv420p")
        largest = max(plane.buffer_size for plane in self._frame.planes)
        field = random.Random(1).randbytes(1 << 16)  # noqa: S311
        self._field = field * (2 * largest // len(field) + 2)

    def frame(self, number: int, fps: int) -> av.VideoFrame:
        for index, plane in enumerate(self._frame.planes):
            start = (number * (plane.line_size * 3 + 7 * (index + 1))) % (1 << 16)
            plane.update(self._field[start : start + plane.buffer_size])
        self._frame.pts = number
        self._frame.time_base = Fraction(1, fps)
        return self._frame


class _Tone:
    """A quiet tone of varying pitch."""

    _SAMPLES = 1024

    def __init__(self) -> None:
        self._at = 0

    @property
    def seconds(self) -> float:
        return self._at / _RATE

    def frame(self) -> av.AudioFrame:
        frame = av.AudioFrame(format="fltp", layout="mono", samples=self._SAMPLES)
        times = range(self._at, self._at + self._SAMPLES)
        sway = 220 + 40 * math.sin(2 * math.pi * self.seconds / 3)
        wave = array("f", (0.2 * math.sin(2 * math.pi * sway * t / _RATE) for t in times))
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate = _RATE
        frame.pts = self._at
        frame.time_base = Fraction(1, _RATE)
        self._at += self._SAMPLES
        return frame
