"""The judge: what TikTok's own log says was reached, held against what was given and recorded.

It trusts no answer of the gateway's, and no decision: `Player.may` says what was given, the
emulator's log what was done, by which app and for which creator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from stagedoor.agents.audit.entry import Shown
from stagedoor.agents.audit.store import Filter
from stagedoor.connector.publishing.service import Record
from stagedoor.emulator.products.posting.state import Publish
from stagedoor.emulator.world.world import Seen
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.products.posting import PrivacyLevel

from .arena import OPERATIONS, Arena
from .attack import Attack
from .cast import APPS, HOMES, KEPT_FROM, Player

_ALLOWED = Filter(decision="allowed")
_CARRIED = frozenset(
    {
        "posting.creator_info",
        "posting.video_init",
        "posting.inbox_video_init",
        "posting.content_init",
        "posting.status",
        "media.upload_chunk",
    }
)
"""What the service does itself for a post that was allowed: held against the posts."""
_RENEWED = frozenset({"oauth.token_client", "oauth.token_refresh"})
_TAG = re.compile(r"[#\uff03]([^\s#\uff03.,]+)")
_PAGE = 20
_LATE = 0.5
"""Seconds by which two processes may tell the time differently."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Something got through."""

    attack: str
    what: str

    def __str__(self) -> str:
        return f"{self.attack}: {self.what}"


class Judge:
    """Looks at what came since it was made, or since it looked last."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self.last: list[Seen] = []
        """What reached TikTok between the last two looks."""
        self._seen = self._all()
        self._publishes = set(arena.world.all.publishes)
        self._heads = {org: arena.agents.audit.head(org).seq for org in HOMES}
        self._rows: dict[tuple[str, int], Shown] = {}
        self._by_log_id: dict[str | None, tuple[str, Shown]] = {}

    def held(self, attacks: Iterable[Attack]) -> list[Breach]:
        """Do all of them; what got through."""
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
        """What reached TikTok since the last look, and mayn't have."""
        before, self._seen = self._seen, self._all()
        fresh = self.last = self._seen[len(before) :]
        if not fresh:
            return []
        if not attack.reaches:
            return [Breach(str(attack), f"{_named(one)} reached TikTok") for one in fresh]
        self._look()
        rows = self._by_log_id
        found = self._published()
        for one in fresh:
            if one.operation in _CARRIED and one.log_id not in rows:
                continue  # the service's own posts, which were looked at
            if one.operation in _RENEWED and len(fresh) > 1:
                continue  # the service's own tokens, for a call beside it
            if (why := self._wrong(one, rows.get(one.log_id))) is not None:
                found.append(f"{_named(one)} reached TikTok {why}")
        return [Breach(str(attack), what) for what in found]

    def _all(self) -> list[Seen]:
        return list(self._arena.world.requests)

    def _look(self) -> None:
        """Read the allowed calls that came since the last look."""
        for org, head in self._heads.items():
            last, cursor = head, None
            while True:
                page = self._arena.agents.audit.page(org, _ALLOWED, cursor, _PAGE)
                for row in page.rows:
                    if row.seq > head:
                        self._rows[org, row.seq] = row
                        self._by_log_id[row.log_id] = org, row
                last = max([last, *(row.seq for row in page.rows)])
                cursor = page.next_cursor
                if cursor is None or cursor <= head or not page.rows:
                    break
            self._heads[org] = last

    def _published(self) -> list[str]:
        """What is wrong with posts that were begun at TikTok since the last look."""
        found: list[str] = []
        for publish in list(self._arena.world.all.publishes.values()):
            if publish.id not in self._publishes:
                self._publishes.add(publish.id)
                if (why := self._wrong_post(publish)) is not None:
                    found.append(f"{publish.flow} for {publish.creator_id} was begun {why}")
        return found

    def _wrong_post(self, publish: Publish) -> str | None:
        org = next(org for org, key in APPS.items() if key == publish.client_key)
        post = next(
            (one.post for one in self._posts(org) if one.post.tiktok_publish_id == publish.id),
            None,
        )
        agent, _, seq = ("" if post is None else post.asked_by or "").rpartition("/")
        row = self._rows.get((org, int(seq or 0)))
        if post is None or row is None or row.agent != agent:
            return "without a row that allows it"
        player = self._arena.owner(agent)
        handle = self._arena.world.all.creators[publish.creator_id].username
        operation = OPERATIONS[str(row.operation)]
        if player is None or player.org != org:
            return "by nobody of the organisation"
        if not player.may(operation, handle) and not self._consented(player, operation, handle):
            return "by who may not"
        if handle != self._arena.handle(row.account):
            return "for another account than was recorded"
        text = f"{publish.title} {publish.description}"
        tags = {one.casefold() for one in _TAG.findall(text)}
        direct = "pub" in publish.flow.value
        if player.name == "poster" and direct and publish.privacy != PrivacyLevel.SELF_ONLY:
            return f"at the level {publish.privacy}"
        if player.name == "poster" and tags - {"drop"}:
            return f"with the hashtags {sorted(tags)}"
        if player.name == "drafter" and direct:
            return "as no draft"
        return None

    def _posts(self, org: str) -> Sequence[Record]:
        return self._arena.service.services.posts.page(org, None, 200).items

    def _wrong(self, seen: Seen, known: tuple[str, Shown] | None) -> str | None:
        """What is wrong with a request that reached TikTok."""
        if known is None:
            return "without a row that allows it"
        org, row = known
        operation = OPERATIONS[str(seen.operation)]
        player = self._arena.owner(row.agent)
        if player is None or player.org != org:
            return "by nobody of the organisation"
        if row.operation != operation.id:
            return f"and was recorded as {row.operation}"
        if row.at > seen.at + _LATE:
            return "before its row"
        creator = self._arena.world.all.creators.get(seen.creator_id or "")
        handle = None if creator is None else creator.username
        if operation.subject is Subject.CREATOR and handle != self._arena.handle(row.account):
            return f"for {handle}, and was recorded as another's"
        if operation.subject is not Subject.NOBODY and seen.client_key != APPS[org]:
            return f"by the app {seen.client_key}"
        if not player.may(operation, handle) and not self._consented(player, operation, handle):
            return f"which {player.name} may not"
        return None

    def _consented(
        self, player: Player, operation: Operation[..., Any], handle: str | None
    ) -> bool:
        """Whether a person has approved it, once for each time."""
        what = player.name, operation.id, handle
        self._arena.consents[what] -= 1
        return self._arena.consents[what] >= 0

    def _told(self, attack: Attack, body: bytes) -> list[Breach]:
        """Nobody is told a field that it is kept from."""
        kept = KEPT_FROM.get(attack.name.partition(":")[0])
        if kept is not None and f'"{kept}":"'.encode() in body.replace(b'": "', b'":"'):
            return [Breach(str(attack), f"{kept} was told")]
        return []


def _named(seen: Seen) -> str:
    return str(seen.operation or f"{seen.method} {seen.path}")
