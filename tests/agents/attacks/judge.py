"""The judge compares TikTok's own log with the grants and with the recorded decisions.

It trusts no answer and no decision of the gateway: grants are read from `Actor.may`, and effects,
with their app and creator, from the emulator's log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from stagedoor.agents.audit.entry import DecisionRecord
from stagedoor.agents.audit.store import EntryFilter
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.connector.publishing.posts import Mode, StoredPost
from stagedoor.connector.publishing.service import PostRecord
from stagedoor.emulator.products.posting.state import Publish
from stagedoor.emulator.world.world import RecordedRequest
from stagedoor.platform.operation import Host, Operation, Subject
from stagedoor.platform.products.posting import PrivacyLevel

from .actors import APPS, BUSINESS_APP, HOMES, KEPT_FROM, Actor
from .attack import Attack
from .attack_environment import OPERATIONS, AttackEnvironment

_ALLOWED = EntryFilter(decision="allowed")
_INITS = frozenset({"posting.video_init", "posting.inbox_video_init", "posting.content_init"})
_CARRIED = _INITS | {"posting.creator_info", "posting.status", "media.upload_chunk"}
"""Calls that the service makes itself for an allowed post: compared with the posts."""
_TOLD = frozenset({"business.comment_list", "business.comment_reply_list"})
"""Calls by which the service reads a comment that an agent's call changed."""
_RENEWED = frozenset({"oauth.token_client", "oauth.token_refresh"})
_TAG = re.compile(r"[#\uff03]([^\s#\uff03.,]+)")
_POST_TEXTS = ("photo_title", "text")
_NEWS = text(
    "SELECT org, max(seq), sum(CASE WHEN decision = 'allowed' THEN 1 ELSE 0 END) "
    "FROM audit_entries WHERE "
    + " OR ".join(f"(org = :org{number} AND seq > :head{number})" for number in range(len(HOMES)))
    + " GROUP BY org"
)
"""By organisation, the last entry after a given one, and the number of new entries that allowed a
call."""
_PAGE = 20
_PATIENCE = 30.0
"""Seconds to wait for the outcome of a call."""
_LATE = 0.5
"""Seconds by which two processes may tell the time differently."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A violation: a call got through that must not."""

    attack: str
    what: str

    def __str__(self) -> str:
        return f"{self.attack}: {self.what}"


@dataclass(frozen=True, slots=True)
class Made:
    """A post as TikTok has it, or as the service accepted it."""

    org: str
    handle: str | None
    direct: bool
    privacy: str | None
    text: str


class Judge:
    """Inspects the calls since its creation, or since its last inspection."""

    def __init__(self, environment: AttackEnvironment) -> None:
        self._arena = environment
        self.last: list[RecordedRequest] = []
        """The requests that reached TikTok between the last two looks."""
        self.allowed: list[DecisionRecord] = []
        """The rows that allowed a call between the last two looks."""
        self.begun: list[Publish] = []
        """The posts that were begun at TikTok between the last two looks."""
        self._seen = self._all()
        self._publishes = set(environment.world.all.publishes)
        self._posts = {one.post.id for org in HOMES for one in self._newest_posts(org)}
        self._heads = {org: environment.agents.audit.head(org).seq for org in HOMES}
        self._rows: dict[tuple[str, int], DecisionRecord] = {}
        self._by_log_id: dict[str | None, tuple[str, DecisionRecord]] = {}

    def held(self, attacks: Iterable[Attack]) -> list[Breach]:
        """Run all attacks and return the breaches."""
        found: list[Breach] = []
        for attack in attacks:
            answers = list(attack.send(self._arena))
            found += self.since(attack)
            if not answers:
                found.append(Breach(str(attack), "it wasn't even tried"))
            for answer in answers:
                found += self._told(attack, answer.body)
        return found

    def since(self, attack: Attack) -> list[Breach]:
        """Calls that were allowed or reached TikTok since the last look, and must not have."""
        before, self._seen = self._seen, self._all()
        fresh = self.last = self._seen[len(before) :]
        try:
            self.allowed = self._look_until_settled(fresh)
        except (ServiceUnavailable, SQLAlchemyError):
            self.allowed = []  # the audit is away; what was allowed meanwhile is seen next time
        found = [*self._recorded(), *self._published()]
        if not attack.reaches:
            found = [f"{row.operation} was allowed" for row in self.allowed]
            found += [f"{_named(one)} reached TikTok" for one in fresh]
            return [Breach(str(attack), what) for what in found]
        rows = self._by_log_id
        for one in fresh:
            if one.operation in _CARRIED and one.log_id not in rows:
                continue  # the service's own posts, which were looked at
            if one.operation in _RENEWED and len(fresh) > 1:
                continue  # the service's own tokens, for a call beside it
            if one.operation in _TOLD and one.log_id not in rows and len(fresh) > 1:
                continue  # the inbox reads a comment that TikTok's webhook told of
            if (why := self._wrong(one, rows.get(one.log_id))) is not None:
                found.append(f"{_named(one)} reached TikTok {why}")
        return [Breach(str(attack), what) for what in found]

    def _all(self) -> list[RecordedRequest]:
        return list(self._arena.world.requests)

    def _look_until_settled(self, fresh: Sequence[RecordedRequest]) -> list[DecisionRecord]:
        """The allowed calls that came since the last look.

        A call reaches TikTok before its outcome is on record, with TikTok's log id: while a
        request has no row yet, waits for the outcome of rows of its operation. An init is the
        service's own, and its row has an outcome only when the post has ended.
        """
        heads, end = dict(self._heads), time.monotonic() + _PATIENCE
        while True:
            found = self._look()
            lost = {one.operation for one in fresh if one.log_id not in self._by_log_id}
            open_rows = {row.operation for row in found if row.outcome is None}
            if not lost & open_rows - _INITS or time.monotonic() > end:
                return found
            self._heads = dict(heads)
            time.sleep(0.02)

    def _look(self) -> list[DecisionRecord]:
        """The allowed calls that came since the last look."""
        found: list[DecisionRecord] = []
        heads = dict(self._heads)
        # most attacks are denied: reading the newest page for each of them takes long
        news = self._news()
        for org, head in self._heads.items():
            end, allowed = news.get(org, (head, 0))
            if not allowed:
                heads[org] = max(head, end)
                continue
            last, cursor = head, None
            while True:
                page = self._arena.agents.audit.page(org, _ALLOWED, cursor, _PAGE)
                for row in page.items:
                    if row.seq > head:
                        self._rows[org, row.seq] = row
                        self._by_log_id[row.log_id] = org, row
                        found.append(row)
                last = max([last, *(row.seq for row in page.items)])
                cursor = page.next_cursor
                if cursor is None or int(cursor) <= head or not page.items:
                    break
            heads[org] = last
        self._heads = heads
        return found

    def _news(self) -> dict[str, tuple[int, int]]:
        """The last entry and the number of allowed calls since the last look, by organisation;
        only those that have a new entry."""
        asked: dict[str, str | int] = {}
        for number, (org, head) in enumerate(self._heads.items()):
            asked |= {f"org{number}": org, f"head{number}": head}
        with self._arena.service.services.database.read() as connection:
            rows = connection.execute(_NEWS, asked).all()
        return {org: (int(end), int(allowed)) for org, end, allowed in rows}

    def _recorded(self) -> list[str]:
        """Problems of posts that the service accepted since the last look, whether or not they
        have begun at TikTok."""
        if not any(OPERATIONS[str(row.operation)].begins_post for row in self.allowed):
            return []
        found: list[str] = []
        for org in HOMES:
            for post in (one.post for one in self._newest_posts(org)):
                if post.id not in self._posts:
                    self._posts.add(post.id)
                    words = " ".join(str(post.content.get(one) or "") for one in _POST_TEXTS)
                    made = Made(
                        org,
                        self._arena.handle(post.integration),
                        post.mode is Mode.DIRECT,
                        post.content.get("privacy_level"),
                        words,
                    )
                    if (why := self._wrong_post(post, made)) is not None:
                        found.append(f"a post for {made.handle} was taken on {why}")
        return found

    def _published(self) -> list[str]:
        """Return the problems of posts that were begun at TikTok since the last look."""
        publishes = list(self._arena.world.all.publishes.values())
        self.begun = [one for one in publishes if one.id not in self._publishes]
        self._publishes |= {one.id for one in self.begun}
        found: list[str] = []
        for publish in self.begun:
            org = next(org for org, key in APPS.items() if key == publish.client_key)
            post = next(
                (
                    one.post
                    for one in self._newest_posts(org)
                    if one.post.tiktok_publish_id == publish.id
                ),
                None,
            )
            made = Made(
                org,
                self._arena.world.all.creators[publish.creator_id].username,
                "pub" in publish.flow.value,
                publish.privacy,
                f"{publish.title} {publish.description}",
            )
            if (why := self._wrong_post(post, made)) is not None:
                found.append(f"{publish.flow} for {publish.creator_id} was begun {why}")
        return found

    def _wrong_post(self, post: StoredPost | None, made: Made) -> str | None:
        agent, _, seq = ("" if post is None else post.asked_by or "").rpartition("/")
        row = self._rows.get((made.org, int(seq or 0)))
        if post is None or row is None or row.agent != agent:
            return "without a row that allows it"
        actor = self._arena.owner(agent)
        operation = OPERATIONS[str(row.operation)]
        if actor is None or actor.org != made.org:
            return "by nobody of the organisation"
        if not actor.may(operation, made.handle) and not self._consented(
            actor, operation, made.handle
        ):
            return "by who may not"
        if made.handle != self._arena.handle(row.account):
            return "for another account than was recorded"
        tags = {one.casefold() for one in _TAG.findall(made.text)}
        if actor.name == "poster" and made.direct and made.privacy != PrivacyLevel.SELF_ONLY:
            return f"at the level {made.privacy}"
        if actor.name == "poster" and tags - {"drop"}:
            return f"with the hashtags {sorted(tags)}"
        if actor.name == "drafter" and made.direct:
            return "as no draft"
        return None

    def _newest_posts(self, org: str) -> Sequence[PostRecord]:
        return self._arena.service.services.posts.page(org, None, 200).items

    def _wrong(self, seen: RecordedRequest, known: tuple[str, DecisionRecord] | None) -> str | None:
        """Return the problem of a request that reached TikTok."""
        if known is None:
            return "without a row that allows it"
        org, row = known
        operation = OPERATIONS[str(seen.operation)]
        actor = self._arena.owner(row.agent)
        if actor is None or actor.org != org:
            return "by nobody of the organisation"
        if row.operation != operation.id:
            return f"and was recorded as {row.operation}"
        if row.at > seen.at + _LATE:
            return "before its row"
        creator = self._arena.world.all.creators.get(seen.creator_id or "")
        handle = None if creator is None else creator.username
        if operation.subject is Subject.ADVERTISER:
            # TikTok's log doesn't name the ad account; `business` attacks by it
            handle = self._arena.handle(row.account)
        elif operation.subject.is_account and handle != self._arena.handle(row.account):
            return f"for {handle}, and was recorded as another's"
        app = BUSINESS_APP if operation.host is Host.BUSINESS else APPS[org]
        if operation.subject is not Subject.NOBODY and seen.client_key != app:
            return f"by the app {seen.client_key}"
        if not actor.may(operation, handle) and not self._consented(actor, operation, handle):
            return f"which {actor.name} may not"
        return None

    def _consented(self, actor: Actor, operation: Operation[..., Any], handle: str | None) -> bool:
        """Whether a person has approved this call; uses the approval up."""
        what = actor.name, operation.id, handle
        self._arena.consents[what] -= 1
        return self._arena.consents[what] >= 0

    def _told(self, attack: Attack, body: bytes) -> list[Breach]:
        """Check that no answer has a field that its agent may not read."""
        kept = KEPT_FROM.get(attack.name.partition(":")[0])
        if kept is not None and f'"{kept}":"'.encode() in body.replace(b'": "', b'":"'):
            return [Breach(str(attack), f"{kept} was told")]
        return []


def _named(seen: RecordedRequest) -> str:
    return str(seen.operation or f"{seen.method} {seen.path}")
