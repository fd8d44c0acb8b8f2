"""The main use case with the client alone: an app, a creator, and a webhook receiver."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from stagedoor.client import Connection, Hosts, TikTok
from stagedoor.client.errors import PolicyRefused, PostFailed
from stagedoor.platform.media import SAFE_MIN_CHUNK
from stagedoor.platform.products.posting import PrivacyLevel
from stagedoor.platform.scopes import USER_SCOPES

from .. import console
from ..loopback import Loopback
from ..settings import EMULATOR_KEY, EMULATOR_SECRET
from ..videos import link, print_videos
from .consent import allow
from .film import make_video
from .processes import DemoFailed, EmulatorProcess, Receiver
from .stage import TITLE, DemoStage

PHOTO_HOST = "photos.example.com"
WEBHOOK_SECONDS = 20.0


class ClientStory(DemoStage):
    """An app that calls TikTok itself."""

    def tell(self, video: Path | None) -> None:
        self.start()
        self.connect()
        film = self.make(video)
        self.publish(film)
        self.publish_photos()
        self.leave_draft(film)
        self.read_back()
        self.be_refused(film)
        self.fail()
        self.hear()

    def start(self) -> None:
        with self.story.step("Start a local TikTok and the app's webhook receiver") as step:
            public = self.folder / "public"
            public.mkdir()
            self.receiver = self.stack.enter_context(Receiver(public))
            self.emulator = self.stack.enter_context(
                EmulatorProcess(f"{self.receiver.url}/webhooks")
            )
            self.hosts = Hosts.at(self.emulator.url)
            self.control.base_url = f"{self.emulator.url}/_emulator/"
            self.emulator.map_host(PHOTO_HOST, self.receiver.url)
            step.say(f"The emulator answers on {self.emulator.url}, its own process.")

    def connect(self) -> None:
        with self.story.step("Ask a creator for access, as an app does") as step:
            self.tiktok, connection = self._connect(EMULATOR_KEY)
            me = self.tiktok.user.info(fields=("display_name", "username", "follower_count")).user
            self.username = me.username or ""
            followers = console.counted(me.follower_count or 0, "follower")
            step.say(
                f"@{me.username} ({me.display_name}, {followers}) allowed "
                f"{console.counted(len(connection.granted), 'scope')}; the code became tokens."
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
            seen = self.control_call("GET", f"publishes/{post.publish_id}")
            if seen["digest"] != self.digest:
                raise DemoFailed("the emulator received other bytes than were sent")
            self.video_id = post.post_ids[0]
            step.say(f"Every byte arrived: SHA-256 {self.digest[:16]}... on both sides.")
            step.say(f"Published: {self.hosts.page_url(post.url or '')}")

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
            print_videos(f"@{self.username}: the newest videos", videos, self.hosts)
            new = next((video for video in videos if video.id == self.video_id), None)
            if new is None or new.title != TITLE:
                raise DemoFailed("the published video isn't in the creator's list")
            step.say(f"The new one is there: {new.title!r}, {link(new, self.hosts)}")

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
            slow = make_video(self.folder / "slow.mp4", seconds=4, fps=12, bit_rate=1_000_000)
            try:
                with console.bars() as progress:
                    self.tiktok.posts.publish_video(
                        slow,
                        privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
                        check=False,  # the client's own check would find the problem before sending
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
            step.say(f"{console.counted(len(events), 'event')}, every signature verified.")
