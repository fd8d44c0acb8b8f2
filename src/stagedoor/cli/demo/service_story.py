"""The main use case through the service, as a SaaS backend calls it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

from stagedoor.client import Hosts
from stagedoor.platform.products.posting import PrivacyLevel
from stagedoor.platform.scopes import USER_SCOPES

from .. import console
from ..loopback import Loopback
from ..remote import FINAL, Remote
from ..settings import EMULATOR_SECRET
from ..videos import link, print_videos
from .consent import answer
from .film import make_video
from .processes import DemoFailed, EmulatorProcess, ServiceProcess, free_port
from .stage import TITLE, DemoStage

MEDIA_HOST = "media.example.com"
FILM_HOST = "films.example.com"
PATIENCE = 60.0
PUBLIC = PrivacyLevel.PUBLIC_TO_EVERYONE.value


class ServiceStory(DemoStage):
    """A SaaS that delegates TikTok to the service."""

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
        with self.story.step("Start a local TikTok and the service") as step:
            port = free_port()
            webhook = f"http://127.0.0.1:{port}/connect/webhook/tiktok"
            self.emulator = self.stack.enter_context(EmulatorProcess(webhook))
            self.hosts = Hosts.at(self.emulator.url)
            self.control.base_url = f"{self.emulator.url}/_emulator/"
            self.service = self.stack.enter_context(
                ServiceProcess(self.folder, port, self.emulator.url, f"https://{MEDIA_HOST}")
            )
            self.emulator.map_host(MEDIA_HOST, self.service.url)
            step.say(f"The emulator answers on {self.emulator.url}, its own process.")
            step.say(f"The service answers on {self.service.url}, with a worker in it.")

    def connect(self) -> None:
        with self.story.step("Connect a creator's account for the organisation acme") as step:
            self.org = self._organisation("acme")
            record = self._connect(self.org)
            self.username, self.integration_id = record["username"], record["id"]
            granted = record["credentials"][0]["granted"]
            step.say(
                f"@{self.username} is connected with {console.counted(len(granted), 'scope')}."
            )
            step.say("Its tokens are encrypted, and stay fresh.")

    def publish(self, film: Path) -> None:
        with self.story.step("Publish the video to the creator's profile") as step:
            begun = self.org.call(
                "init-video-upload", title="Our first film", caption=TITLE, privacyLevel=PUBLIC
            )
            self._upload(begun["uploadUrl"], film)
            self.org.call("publish-video", publishId=begun["publishId"])
            post = self._final(self.org, begun["publishId"], until_public=True)
            again = self.org.call("publish-video", publishId=begun["publishId"])
            if again["tiktokPublishId"] != post["tiktokPublishId"]:
                raise DemoFailed("publishing twice made two posts")
            seen = self.control_call("GET", f"publishes/{post['tiktokPublishId']}")
            if seen["digest"] != self.digest:
                raise DemoFailed("TikTok received other bytes than were sent")
            self.video_id = post["publicIds"][0]
            step.say(f"Every byte arrived: SHA-256 {self.digest[:16]}... on both sides.")
            done = ", ".join(dict.fromkeys(item["step"] for item in post["history"]))
            step.say(f"Its journal: {done}. Asked to publish twice, it is one post.")
            step.say(f"Published: {self.hosts.page_url(post['link'])}")

    def _upload(self, url: str, film: Path) -> None:
        with console.bars() as progress:
            self.org.upload(url, film, progress)

    def publish_photos(self) -> None:
        with self.story.step("Publish three pictures") as step:
            uploads = self.org.call("init-photo-upload", count=3)["uploads"]
            for number, upload in enumerate(uploads, 1):
                picture = (self.folder / "public" / f"{number}.jpg").read_bytes()
                self.org.http.put(upload["uploadUrl"], content=picture).raise_for_status()
            begun = self.org.call(
                "publish-photos",
                uploads=[upload["uploadId"] for upload in uploads],
                title="Backstage",
                caption="Three pictures from behind the curtain #backstage",
                privacyLevel=PUBLIC,
            )
            post = self._final(self.org, begun["publishId"], until_public=True)
            step.say(f"Published: {self.hosts.page_url(post['link'])}")

    def leave_draft(self, film: Path) -> None:
        with self.story.step("Leave a draft in the creator's inbox") as step:
            begun = self.org.call("init-video-upload", title="A draft", mode="draft")
            self._upload(begun["uploadUrl"], film)
            self.org.call("publish-video", publishId=begun["publishId"])
            post = self._final(self.org, begun["publishId"])
            if post["state"] != "inInbox":
                raise DemoFailed(f"the draft is {post['state']}: {post['failure']}")
            step.say(f"The creator finds it in TikTok's inbox ({post['tiktokPublishId']}).")

    def read_back(self) -> None:
        with self.story.step("Read the creator's videos back") as step:
            videos = list(islice(self.org.videos(self.integration_id), 5))
            print_videos(f"@{self.username}: the newest videos", videos, self.hosts)
            new = next((video for video in videos if video.id == self.video_id), None)
            if new is None or new.title != TITLE:
                raise DemoFailed("the published video isn't in the creator's list")
            step.say(f"The new one is there: {new.title!r}, {link(new, self.hosts)}")

    def be_refused(self, film: Path) -> None:
        with self.story.step("Be refused: an app without audit, a public account") as step:
            other = self._organisation("newcomer")
            app = {
                "clientKey": "emulator-unaudited-key",
                "clientSecret": EMULATOR_SECRET,
            }
            other.send("PUT", "/api/apps/tiktok", app)
            self._connect(other)
            begun = other.call("init-video-upload", title="Too early", privacyLevel="SELF_ONLY")
            self._upload(begun["uploadUrl"], film)
            other.call("publish-video", publishId=begun["publishId"])
            post = self._final(other, begun["publishId"])
            if post["state"] != "failed":
                raise DemoFailed("an unaudited app could post to a public account")
            step.say(f"Refused. {post['failure']['remedy']}")

    def fail(self) -> None:
        with (
            self.story.step("Fail in processing: a film of 12 frames per second") as step,
            _files(self.folder) as address,
        ):
            make_video(self.folder / "slow.mp4", seconds=4, fps=12, bit_rate=1_000_000)
            self.emulator.map_host(FILM_HOST, address)
            begun = self.org.call(
                "init-video-upload",
                title="Too slow",
                privacyLevel=PUBLIC,
                videoUrl=f"https://{FILM_HOST}/slow.mp4",
            )
            self.org.call("publish-video", publishId=begun["publishId"])
            post = self._final(self.org, begun["publishId"])
            if post["state"] != "failed":
                raise DemoFailed("a video of 12 frames per second was published")
            failure = post["failure"]
            step.say(f"TikTok says {failure['reason']}. {failure['remedy']}")

    def hear(self) -> None:
        wanted = {
            "post.publish.complete",
            "post.publish.publicly_available",
            "post.publish.inbox_delivered",
            "post.publish.failed",
        }
        with self.story.step("Hear of all this by signed webhooks") as step:

            def heard() -> list[dict[str, Any]]:
                events: list[dict[str, Any]] = self.org.send("GET", "/api/webhooks/received")[
                    "events"
                ]
                return events if wanted <= {item["event"] for item in events} else []

            events = _until(heard, "webhooks are missing")
            for item in reversed(events):
                names = ("post_id", "publish_id", "share_id")
                about = next((item["content"][n] for n in names if n in item["content"]), "")
                step.say(f"{item['event']:<32} {about}")
            step.say(
                f"{console.counted(len(events), 'event')}, verified, stored, and told to the "
                "organisation."
            )

    def _organisation(self, org: str) -> Remote:
        return self.stack.enter_context(Remote(self.service.url, self.service.token(org)))

    def _connect(self, org: Remote) -> dict[str, Any]:
        """Begin a login, submit the consent page as a browser would, and return the integration."""
        with Loopback() as page:
            started = org.call(
                "get-auth-url", scopes=list(USER_SCOPES), returnUrl=page.redirect_uri
            )
            come_back = org.http.get(answer(started["authUrl"]))
            org.http.get(come_back.headers.get("location", ""))
            arrived = page.wait(10) or ""
        if "integration=connected" not in arrived:
            raise DemoFailed(f"the account wasn't connected: {arrived}")
        return org.integration(None)

    def _final(self, org: Remote, publish_id: str, until_public: bool = False) -> dict[str, Any]:
        with console.spinner("   the service and TikTok are at work"):
            post = org.final(publish_id, until_public=until_public, seconds=PATIENCE)
        if post["state"] not in FINAL:
            raise DemoFailed(f"the post is still {post['state']}")
        if until_public and post["state"] != "published":
            raise DemoFailed(f"the post is {post['state']}: {post['failure']}")
        return post


def _until(check: Callable[[], Any], complaint: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := check()):
        if time.monotonic() > end:
            raise DemoFailed(complaint)
        time.sleep(0.1)
    return found


@contextmanager
def _files(folder: Path) -> Iterator[str]:
    """Run a web server for the files of `folder`; yields its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """No logging: the demo prints its own steps."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
