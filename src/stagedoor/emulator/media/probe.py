"""What a media file really is, and what TikTok would say of it (`media.yaml` specs).

PyAV does the reading; it is imported when the first file comes. A cut-off file often opens and
reports its full length, so the index is held against the bytes, and first and last frame are
decoded.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stagedoor.platform.media import PHOTO, VIDEO
from stagedoor.platform.posting import FailReason

from .extent import missing_bytes

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Pixels as shown (rotation applied), seconds, frames per second."""

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
class PhotoFacts:
    format: str
    width: int
    height: int
    bytes: int

    def shown(self) -> dict[str, str | int | float]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the file is refused; `detail` says exactly what was wrong."""

    reason: FailReason
    detail: str


_FPS_SLACK = 0.05
_SECONDS_SLACK = 1.0
_HEAD = 4096
_REMEMBERED = 256
_REMEMBERED_BYTES = 8 << 20

_remembered: dict[tuple[bytes, float, float], tuple[VideoFacts | None, Fault | None]] = {}


def _tolerant(av: Any) -> dict[str, Any]:
    """Metadata in a broken encoding is no reason to refuse a file; PyAV 19 agrees by itself."""
    return {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}


def probe_video(
    path: Path, min_seconds: float = 0.0, max_seconds: float = VIDEO.max_seconds
) -> tuple[VideoFacts | None, Fault | None]:
    """The facts as far as they can be read, and the first fault. Blocks: run it in a thread.

    A small file that was read before isn't read again: who develops posts the same one often.
    """
    if path.stat().st_size > _REMEMBERED_BYTES:
        return _read_video(path, min_seconds, max_seconds)
    key = sha256(path.read_bytes()).digest(), min_seconds, max_seconds
    if key not in _remembered:
        while len(_remembered) >= _REMEMBERED:
            _remembered.pop(next(iter(_remembered)), None)
        _remembered[key] = _read_video(path, min_seconds, max_seconds)
    return _remembered[key]


def _read_video(
    path: Path, min_seconds: float, max_seconds: float
) -> tuple[VideoFacts | None, Fault | None]:
    import av

    try:
        with av.open(str(path), **_tolerant(av)) as container:
            name = _container_name(container, path)
            if not container.streams.video:
                return None, _format(f"no video stream in this {name} file")
            stream = container.streams.video[0]
            facts = _video_facts(container, stream, name, path)
            fault = _video_fault(facts, min_seconds, max_seconds)
            return facts, fault or _damage(container, stream, facts, path)
    except av.FFmpegError as error:
        return None, _format(f"can't be read as a video: {error.strerror}")


def _format(detail: str) -> Fault:
    return Fault(FailReason.FILE_FORMAT, detail)


def _container_name(container: InputContainer, path: Path) -> str:
    names = container.format.name.split(",")
    if "mp4" in names:
        brand = str(container.metadata.get("major_brand", "qt")).strip().lower()
        if brand == "qt":
            return "mov"
        return "3gp" if brand.startswith("3g") else "mp4"
    if "webm" in names:
        with path.open("rb") as file:
            return "webm" if b"webm" in file.read(_HEAD) else "matroska"
    return names[0]


def _video_facts(
    container: InputContainer, stream: VideoStream, name: str, path: Path
) -> VideoFacts:
    rate = stream.average_rate or stream.guessed_rate
    if stream.duration is not None and stream.time_base is not None:
        seconds = float(stream.duration * stream.time_base)
    else:
        seconds = (container.duration or 0) / 1_000_000
    width, height = stream.codec_context.width, stream.codec_context.height
    if _turned(container, stream):
        width, height = height, width
    return VideoFacts(
        container=name,
        codec=stream.codec_context.codec.canonical_name,
        fps=round(float(rate or 0), 3),
        width=width,
        height=height,
        seconds=round(seconds, 3),
        bytes=path.stat().st_size,
    )


def _turned(container: InputContainer, stream: VideoStream) -> bool:
    """Whether the file says to show it on its side, as phones do; read from the first frame."""
    import av

    try:
        for frame in container.decode(stream):
            return frame.rotation % 180 != 0
    except av.FFmpegError:
        pass
    return False


def _video_fault(facts: VideoFacts, min_seconds: float, max_seconds: float) -> Fault | None:
    if facts.container not in VIDEO.containers:
        return _format(f"the container is {facts.container}")
    if facts.codec not in VIDEO.codecs:
        return _format(f"the codec is {facts.codec}")
    sides = (facts.width, facts.height)
    if min(sides) < VIDEO.min_side or max(sides) > VIDEO.max_side:
        return Fault(
            FailReason.PICTURE_SIZE,
            f"{facts.width}x{facts.height} pixels; "
            f"{VIDEO.min_side} to {VIDEO.max_side} a side are taken",
        )
    if not VIDEO.min_fps - _FPS_SLACK <= facts.fps <= VIDEO.max_fps + _FPS_SLACK:
        return Fault(
            FailReason.FRAME_RATE,
            f"{facts.fps:g} frames a second; {VIDEO.min_fps:g} to {VIDEO.max_fps:g} are taken",
        )
    if facts.seconds < min_seconds:
        return Fault(
            FailReason.DURATION, f"{facts.seconds:g} s long; at least {min_seconds:g} s are taken"
        )
    if facts.seconds > max_seconds:
        return Fault(
            FailReason.DURATION, f"{facts.seconds:g} s long; at most {max_seconds:g} s are taken"
        )
    return None


def _damage(
    container: InputContainer, stream: VideoStream, facts: VideoFacts, path: Path
) -> Fault | None:
    """Whether bytes are missing, or the ends can't be decoded."""
    import av

    if missing := missing_bytes(path, facts.container):
        return _format(f"cut off: {missing} bytes are missing at the end")
    size = path.stat().st_size
    for each in container.streams:
        entries = each.index_entries
        needed = max((entries[n].pos + entries[n].size for n in _ends(len(entries))), default=0)
        if facts.container in ("mp4", "mov") and needed > size:
            return _format(f"cut off: the index needs {needed} bytes, the file has {size}")
    try:
        container.seek(0)
        if next(iter(container.decode(stream)), None) is None:
            return _format("has no frame that can be decoded")
        last = _last_moment(container, stream, facts.seconds)
    except av.FFmpegError as error:
        return _format(f"a frame can't be decoded: {error.strerror}")
    if last < facts.seconds - _SECONDS_SLACK:
        return _format(f"cut off: frames end at {last:.1f} s of {facts.seconds:g} s")
    return None


def _ends(count: int) -> range:
    """The entries that can point furthest; interleaved files grow towards the end."""
    return range(max(0, count - 64), count)


def _last_moment(container: InputContainer, stream: VideoStream, seconds: float) -> float:
    """When the last frame that can be decoded ends, in seconds from the start."""
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


def probe_photo(path: Path) -> tuple[PhotoFacts | None, Fault | None]:
    """As `probe_video`, for one photo."""
    import av

    with path.open("rb") as file:
        data = file.read(PHOTO.max_bytes + 1)
    name = _photo_format(data)
    if name not in PHOTO.formats:
        return None, _format(f"the format is {name}; JPEG and WebP are taken")
    if len(data) > PHOTO.max_bytes:
        return None, Fault(
            FailReason.PICTURE_SIZE, f"larger than {PHOTO.max_bytes} bytes, which are the most"
        )
    if _cut_off(name, data):
        return None, _format(f"cut off: the {name.upper()} file ends before its picture does")
    try:
        with av.open(str(path), **_tolerant(av)) as container:
            frame = next(container.decode(video=0))
    except (av.FFmpegError, StopIteration, IndexError) as error:
        return None, _format(f"can't be decoded: {getattr(error, 'strerror', '') or 'no picture'}")
    facts = PhotoFacts(name, frame.width, frame.height, len(data))
    short, long = sorted((frame.width, frame.height))
    if short > PHOTO.max_short_side or long > PHOTO.max_long_side:
        return facts, Fault(
            FailReason.PICTURE_SIZE,
            f"{frame.width}x{frame.height} pixels; "
            f"at most {PHOTO.max_short_side}x{PHOTO.max_long_side} are taken, either way round",
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
    if name == "webp":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    # The end marker behind the last start of scan; a thumbnail has both earlier in the file.
    return data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")
