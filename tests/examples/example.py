"""The example of a declared operation, and the sources of its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx2
from hypothesis.strategies import SearchStrategy

from stagedoor.platform.operation import BrowserPage, Operation
from stagedoor.platform.products.oauth import QR_START
from stagedoor.platform.products.portability import DATA_ADD
from stagedoor.platform.products.posting import INBOX_VIDEO_INIT, FileUpload
from stagedoor.platform.products.research.validation import VALIDATION_CREATE
from tests.support.local import KEY

Values = dict[str, Any]
"""Arguments of a request's constructor: what a caller of the client passes."""

FILE = FileUpload(video_size=1_000, chunk_size=1_000, total_chunk_count=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """Ids of what a creator began earlier: a post, a copy of data, a QR login; and of an app's
    check of research ids."""

    publish_id: str
    task_id: str
    request_id: str
    qr_token: str


NOTHING_BEGUN = Begun("v_pub_url~v2.1", "1", "1", "qr")
"""Ids that nobody began, for tests whose requests reach no emulator."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """The emulator's seeded world, as one of its creators uses it."""

    world: Any
    begun: Begun = NOTHING_BEGUN
    creator: str = "maracooks"
    """A handle. The other seeded creators make a request name things of somebody else's."""
    media: str = "https://ready.example.com"
    """Where a web server has media at /a.mp4 and /a.jpg."""

    @property
    def today(self) -> date:
        return datetime.fromtimestamp(self.world.now(), UTC).date()

    @property
    def videos(self) -> list[Any]:
        """The creator's, newest first."""
        found: list[Any] = self.world.videos_of(self.world.named(self.creator).id)
        return found

    @property
    def oldest_video(self) -> str:
        video_id: str = self.videos[-1].id
        return video_id

    def first(self, collection: str) -> Any:
        """The first entity of one of the world's collections."""
        return next(iter(getattr(self.world.all, collection).values()))


@dataclass(frozen=True, slots=True)
class Case:
    """A request to an operation, and what the emulator answers it in its seeded world.

    `values` are added to the request of the example. `answer` holds members that the answer has,
    its lists in full; `refused` is the code of the refusal instead.
    """

    values: Values
    answer: Mapping[str, Any] | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """The one example of an operation or page: every generated test takes its requests from here.

    `drawn` makes any request that a caller may pass; what it makes must survive the wire.
    `request` makes one that the emulator answers well; pages need none.
    `refused`: `request` is well-formed, but names a thing that doesn't exist, or comes too late.
    `ends`: `request` ends what the requests of other examples name, so it comes last.
    `effect`: of a write, the operation through which its effect is seen. A contract test that is
    marked `@pytest.mark.shows` with the write's id does it and looks.
    `cases` say what the emulator answers to more requests; `test_cases.py` asks them.
    `limits` are the published rate limits, calls and seconds; `pool` is the published quota's.
    """

    declared: Operation[..., Any] | BrowserPage
    drawn: SearchStrategy[Values]
    request: Callable[[Seeded], Values] | None = None
    refused: bool = False
    ends: bool = False
    effect: Operation[..., Any] | None = None
    cases: tuple[Case, ...] = ()
    limits: tuple[tuple[int, float], ...] = ()
    pool: str | None = None

    @property
    def id(self) -> str:
        return self.declared.id


def begin(http: httpx2.Client, user: Mapping[str, str], own: Mapping[str, str]) -> Begun:
    """Begin one of each by HTTP. `user` and `own` are the headers of a creator's token and of
    the app's own."""
    source = {"source_info": FILE.model_dump(mode="json")}
    post = http.post(INBOX_VIDEO_INIT.path, json=source, headers=user).json()
    ids = {"file_data": ("ids.txt", b"1", "text/plain")}
    task = http.post(
        VALIDATION_CREATE.path, data={"category": "video"}, files=ids, headers=own
    ).json()
    wanted = {"data_format": "json", "category_selection_list": ["profile"]}
    export = http.post(
        DATA_ADD.path, params={"fields": "request_id"}, json=wanted, headers=user
    ).json()
    qr = http.post(QR_START.path, data={"client_key": KEY, "scope": "user.info.basic"}).json()
    return Begun(
        post["data"]["publish_id"],
        str(task["data"]["task_id"]),
        str(export["data"]["request_id"]),
        qr["token"],
    )
