"""Is this something that TikTok takes? Asked of the file itself, before a byte leaves."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, checked
from stagedoor.platform.media import PHOTO, VIDEO, PhotoLimits, VideoLimits

from .errors import ConfigurationError, MediaRejected
from .source import Media, Source, as_file, open_source


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a probe found: seconds, frames per second, pixels, FFmpeg's names."""

    container: str
    codec: str
    seconds: float
    fps: float
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    format: str
    width: int
    height: int
    size: int


@checked
def check_video(media: Media | Source, limits: VideoLimits = VIDEO) -> VideoFacts:
    """Probe a video and hold it against TikTok's limits; raises `MediaRejected` naming each.

    A stream that can't seek is not probed in advance: its facts are those of a video that passes.
    """
    if not isinstance(media, Source):
        with closing(open_source(media)) as source:
            return check_video(source, limits)
    if not media.seekable:
        return VideoFacts("", "", 0.0, 0.0, 0, 0, media.size)
    if media.size > limits.max_bytes:
        raise MediaRejected(
            media.name, [f"is {media.size:,} bytes, TikTok takes {limits.max_bytes:,} at most"]
        )
    facts = _probe_video(media)
    problems = _video_problems(facts, limits)
    if problems:
        raise MediaRejected(media.name, problems)
    return facts


@checked
def check_photo(
    media: Media, number: Annotated[int, AtLeast(1)] = 1, limits: PhotoLimits = PHOTO
) -> PhotoFacts:
    """Probe a photo and hold it against TikTok's limits; the error says which photo it is."""
    with closing(open_source(media)) as source:
        facts = _probe_photo(source, number)
        name = f"photo {number} ({source.name})"
    problems = []
    if facts.format not in limits.formats:
        problems.append(f"is {facts.format.upper()}, TikTok takes JPEG or WebP")
    short, long = sorted((facts.width, facts.height))
    if short > limits.max_short_side or long > limits.max_long_side:
        problems.append(
            f"is {facts.width}x{facts.height} pixels, TikTok takes 1080p at most "
            f"({limits.max_short_side}x{limits.max_long_side} either way round)"
        )
    if facts.size > limits.max_bytes:
        problems.append(f"is {facts.size:,} bytes, TikTok takes {limits.max_bytes:,} at most")
    if problems:
        raise MediaRejected(name, problems)
    return facts


def _av() -> Any:
    try:
        import av
    except ImportError:
        raise ConfigurationError(
            "checking media needs PyAV: pip install 'av>=18.1', "
            "or pass check=False to leave the check to TikTok"
        ) from None
    return av


def _tolerant(av: Any) -> dict[str, Any]:
    """PyAV 18 refuses metadata in a broken encoding unless it is told not to; 19 never does."""
    return {"metadata_errors": "replace"} if av.__version__.startswith("18.") else {}


def _probe_video(source: Source) -> VideoFacts:
    av = _av()
    try:
        with av.open(as_file(source), mode="r", **_tolerant(av)) as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise MediaRejected(source.name, ["has no video in it"])
            name = container.format.name
            if "mov" in name:
                brand = container.metadata.get("major_brand", "").strip()
                kind = "mov" if brand == "qt" else "mp4"
            else:
                kind = "webm" if "webm" in name else name
            seconds = container.duration / 1_000_000 if container.duration else 0.0
            if not seconds and stream.duration:
                seconds = float(stream.duration * stream.time_base)
            _check_complete(source, container, stream, kind, seconds)
            return VideoFacts(
                container=kind,
                codec=stream.codec_context.name,
                seconds=seconds,
                fps=float(stream.average_rate or stream.guessed_rate or 0),
                width=stream.codec_context.width,
                height=stream.codec_context.height,
                size=source.size,
            )
    except (av.FFmpegError, EOFError) as error:
        raise MediaRejected(
            source.name, [f"can't be read as a video ({type(error).__name__})"]
        ) from error
    finally:
        source.seek(0)


def _check_complete(source: Source, container: Any, stream: Any, kind: str, seconds: float) -> None:
    """A cut-off file opens and reports its full duration: only its index or its packets show it."""
    end = 0
    if kind in ("mp4", "mov"):
        for track in container.streams:
            for entry in track.index_entries:
                end = max(end, entry.pos + entry.size)
    if end:
        if end > source.size:
            raise MediaRejected(
                source.name,
                [f"is cut off: it has {source.size:,} bytes, its index speaks of {end:,}"],
            )
        return
    last = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None:
            last = float((packet.pts + (packet.duration or 0)) * packet.time_base)
    if seconds - last > max(1.0, seconds * 0.05):
        raise MediaRejected(source.name, [f"is cut off: {last:.1f} s of {seconds:.1f} s are there"])


def _video_problems(facts: VideoFacts, limits: VideoLimits) -> list[str]:
    problems = []
    if facts.container not in limits.containers:
        problems.append(f"is in a {facts.container} container, TikTok takes MP4, MOV or WebM")
    if facts.codec not in limits.codecs:
        problems.append(f"is encoded as {facts.codec}, TikTok takes H.264, H.265, VP8 or VP9")
    if not limits.min_fps <= round(facts.fps, 2) <= limits.max_fps:
        problems.append(
            f"has {facts.fps:.2f} frames per second, TikTok takes {limits.min_fps:.0f} to "
            f"{limits.max_fps:.0f}"
        )
    for side, pixels in (("wide", facts.width), ("high", facts.height)):
        if not limits.min_side <= pixels <= limits.max_side:
            problems.append(
                f"is {pixels} pixels {side}, TikTok takes {limits.min_side} to {limits.max_side}"
            )
    if facts.seconds > limits.max_seconds:
        problems.append(
            f"is {facts.seconds:.1f} s long, TikTok takes {limits.max_seconds:.0f} s at most"
        )
    if facts.seconds < limits.min_seconds:
        problems.append(
            f"is {facts.seconds:.1f} s long, TikTok takes {limits.min_seconds:.0f} s at least"
        )
    return problems


_PHOTO_CODECS = {"mjpeg": "jpeg", "webp": "webp", "png": "png", "gif": "gif", "bmp": "bmp"}


def _probe_photo(source: Source, number: int) -> PhotoFacts:
    av = _av()
    try:
        with av.open(as_file(source), mode="r", **_tolerant(av)) as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise MediaRejected(f"photo {number} ({source.name})", ["has no picture in it"])
            codec = stream.codec_context.name
            frame = next(container.decode(stream))
            return PhotoFacts(
                _PHOTO_CODECS.get(codec, codec), frame.width, frame.height, source.size
            )
    except (av.FFmpegError, EOFError, StopIteration) as error:
        raise MediaRejected(
            f"photo {number} ({source.name})",
            [f"can't be read as a picture ({type(error).__name__})"],
        ) from error
