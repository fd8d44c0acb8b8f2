"""Probes media files, and checks them against TikTok's limits (`media.yaml` specs).

PyAV reads the files; it is imported with the first file. A truncated file often opens and reports
its full duration, so the index is checked against the bytes, and the first and last frames are
decoded.
"""

from __future__ import annotations

import re
import struct
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stagedoor.platform.media import PHOTO, VIDEO, PhotoLimits, VideoLimits
from stagedoor.platform.products.posting import FailReason

from .extent import missing_bytes
from .headers import contradiction

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream


@dataclass(frozen=True, slots=True)
class ProbedVideo:
    """Facts of a video: pixels as displayed (rotation applied), seconds, frames per second."""

    container: str
    codec: str
    fps: float
    width: int
    height: int
    seconds: float
    bytes: int

    def shown(self) -> dict[str, str | int | float]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ProbedPhoto:
    format: str
    width: int
    height: int
    bytes: int

    def shown(self) -> dict[str, str | int | float]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MediaFault:
    """The reason why a file is refused; `detail` says exactly what was wrong."""

    reason: FailReason
    detail: str


_HEAD = 4096
_WEBM = re.compile(rb"\x42\x82(\x84|\x40\x04|\x10\x00\x00\x04)webm")
"""The DocType of a WebM file's EBML header; Matroska has another, whatever the file's name."""
_DECODERS = {"jpeg": "mjpeg", "webp": "webp", "png": "png"}
_PNG_END = b"IEND\xaeB`\x82"
_IN_SCAN = frozenset(bytes([each]) for each in (0x00, *range(0xD0, 0xD8)))
"""Bytes that may follow 0xFF inside a JPEG's image data."""
_REMEMBERED = 256
_REMEMBERED_BYTES = 8 << 20

_Key = tuple[bytes, float, float, VideoLimits]
_remembered: dict[_Key, tuple[ProbedVideo | None, MediaFault | None]] = {}


def _tolerant(av: Any) -> dict[str, Any]:
    """Options to accept metadata with an invalid encoding; from PyAV 19 on this is the default."""
    return {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}


def probe_video(
    path: Path,
    min_seconds: float = 0.0,
    max_seconds: float = VIDEO.max_seconds,
    limits: VideoLimits = VIDEO,
) -> tuple[ProbedVideo | None, MediaFault | None]:
    """The facts as far as they can be read, and the first fault. Blocks: run it in a thread.

    Results for small files are cached by their hash: developers often post the same file.
    """
    if path.stat().st_size > _REMEMBERED_BYTES:
        return _read_video(path, min_seconds, max_seconds, limits)
    key = sha256(path.read_bytes()).digest(), min_seconds, max_seconds, limits
    if key not in _remembered:
        while len(_remembered) >= _REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[key] = _read_video(path, min_seconds, max_seconds, limits)
    return _remembered[key]


def _read_video(
    path: Path, min_seconds: float, max_seconds: float, limits: VideoLimits
) -> tuple[ProbedVideo | None, MediaFault | None]:
    import av

    try:
        if wrong := contradiction(path):
            return None, _format(f"damaged: {wrong}")
        with av.open(str(path), **_tolerant(av)) as container:
            name = _container_name(container, path)
            stream = _shown_stream(container)
            if stream is None:
                return None, _format(f"no video stream in this {name} file")
            # a WebM has no index of its packets
            beats, ends = _beats(container, stream) if name == "webm" else ([], 0.0)
            facts = _video_facts(container, stream, name, path, beats, ends)
            if ends and not VIDEO.same_length(facts.seconds, ends):
                said = f"its header says {facts.seconds:g} s, its frames last {ends:.1f} s"
                return facts, _format(f"damaged: {said}")
            fault = _video_fault(facts, min_seconds, max_seconds, limits)
            return facts, fault or _damage(container, stream, facts, path, beats)
    except (av.FFmpegError, struct.error) as error:
        return None, _format(f"can't be read as a video: {getattr(error, 'strerror', error)}")


def _shown_stream(container: InputContainer) -> VideoStream | None:
    """The first video stream that isn't an attached cover picture; None without one."""
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def _format(detail: str) -> MediaFault:
    return MediaFault(FailReason.FILE_FORMAT, detail)


def _container_name(container: InputContainer, path: Path) -> str:
    names = container.format.name.split(",")
    if "mp4" in names:
        brand = str(container.metadata.get("major_brand", "qt")).strip().lower()
        if brand == "qt":
            return "mov"
        return "3gp" if brand.startswith("3g") else "mp4"
    if "webm" in names:
        with path.open("rb") as file:
            return "webm" if _WEBM.search(file.read(_HEAD)) else "matroska"
    return names[0]


def _video_facts(
    container: InputContainer,
    stream: VideoStream,
    name: str,
    path: Path,
    beats: list[float],
    ends: float,
) -> ProbedVideo:
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    seconds = (container.duration or 0) / 1_000_000
    seconds = seconds or ends
    if len(beats) > 1 and beats[-1] > beats[0]:
        rate = (len(beats) - 1) / (beats[-1] - beats[0])
    width, height = stream.codec_context.width, stream.codec_context.height
    if stream.sample_aspect_ratio:
        width = round(width * stream.sample_aspect_ratio)
    if max(width, height) <= VIDEO.max_side and _turned(container, stream):
        width, height = height, width
    return ProbedVideo(
        container=name,
        codec=stream.codec_context.codec.canonical_name,
        fps=round(rate, 3),
        width=width,
        height=height,
        seconds=round(seconds, 3),
        bytes=path.stat().st_size,
    )


def _beats(container: InputContainer, stream: VideoStream) -> tuple[list[float], float]:
    """The display time of each frame, and the end of the last packet of any stream, in seconds."""
    beats, ends = [], 0.0
    for number, packet in enumerate(container.demux()):
        if number > VIDEO.max_samples:
            break
        if packet.pts is not None and packet.time_base is not None:
            at = float(packet.pts * packet.time_base)
            ends = max(ends, at + float((packet.duration or 0) * packet.time_base))
            if packet.stream.index == stream.index:
                beats.append(at)
    container.seek(0)
    return sorted(beats), ends


def _turned(container: InputContainer, stream: VideoStream) -> bool:
    """Whether the video is displayed rotated by 90 or 270 degrees; read from the first frame."""
    import av

    try:
        for frame in container.decode(stream):
            return frame.rotation % 180 != 0
    except av.FFmpegError:
        pass
    return False


def _video_fault(
    facts: ProbedVideo, min_seconds: float, max_seconds: float, limits: VideoLimits
) -> MediaFault | None:
    if facts.container not in limits.containers:
        return _format(f"the container is {facts.container}")
    if facts.codec not in limits.codecs:
        return _format(f"the codec is {facts.codec}")
    if not all(map(limits.takes_side, (facts.width, facts.height))):
        return MediaFault(
            FailReason.PICTURE_SIZE,
            f"{facts.width}x{facts.height} pixels; "
            f"{limits.min_side} to {limits.max_side} a side are taken",
        )
    if not limits.takes_fps(facts.fps):
        return MediaFault(
            FailReason.FRAME_RATE,
            f"{facts.fps:g} frames a second; {limits.min_fps:g} to {limits.max_fps:g} are taken",
        )
    if limits.is_too_short(facts.seconds, min_seconds):
        return MediaFault(
            FailReason.DURATION, f"{facts.seconds:g} s long; at least {min_seconds:g} s are taken"
        )
    if limits.is_too_long(facts.seconds, max_seconds):
        return MediaFault(
            FailReason.DURATION, f"{facts.seconds:g} s long; at most {max_seconds:g} s are taken"
        )
    return None


def _damage(
    container: InputContainer,
    stream: VideoStream,
    facts: ProbedVideo,
    path: Path,
    beats: list[float],
) -> MediaFault | None:
    """The fault if bytes are missing, or the first or last frames can't be decoded; else None."""
    import av

    if missing := missing_bytes(path, facts.container):
        return _format(f"cut off: {missing} bytes are missing at the end")
    size = path.stat().st_size
    for each in container.streams:
        entries = each.index_entries
        needed = max((entries[n].pos + entries[n].size for n in _ends(len(entries))), default=0)
        if facts.container in ("mp4", "mov") and needed > size:
            return _format(f"cut off: the index needs {needed} bytes, the file has {size}")
    lasts = facts.seconds
    if stream.duration is not None and stream.time_base is not None:
        lasts = float(stream.duration * stream.time_base)
    elif beats:
        lasts = beats[-1]
    try:
        container.seek(0)
        if next(iter(container.decode(stream)), None) is None:
            return _format("has no frame that can be decoded")
        last = _last_moment(container, stream, lasts)
    except av.FFmpegError as error:
        return _format(f"a frame can't be decoded: {error.strerror}")
    if last < lasts - VIDEO.damage_seconds:
        return _format(f"cut off: frames end at {last:.1f} s of {lasts:g} s")
    return None


def _ends(count: int) -> range:
    """The last entries of an index, which have the highest offsets in an interleaved file."""
    return range(max(0, count - 64), count)


def _last_moment(container: InputContainer, stream: VideoStream, seconds: float) -> float:
    """The end of the last frame that can be decoded, in seconds from the start."""
    start = 0.0
    if stream.time_base is not None:
        start = float((stream.start_time or 0) * stream.time_base)
        target = int((start + max(0.0, seconds - 0.1)) / stream.time_base)
        container.seek(target, stream=stream, backward=True)
    last = 0.0
    for frame in container.decode(stream):
        if frame.time is not None:
            last = max(last, frame.time - start)
    return last


def probe_photo(
    path: Path, limits: PhotoLimits = PHOTO
) -> tuple[ProbedPhoto | None, MediaFault | None]:
    """As `probe_video`, for one photo."""
    import av

    with path.open("rb") as file:
        data = file.read(limits.max_bytes + 1)
    name = _photo_format(data)
    if name not in limits.formats:
        return None, _format(f"the format is {name}; {' and '.join(limits.formats)} are taken")
    if len(data) > limits.max_bytes:
        return None, MediaFault(
            FailReason.PICTURE_SIZE, f"larger than {limits.max_bytes} bytes, which are the most"
        )
    if _cut_off(name, data):
        return None, _format(f"cut off: the {name.upper()} file ends before its picture does")
    try:
        decoder: Any = av.CodecContext.create(_DECODERS[name], "r")
        frame = [*decoder.decode(av.Packet(data)), *decoder.decode(None)][0]
    except (av.FFmpegError, IndexError) as error:
        return None, _format(f"can't be decoded: {getattr(error, 'strerror', '') or 'no picture'}")
    width, height = frame.width, frame.height
    if frame.rotation % 180:
        width, height = height, width
    facts = ProbedPhoto(name, width, height, len(data))
    if not limits.takes_size(facts.width, facts.height):
        return facts, MediaFault(
            FailReason.PICTURE_SIZE,
            f"{facts.width}x{facts.height} pixels; {limits.sizes} are taken",
        )
    return facts, None


def _photo_format(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"GIF8"):
        return "gif"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "heic"
    if data[4:12] == b"ftypavif":
        return "avif"
    return "unknown"


def _cut_off(name: str, data: bytes) -> bool:
    if name == "png":
        return not data.rstrip(b"\0").endswith(_PNG_END)
    if name == "webp":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    return not _reaches_its_end(data)


def _reaches_its_end(data: bytes) -> bool:
    """Whether a JPEG has its end marker; a video or a depth map appended to it is ignored."""
    at = 2
    while at + 4 <= len(data) + 2 and data[at : at + 1] == b"\xff":
        kind = data[at + 1 : at + 2]
        if kind == b"\xd9":
            return True
        if kind == b"\xff":
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == b"\xda":
            while (at := data.find(b"\xff", at)) >= 0 and data[at + 1 : at + 2] in _IN_SCAN:
                at += 2
            if at < 0:
                return False
    return False
