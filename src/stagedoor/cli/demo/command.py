"""The demo's command and its steps."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import httpx2

from stagedoor.client import Connection, Hosts, TikTok
from stagedoor.client.errors import PolicyRefused, PostFailed
from stagedoor.platform.media import SAFE_MIN_CHUNK
from stagedoor.platform.posting import PrivacyLevel
from stagedoor.platform.scopes import USER_SCOPES

from .. import console
from ..loopback import Loopback
from ..settings import EMULATOR_KEY, EMULATOR_SECRET
from ..videos import link, listing
from .consent import allow
from .processes import DemoFailed, Emulator, Receiver
from .story import Story

PHOTO_HOST = "photos.example.com"
TITLE = "Opening night #stagedoor"
WEBHOOK_SECONDS = 20.0


@click.command("demo")
@click.option(
    "--video",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Publish this file instead of a film made for the demo.",
)
def command(video: Path | None) -> None:
    """Show the main job, end to end, on a local TikTok.

    Starts the emulator and a webhook receiver as processes of their own, connects a creator,
    publishes a real video and photos, and shows two posts that go wrong and why.
    """
    try:
        from .film import make_photo, make_video
    except ImportError:
        raise click.ClickException(
            "the demo needs its extra: pip install 'stagedoor[emulator]'"
        ) from None
    story = Story()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stagedoor-demo-")))
        try:
            _tell(_Demo(story, stack, folder, make_video, make_photo), video)
        except DemoFailed as error:
            raise click.ClickException(str(error)) from error
    story.close()
    console.out.print(
        "\nWhere to look next:\n"
        "  stagedoor emulator       keep a local TikTok running; a browser looks inside\n"
        "  stagedoor connect        connect an account, local or real\n"
        "  stagedoor post --help    publish from the command line\n"
        "  README.md                the same from Python"
    )


def _tell(demo: _Demo, video: Path | None) -> None:
    demo.start()
    demo.connect()
    film = demo.make(video)
    demo.publish(film)
    demo.publish_photos()
    demo.leave_draft(film)
    demo.read_back()
    demo.be_refused(film)
    demo.fail()
    demo.hear()


class _Demo:
    """The steps, in order; each leaves what the next ones need."""

    def __init__(
        self,
        story: Story,
        stack: ExitStack,
        folder: Path,
        make_video: Callable[..., Path],
        make_photo: Callable[..., Path],
    ) -> None:
        self.story = story
        self.stack = stack
        self.folder = folder
        self.make_video = make_video
        self.make_photo = make_photo
        self.control = stack.enter_context(httpx2.Client(timeout=30))

    def start(self) -> None:
        with self.story.step("Start a local TikTok and the app's webhook receiver") as step:
            public = self.folder / "public"
            public.mkdir()
            self.receiver = self.stack.enter_context(Receiver(public))
            self.emulator = self.stack.enter_context(Emulator(f"{self.receiver.url}/webhooks"))
            self.hosts = Hosts.at(self.emulator.url)
            self.control.base_url = f"{self.emulator.url}/_emulator/"
            self._control("PUT", "hosts", {PHOTO_HOST: self.receiver.url})
            step.say(f"The emulator answers on {self.emulator.url}, its own process.")

    def connect(self) -> None:
        with self.story.step("Ask a creator for access, as an app does") as step:
            self.tiktok, connection = self._connect(EMULATOR_KEY)
            me = self.tiktok.user.info(fields=("display_name", "username", "follower_count")).user
            self.username = me.username or ""
            step.say(
                f"@{me.username} ({me.display_name}, {me.follower_count:,} followers) allowed "
                f"{len(connection.granted)} scopes; the code became tokens."
            )

    def _connect(self, client_key: str) -> tuple[TikTok, Connection]:
        tiktok = self.stack.enter_context(TikTok(client_key, EMULATOR_SECRET, hosts=self.hosts))
        with Loopback() as loopback:
            login = tiktok.begin_login(loopback.redirect_uri, USER_SCOPES)
            allow(login.url)
            callback = loopback.wait(10)
        if callback is None:
            raise DemoFailed("the consent page didn't send the browser back")
        return tiktok, tiktok.oauth.finish_login(login, callback)

    def make(self, video: Path | None) -> Path:
        title = "Take your video, and make three pictures" if video else "Make a film and pictures"
        with self.story.step(title) as step:
            public = self.folder / "public"
            film = self.folder / f"film{video.suffix.lower() if video else '.mp4'}"
            if video:
                shutil.copyfile(video, film)
            else:
                self._make_film(film)
            for number, hue in enumerate((90, 140, 200), 1):
                self.make_photo(public / f"{number}.jpg", hue=hue)
            self.digest = _sha256(film)
            step.say(f"{film.name}: {film.stat().st_size / 1e6:.1f} MB; and three JPEGs.")
        return film

    def _make_film(self, path: Path) -> None:
        from rich.progress import track

        def frames(total: int) -> Iterable[int]:
            return track(range(total), "   encoding", console=console.err, transient=True)

        seconds, fps = 6, 30
        moving = iter(frames(seconds * fps))
        self.make_video(path, seconds=seconds, fps=fps, on_frame=lambda *_: next(moving, None))
        next(moving, None)

    def publish(self, film: Path) -> None:
        with self.story.step("Publish the video to the creator's profile") as step:
            with console.bars() as progress:
                post = self.tiktok.posts.publish_video(
                    film,
                    privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
                    title=TITLE,
                    chunk_size=SAFE_MIN_CHUNK,
                    wait_until_public=True,
                    progress=progress,
                )
            seen = self._control("GET", f"publishes/{post.publish_id}")
            if seen["digest"] != self.digest:
                raise DemoFailed("the emulator received other bytes than were sent")
            self.video_id = post.post_ids[0]
            step.say(f"Every byte arrived: SHA-256 {self.digest[:16]}... on both sides.")
            step.say(f"Published: {post.url}")

    def publish_photos(self) -> None:
        with self.story.step("Publish three pictures, which TikTok downloads itself") as step:
            public = self.folder / "public"
            with console.bars() as progress:
                post = self.tiktok.posts.publish_photos(
                    [f"https://{PHOTO_HOST}/{number}.jpg" for number in (1, 2, 3)],
                    copies=[public / f"{number}.jpg" for number in (1, 2, 3)],
                    privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
                    title="Backstage",
                    description="Three pictures from behind the curtain #backstage",
                    wait_until_public=True,
                    progress=progress,
                )
            step.say(f"Published as post {post.post_ids[0]}.")

    def leave_draft(self, film: Path) -> None:
        with self.story.step("Leave a draft in the creator's inbox") as step:
            with console.bars() as progress:
                post = self.tiktok.posts.send_to_inbox(film, progress=progress)
            step.say(f"The creator finds it in TikTok's inbox ({post.publish_id}).")

    def read_back(self) -> None:
        with self.story.step("Read the creator's videos back") as step:
            videos = list(self.tiktok.videos.all(limit=5))
            console.out.print(listing(f"@{self.username}: the newest videos", videos))
            new = next((video for video in videos if video.id == self.video_id), None)
            if new is None or new.title != TITLE:
                raise DemoFailed("the published video isn't in the creator's list")
            step.say(f"The new one is there: {new.title!r}, {link(new)}")

    def be_refused(self, film: Path) -> None:
        with self.story.step("Be refused: an app without audit, a public account") as step:
            unaudited, _ = self._connect("emulator-unaudited-key")
            try:
                unaudited.posts.publish_video(film, privacy_level=PrivacyLevel.SELF_ONLY)
            except PolicyRefused as error:
                step.say(f"Refused before a byte was sent. {error.remedy}")
            else:
                raise DemoFailed("an unaudited app could post to a public account")

    def fail(self) -> None:
        with self.story.step("Fail in processing: a film of 12 frames per second") as step:
            slow = self.make_video(self.folder / "slow.mp4", seconds=4, fps=12, bit_rate=1_000_000)
            try:
                with console.bars() as progress:
                    self.tiktok.posts.publish_video(
                        slow,
                        privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
                        check=False,  # the client's own check would name it before sending
                        progress=progress,
                    )
            except PostFailed as error:
                step.say(f"TikTok says {error.reason}. {error.remedy}")
            else:
                raise DemoFailed("a video of 12 frames per second was published")

    def hear(self) -> None:
        wanted = {
            "post.publish.complete",
            "post.publish.publicly_available",
            "post.publish.inbox_delivered",
            "post.publish.failed",
        }
        with self.story.step("Hear of all this by signed webhooks") as step:
            end = time.monotonic() + WEBHOOK_SECONDS
            while not wanted <= {item.get("event") for item in self.receiver.events()}:
                if time.monotonic() > end:
                    raise DemoFailed(f"webhooks are missing: {self.receiver.events()}")
                time.sleep(0.1)
            events = self.receiver.events()
            for item in events:
                payload: dict[str, Any] = item.get("payload", {})
                names = ("post_id", "publish_id", "share_id")
                about = next((payload[name] for name in names if name in payload), "")
                step.say(f"{item.get('event') or 'refused':<32} {about}")
            if any("refused" in item for item in events):
                raise DemoFailed("a webhook of the emulator's didn't verify")
            step.say(f"{len(events)} events, every signature verified.")

    def _control(self, method: str, path: str, body: object = None) -> Any:
        answer = self.control.request(method, path, json=body)
        if answer.status_code >= 400:
            raise DemoFailed(f"{method} {path}: HTTP {answer.status_code} {answer.text[:300]}")
        return answer.json()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
