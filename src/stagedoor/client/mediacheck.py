"""Check a file against TikTok's limits before any of its bytes are sent.

Header claims aren't trusted: tables are compared with the file's bytes, lengths with its packets,
and the first and the last frame are decoded. Limits and tolerances are in `platform.media`.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, checked
from stagedoor.platform.media import PHOTO, VIDEO, PhotoLimits, VideoLimits

from .boxes import Damaged, check_boxes
from .errors import ConfigurationError, MediaRejected
from .pictures import Picture, find_picture
from .source import Media, Source, as_file, open_source


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Result of a probe: seconds, frames per second, pixels as displayed, FFmpeg's format names."""

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


_HEAD = 4096
_DOC_TYPE = b"\x42\x82"


@checked
def check_video(media: Media | Source, limits: VideoLimits = VIDEO) -> VideoFacts:
    """Probe a video and check it against TikTok's limits; `MediaRejected` lists each violation.

    A stream that can't seek isn't probed: the result then has the facts of a video that passes.
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
    try:
        facts = _probe_video(media, limits)
    except Damaged as error:
        raise MediaRejected(media.name, [str(error)]) from None
    problems = _video_problems(facts, limits)
    if problems:
        raise MediaRejected(media.name, problems)
    return facts


@checked
def check_photo(
    media: Media, number: Annotated[int, AtLeast(1)] = 1, limits: PhotoLimits = PHOTO
) -> PhotoFacts:
    """Probe a photo and check it against TikTok's limits; errors name the photo by number."""
    with closing(open_source(media)) as source:
        name = f"photo {number} ({source.name})"
        if source.size > limits.max_bytes:
            problem = f"is {source.size:,} bytes, TikTok takes {limits.max_bytes:,} at most"
            raise MediaRejected(name, [problem])
        source.seek(0)
        data = source.read(source.size)
    picture = find_picture(data)
    if picture.format and picture.format not in limits.formats:
        raise MediaRejected(name, [f"is {picture.format.upper()}, TikTok takes JPEG or WebP"])
    if picture.end is None:
        problem = f"is cut off: the {picture.format.upper()} file ends before its picture does"
        raise MediaRejected(name, [problem])
    if picture.size is None or limits.takes_size(*picture.size):
        picture = _decoded(picture, data, name)
    width, height = picture.size or (0, 0)
    if not limits.takes_size(width, height):
        problem = (
            f"is {width}x{height} pixels, TikTok takes 1080p at most "
            f"({limits.max_short_side}x{limits.max_long_side} either way round)"
        )
        raise MediaRejected(name, [problem])
    return PhotoFacts(picture.format, width, height, len(data))


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
    """PyAV 18 rejects metadata in a broken encoding unless told not to; PyAV 19 never does."""
    return {"metadata_errors": "replace"} if av.__version__.startswith("18.") else {}


def _probe_video(source: Source, limits: VideoLimits) -> VideoFacts:
    av = _av()
    try:
        check_boxes(as_file(source), source.size, limits)
        head = as_file(source).read(_HEAD)
        with av.open(as_file(source), mode="r", **_tolerant(av)) as container:
            stream = _moving(av, container)
            if stream is None:
                raise MediaRejected(source.name, ["has no video in it"])
            kind = _kind(container, head)
            facts = VideoFacts(
                container=kind,
                codec=stream.codec_context.codec.canonical_name,
                seconds=(container.duration or 0) / 1_000_000,
                fps=float(stream.average_rate or stream.guessed_rate or 0),
                width=stream.codec_context.width,
                height=stream.codec_context.height,
                size=source.size,
            )
            if kind not in limits.containers or facts.codec not in limits.codecs:
                return facts
            facts, lasts = _measured(container, stream, facts, limits)
            if max(facts.width, facts.height) > limits.max_side:
                return facts
            return _played(container, stream, facts, lasts, limits)
    except (av.FFmpegError, EOFError) as error:
        raise MediaRejected(
            source.name, [f"can't be read as a video ({type(error).__name__})"]
        ) from error
    finally:
        source.seek(0)


def _moving(av: Any, container: Any) -> Any:
    """The first video stream that isn't a cover picture; None if there is none."""
    cover = av.stream.Disposition.attached_pic
    return next((one for one in container.streams.video if not one.disposition & cover), None)


def _kind(container: Any, head: bytes) -> str:
    """The container format as the file itself declares it: more exact than FFmpeg's guess."""
    name: str = container.format.name
    if "mov" in name:
        brand = container.metadata.get("major_brand", "qt").strip().lower()
        if brand == "qt":
            return "mov"
        return "3gp" if brand.startswith("3g") else "mp4"
    if "matroska" in name:
        at = head.find(_DOC_TYPE)
        length = head[at + 2] & 0x7F if 0 <= at < len(head) - 2 else 0
        return head[at + 3 : at + 3 + length].decode("ascii", "replace").rstrip("\0") or "matroska"
    return name.partition(",")[0]


def _measured(
    container: Any, stream: Any, facts: VideoFacts, limits: VideoLimits
) -> tuple[VideoFacts, float]:
    """The facts from the index or the packets, and the duration of the video stream in seconds."""
    end = 0
    if facts.container in ("mp4", "mov"):
        for track in container.streams:
            for entry in track.index_entries:
                end = max(end, entry.pos + entry.size)
    if end > facts.size:
        raise Damaged(f"is cut off: it has {facts.size:,} bytes, its index speaks of {end:,}")
    if end and stream.duration:
        return facts, float(stream.duration * stream.time_base)
    times = _packets(container, stream, limits)
    said = facts.seconds
    if said - times.all_end > limits.damage_seconds and not limits.same_length(said, times.all_end):
        raise Damaged(f"is cut off: {times.all_end:.1f} s of {said:.1f} s are there")
    if said and not limits.same_length(said, times.all_end):
        raise Damaged(
            f"is damaged: its header says {said:.1f} s, its frames last {times.all_end:.1f} s"
        )
    span = times.last - times.first
    fps = (times.count - 1) / span if times.count > 1 and span > 0 else facts.fps
    return replace(facts, seconds=said or times.all_end, fps=fps), times.end - times.first


@dataclass(slots=True)
class _Times:
    """Times of the video stream's packets in seconds; `all_end` is the end over all streams."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0
    end: float = 0.0
    all_end: float = 0.0


def _packets(container: Any, stream: Any, limits: VideoLimits) -> _Times:
    times, seen = _Times(), 0
    for packet in container.demux():
        seen += 1
        if seen > limits.max_samples:
            raise Damaged(f"has more than {limits.max_samples:,} packets")
        if packet.pts is None:
            continue
        at = float(packet.pts * packet.time_base)
        end = at + float((packet.duration or 0) * packet.time_base)
        times.all_end = max(times.all_end, end)
        if packet.stream.index == stream.index:
            times.first = min(times.first, at) if times.count else at
            times.last, times.end = max(times.last, at), max(times.end, end)
            times.count += 1
    return times


def _played(
    container: Any, stream: Any, facts: VideoFacts, lasts: float, limits: VideoLimits
) -> VideoFacts:
    """The facts as displayed; raises `Damaged` if the first or last frame can't be decoded."""
    # each decoder thread would hold frames of its own
    stream.codec_context.thread_count = 1
    container.seek(0)
    first = next(iter(container.decode(stream)), None)
    if first is None:
        raise Damaged("is damaged: it has no frame that can be decoded")
    start = float((stream.start_time or 0) * stream.time_base)
    target = int((start + max(0.0, lasts - 0.1)) / stream.time_base)
    container.seek(target, stream=stream, backward=True)
    found = 0.0
    for frame in container.decode(stream):
        if frame.time is not None:
            found = max(found, frame.time - start)
    if found < lasts - limits.damage_seconds:
        raise Damaged(f"is cut off: frames end at {found:.1f} s of {lasts:.1f} s")
    width, height = facts.width, facts.height
    if stream.sample_aspect_ratio:
        width = round(width * stream.sample_aspect_ratio)
    if first.rotation % 180:
        width, height = height, width
    return replace(facts, width=width, height=height)


def _video_problems(facts: VideoFacts, limits: VideoLimits) -> list[str]:
    problems = []
    if facts.container not in limits.containers:
        problems.append(f"is in a {facts.container} container, TikTok takes MP4, MOV or WebM")
    if facts.codec not in limits.codecs:
        problems.append(f"is encoded as {facts.codec}, TikTok takes H.264, H.265, VP8 or VP9")
    if not limits.takes_fps(facts.fps):
        problems.append(
            f"has {facts.fps:.2f} frames per second, TikTok takes {limits.min_fps:.0f} to "
            f"{limits.max_fps:.0f}"
        )
    for side, pixels in (("wide", facts.width), ("high", facts.height)):
        if not limits.takes_side(pixels):
            problems.append(
                f"is {pixels} pixels {side}, TikTok takes {limits.min_side} to {limits.max_side}"
            )
    if limits.is_too_long(facts.seconds):
        problems.append(
            f"is {facts.seconds:.1f} s long, TikTok takes {limits.max_seconds:.0f} s at most"
        )
    if limits.is_too_short(facts.seconds):
        problems.append(
            f"is {facts.seconds:.1f} s long, TikTok takes {limits.min_seconds:.0f} s at least"
        )
    return problems


_DECODERS = {"jpeg": "mjpeg", "webp": "webp"}


def _decoded(picture: Picture, data: bytes, name: str) -> Picture:
    """The picture with its displayed size; bytes after its end aren't passed to the decoder."""
    av = _av()
    try:
        if picture.format not in _DECODERS:
            raise EOFError
        context: Any = av.CodecContext.create(_DECODERS[picture.format], "r")
        context.thread_count = 1
        packet = av.Packet(data[: picture.end])
        frame = [*context.decode(packet), *context.decode(None)][0]
    except (av.FFmpegError, EOFError, IndexError) as error:
        raise MediaRejected(
            name, [f"can't be read as a picture ({type(error).__name__})"]
        ) from error
    turned = frame.rotation % 180 != 0
    size = (frame.height, frame.width) if turned else (frame.width, frame.height)
    return replace(picture, size=size)
