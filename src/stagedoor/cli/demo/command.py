"""The `stagedoor demo` command."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import click

from .. import console
from .processes import DemoFailed
from .story import Story


@click.command("demo")
@click.option(
    "--video",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Publish this file instead of a film made for the demo.",
)
@click.option("--client", is_flag=True, help="With the client alone, without the service.")
def command(video: Path | None, client: bool) -> None:
    """Show the main job, end to end, on a local TikTok.

    Starts the emulator and the service as processes of their own, connects a creator, publishes a
    real video and photos, and shows two posts that go wrong and why. With --client, an app calls
    TikTok itself and receives its webhooks.
    """
    if not find_spec("av") or not find_spec("starlette"):
        raise click.ClickException(
            "the demo needs its extra: pip install '/path/to/the/clone[emulator]'"
        )
    if not client and not find_spec("fastapi"):
        console.say(
            "The service isn't installed (pip install '/path/to/the/clone[server]'), so this is "
            "the demo of the client."
        )
        console.say()
        client = True
    if client:
        from .client_story import ClientStory as Told
    else:
        from .service_story import ServiceStory as Told  # type: ignore[assignment]
    story = Story()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stagedoor-demo-")))
        try:
            Told(story, stack, folder).tell(video)
        except DemoFailed as error:
            raise click.ClickException(str(error)) from error
    story.close()
    for line in (
        "",
        "Where to look next:",
        "  stagedoor up             keep a local TikTok and the service running",
        "  stagedoor emulator       a local TikTok alone; a browser looks inside",
        "  stagedoor connect        connect an account, local or real",
        "  stagedoor post --help    publish from the command line",
        "  README.md                the same from Python",
    ):
        console.say(line)
