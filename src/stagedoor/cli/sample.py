"""`stagedoor sample`: make a real video for experiments."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from . import console
from .params import Between

_FPS = 30


@click.command("sample")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--seconds",
    default=6.0,
    show_default=True,
    type=Between(3.0, 600.0),
    help="How long it is.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def command(file: Path, seconds: float, force: bool) -> None:
    """Make FILE, an MP4 that TikTok takes: H.264 and AAC, 720x1280, coloured noise and a tone."""
    if file.suffix.lower() != ".mp4":
        raise click.BadParameter("the video is an MP4: name it .mp4", param_hint="FILE")
    if file.exists() and not force:
        raise click.BadParameter(f"{file} exists; --force replaces it", param_hint="FILE")
    if not find_spec("av"):
        raise click.ClickException(
            "making a video needs an extra: pip install '/path/to/the/clone[media]'"
        )
    from .demo.film import make_video

    part = file.with_name(f".{file.name}.part.mp4")
    try:
        with console.bar("encoding", seconds * _FPS) as show:
            make_video(
                part,
                seconds=seconds,
                fps=_FPS,
                bit_rate=2_000_000,
                on_frame=lambda done, _: show(done),
            )
        part.replace(file)
    except OSError as error:
        raise click.ClickException(f"can't write {file}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
    console.say(f"Made {file}: {console.counted(file.stat().st_size, 'byte')}, {seconds:g} s.")
