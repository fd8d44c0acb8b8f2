"""Still pictures out of videos, as JPEG. Blocks: run it in a thread."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path


def write_frame(video: Path, moment: float, target: Path) -> tuple[int, int, int] | None:
    """Write the frame at `moment` seconds to `target`; returns width, height, bytes."""
    import av

    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            if moment and stream.time_base is not None:
                start = (stream.start_time or 0) + int(moment / stream.time_base)
                container.seek(start, stream=stream, backward=True)
            frame = next(iter(container.decode(stream)), None)
            if frame is None:
                return None
            picture = frame.reformat(format="yuvj420p")
            encoder = av.CodecContext.create("mjpeg", "w")
            if not isinstance(encoder, av.VideoCodecContext):
                return None
            encoder.width, encoder.height = picture.width, picture.height
            encoder.pix_fmt, encoder.time_base = "yuvj420p", Fraction(1, 25)
            encoder.options = {"strict": "unofficial"}
            picture.pts = 0
            packets = [*encoder.encode(picture), *encoder.encode(None)]
    except (av.FFmpegError, IndexError, OSError):
        return None
    written = target.write_bytes(b"".join(bytes(packet) for packet in packets))
    return picture.width, picture.height, written
