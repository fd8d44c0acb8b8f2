"""The files of a call: stored, digested and inspected before a person is asked, and checked
again before they are posted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import Conflict, unfit
from stagedoor.connector.fetching.service import Fetching
from stagedoor.connector.media.errors import MediaGone
from stagedoor.connector.media.prober import Bad, Good
from stagedoor.connector.media.service import MediaKind, MediaService, Medium
from stagedoor.connector.media.storage import BLOCK
from stagedoor.connector.publishing.drafts import Drafts
from stagedoor.connector.publishing.posts import PostKind

from ..calls import posts
from ..calls.approval_port import CallToApprove
from ..calls.errors import ChangedSince
from ..calls.posts import PostOrder
from .errors import MediaUnfit


@dataclass(frozen=True, slots=True)
class CallFile:
    """A stored file. `facts` are the results of the probe; `source` is the URL it came from."""

    medium: Medium
    name: str
    sha256: str
    facts: Mapping[str, Any]
    source: str | None = None


class CallFiles:
    """Fetches, digests and probes the files of calls that wait for a person."""

    def __init__(
        self, database: Database, media: MediaService, drafts: Drafts, fetching: Fetching
    ) -> None:
        self._database = database
        self._media = media
        self._drafts = drafts
        self._fetching = fetching

    def fetched(self, org: str, asked: PostOrder) -> list[CallFile]:
        """Fetch and inspect the URLs of an order; all or none."""
        found = posts.fetch(self._drafts, self._fetching, org, asked)
        try:
            return [
                CallFile(
                    one.medium,
                    _name(url),
                    one.digest,
                    self._facts(one.medium, number),
                    urlsplit(url)._replace(query="", fragment="").geturl(),
                )
                for number, (one, url) in enumerate(zip(found, asked.urls, strict=True), 1)
            ]
        except BaseException:
            self.discard(org, [one.medium.id for one in found])
            raise

    def uploaded(
        self, approval: CallToApprove, asked: PostOrder, uploads: Sequence[str]
    ) -> list[CallFile]:
        """Inspect uploaded files. Raises `InvalidInput` for files that can't be posted."""
        org = approval.org
        kind = MediaKind.PHOTO if asked.kind is PostKind.PHOTOS else MediaKind.VIDEO
        if kind is MediaKind.PHOTO:
            self._drafts.check_pulled()
        if len(set(uploads)) != len(uploads) or (kind is MediaKind.VIDEO and len(uploads) != 1):
            raise unfit("uploads", "a video is one upload, and no photo comes twice")
        posts.check_free(self._database, self._media, org, approval.agent_id, uploads, approval.id)
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            media = [self._media.find(tenant, one) for one in uploads]
        found = []
        for number, medium in enumerate(media, 1):
            if medium is None or medium.kind is not kind:
                raise unfit("uploads", f"number {number} is no {kind.value} that was uploaded here")
            if not medium.complete:
                raise Conflict(f"Upload number {number} isn't all here: send the rest of it first.")
            name = "the uploaded file" if len(uploads) == 1 else f"uploaded file {number}"
            found.append(CallFile(medium, name, self.digest(medium), self._facts(medium, number)))
        return found

    def check(self, org: str, files: Sequence[tuple[str, str]]) -> None:
        """Raises `ChangedSince` if a stored file differs from the approved one."""
        for media_id, approved in files:
            with self._database.read() as connection:
                medium = self._media.find(TenantConnection(connection, org), media_id)
            if medium is None or not medium.complete or self.digest(medium) != approved:
                raise ChangedSince(
                    "A stored file isn't the one that was approved: nothing was posted."
                )

    def digest(self, medium: Medium) -> str:
        """Return the SHA-256 of the stored bytes. Raises `MediaGone`, `StoreForeign`."""
        self._media.identity.check()
        found = hashlib.sha256()
        with self._media.storage.open(medium.parts) as file:
            while block := file.read(BLOCK):
                found.update(block)
        return found.hexdigest()

    def discard(self, org: str, media_ids: Sequence[str]) -> None:
        for media_id in media_ids:
            self._media.discard(org, media_id)

    def _facts(self, medium: Medium, number: int) -> Mapping[str, Any]:
        probed = self._media.probe(medium, number)
        if isinstance(probed, Good):
            return probed.facts
        if isinstance(probed, Bad):
            what = f"Photo {number}" if medium.kind is MediaKind.PHOTO else "The video"
            raise MediaUnfit(f"{what} {'; '.join(probed.problems)}. Nobody was asked.")
        raise MediaGone("A file isn't in the media store any more: upload it again.")


def _name(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name)[:100] or "a file without a name"
