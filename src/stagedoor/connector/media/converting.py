"""The child process that measures and converts files: a hostile file can break only this process.

It has no secrets and opens no file and no connection. The parent process sends the bytes that it
asks for, as to `probe`, and gives it an open file for the result, whose number is the argument:

    <- {"kind": "video", "size": 123456, "cpu": 600, "most": 1000, "target": {"width": 720, ...}}
    -> {"read": [0, 65536]}         followed by that many bytes on standard input
    -> {"facts": {...}} or {"problems": ["..."]}

Without a target it measures: the facts of a file of any format that can be converted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from typing import IO, Any

from stagedoor.child_process import bound, bound_time

from .probe import AskedFile, is_media, write_message

MEMORY_BYTES = 1_536 << 20
_OPEN_FILES = 24
_THREADS = 2
_MAX_PICTURE = 64 << 20
_MAX_PIXELS = 100_000_000
_CONTAINERS = ("mp4", "mov", "3gp", "webm", "matroska", "avi", "mpeg", "mpegvideo")
_CODECS = (
    *("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg1video", "mpeg2video", "h263"),
    *("mjpeg", "prores", "msmpeg4v3", "ffv1", "theora"),
)
_PICTURES = (
    (b"\xff\xd8\xff", "mjpeg", "jpeg"),
    (b"\x89PNG\r\n", "png", "png"),
    (b"GIF8", "gif", "gif"),
    (b"BM", "bmp", "bmp"),
    (b"RIFF", "webp", "webp"),
)
_TURNS = {90: (("transpose", "cclock"),), 270: (("transpose", "clock"),)}
_UPSIDE_DOWN = (("hflip", ""), ("vflip", ""))
_SOUND_RATE = 48_000


def work(order: dict[str, Any], file: IO[bytes], out: int) -> dict[str, Any]:
    """The facts of the file, or of the result; or the problems."""
    import av

    from stagedoor.client.errors import MediaError, MediaRejected

    target = order.get("target")
    try:
        if order["kind"] == "photo":
            return {"facts": _picture(file, order["size"], target, out)}
        head = file.read(16)
        file.seek(0)
        if not is_media(head, "ad video"):
            return {"problems": ["can't be read as a video"]}
        if target is None:
            return {"facts": _measured(file)}
        return {"facts": _video(file, target, order["most"], out)}
    except MediaRejected as error:
        return {"problems": list(error.problems)}
    except OSError as error:  # FFmpeg's errors too, of which some are of reading or writing
        if isinstance(error, av.FFmpegError) and error.errno != 27:  # EFBIG
            return {"problems": [f"can't be converted ({type(error).__name__})"]}
        return {"problems": ["would be larger than any file that TikTok takes"]}
    except (MediaError, av.FFmpegError, EOFError, ValueError):
        return {"problems": ["can't be converted: it is damaged, or of an unknown format"]}
    except (MemoryError, RecursionError):
        return {"problems": ["needs more memory to be converted than this service gives"]}


def _measured(file: IO[bytes]) -> dict[str, Any]:
    from stagedoor.client import check_video
    from stagedoor.platform.media import VideoLimits

    limits = VideoLimits(
        containers=_CONTAINERS,
        codecs=_CODECS,
        min_fps=0.1,
        max_fps=1_000,
        min_side=2,
        max_side=8_192,
        min_seconds=0.1,
        max_seconds=4 * 3_600,
    )
    return asdict(check_video(file, limits))


def _video(file: IO[bytes], target: dict[str, Any], most: int, out: int) -> dict[str, Any]:
    import av

    fps = Fraction(target["fps"]).limit_denominator(1_001)
    with (
        os.fdopen(out, "w+b") as written,
        av.open(file, mode="r") as source,
        av.open(written, mode="w", format="mp4") as result,
    ):
        moving = source.streams.video[0]
        sounding = next(iter(source.streams.audio), None)
        picture: Any = result.add_stream("libx264", rate=fps)
        picture.width, picture.height = target["width"], target["height"]
        picture.pix_fmt = "yuv420p"
        picture.codec_context.thread_count = _THREADS
        rate = int(most * 8 / max(1.0, target["seconds"]) * 0.9)
        cap = {} if rate > 1 << 30 else {"maxrate": str(rate), "bufsize": str(rate)}
        picture.options = {"preset": "veryfast", "crf": "20", **cap}
        sound: Any = None
        if sounding is not None:
            sound = result.add_stream("aac", rate=_SOUND_RATE, layout="stereo")
        _copy(source, moving, sounding, result, picture, sound, fps)
    return {}


def _copy(
    source: Any, moving: Any, sounding: Any, result: Any, picture: Any, sound: Any, fps: Fraction
) -> None:
    import av

    graph: Any = None
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_SOUND_RATE)
    streams = [moving] if sounding is None else [moving, sounding]
    for packet in source.demux(*streams):
        for frame in packet.decode():
            if packet.stream is moving:
                if graph is None:
                    graph = _graph(
                        {"template": moving},
                        frame.rotation,
                        ("scale", f"{picture.width}:{picture.height}"),
                        ("setsar", "1"),
                        ("fps", f"{fps.numerator}/{fps.denominator}"),
                        ("format", "yuv420p"),
                    )
                graph.vpush(frame)
                for ready in _pulled(graph):
                    result.mux(picture.encode(ready))
            else:
                for ready in resampler.resample(frame):
                    result.mux(sound.encode(ready))
    if graph is None:
        raise EOFError
    graph.vpush(None)
    for ready in _pulled(graph):
        result.mux(picture.encode(ready))
    result.mux(picture.encode(None))
    if sound is not None:
        for ready in resampler.resample(None):
            result.mux(sound.encode(ready))
        result.mux(sound.encode(None))


def _graph(buffer: dict[str, Any], turned: int, *rest: tuple[str, str]) -> Any:
    """Filters that turn pictures upright, and the `rest`."""
    from av.filter import Graph

    turn = turned % 360
    upright = _UPSIDE_DOWN if turn == 180 else _TURNS.get(turn, ())
    graph: Any = Graph()
    last = graph.add_buffer(**buffer)
    for name, arguments in (*upright, *rest, ("buffersink", "")):
        following = graph.add(name, arguments) if arguments else graph.add(name)
        last.link_to(following)
        last = following
    graph.configure()
    return graph


def _pulled(graph: Any) -> Iterator[Any]:
    import av

    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            frame = graph.vpull()
            frame.pict_type = 0
            yield frame


def _picture(file: IO[bytes], size: int, target: dict[str, Any] | None, out: int) -> dict[str, Any]:
    import av

    if size > _MAX_PICTURE:
        raise ValueError
    data = file.read(size)
    found = next((one for one in _PICTURES if data.startswith(one[0])), None)
    if found is None:
        raise ValueError
    decoder: Any = av.CodecContext.create(found[1], "r")
    decoder.thread_count = 1
    frame: Any = [*decoder.decode(av.Packet(data)), *decoder.decode(None)][0]
    if frame.width * frame.height > _MAX_PIXELS:
        raise ValueError
    turned = frame.rotation % 180 != 0
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    if target is None:
        return {"format": found[2], "width": width, "height": height, "size": size}
    with os.fdopen(out, "w+b") as written:
        written.write(_jpeg(frame, target))
    return {}


def _jpeg(frame: Any, target: dict[str, Any]) -> bytes:
    import av

    once = Fraction(1, 25)
    frame.pts, frame.time_base = 0, once
    graph = _graph(
        {"width": frame.width, "height": frame.height, "format": frame.format, "time_base": once},
        frame.rotation,
        ("scale", f"{target['width']}:{target['height']}:out_range=full"),
        ("format", "yuvj420p"),
    )
    graph.vpush(frame)
    scaled = graph.vpull()
    encoder: Any = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = target["width"], target["height"]
    encoder.pix_fmt, encoder.time_base = "yuvj420p", once
    encoder.options = {"qmin": "2", "qmax": "4"}
    scaled.pict_type = 0
    return b"".join(bytes(one) for one in (*encoder.encode(scaled), *encoder.encode(None)))


def main() -> None:
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    order = json.loads(questions.readline())
    with suppress(AttributeError):  # Windows has no such signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    bound(MEMORY_BYTES, order["most"], _OPEN_FILES)
    bound_time(order["cpu"])
    file: Any = AskedFile(order["size"], questions, answers)
    write_message(answers, work(order, file, int(sys.argv[1])))


if __name__ == "__main__":
    main()
