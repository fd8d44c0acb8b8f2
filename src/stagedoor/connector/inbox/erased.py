"""Which comments an erasure keeps away: those of an erased person, and those that were erased.

TikTok still has them, so they are read again. The names and ids of both are kept as digests alone,
keyed by the vault's keys; a digest that an earlier key of the ring made still counts.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Sequence

from ..data_kinds import DataSubject
from ..database import TenantConnection
from ..keys import Keys
from .comments import CommentSnapshot
from .models import inbox_erased

_PURPOSE = "stagedoor: comments of erased persons"
_ID, _USERNAME, _COMMENT = "id", "username", "comment"


class ErasedComments:
    """The digests of all organisations. Every method works in the caller's transaction."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys.derived(_PURPOSE)

    def add_person(self, tenant: TenantConnection, person: DataSubject, at: float) -> None:
        """Keep out the comments that the person wrote until that time."""
        names = [(_ID, one) for one in person.ids]
        if person.username is not None:
            names.append((_USERNAME, person.username))
        self._add(tenant, names, at)

    def add_comments(self, tenant: TenantConnection, ids: Collection[str], at: float) -> None:
        """Keep these comments away, and replies to them."""
        self._add(tenant, [(_COMMENT, one) for one in ids], at)

    def without(
        self, tenant: TenantConnection, comments: Iterable[CommentSnapshot]
    ) -> list[CommentSnapshot]:
        """Return the comments that no erasure keeps away. A reply goes with its comment."""
        every = {one.id: one for one in comments}
        asked = {name for one in every.values() for name in (*_writer(one), *_threads(one))}
        found = self._found(tenant, sorted(asked))
        if not found:
            return list(every.values())
        left_out = {
            one.id
            for one in every.values()
            if any(name in found for name in _threads(one))
            or any(one.created <= found[name] for name in _writer(one) if name in found)
        }
        return [one for one in every.values() if left_out.isdisjoint((one.id, one.top))]

    def _add(self, tenant: TenantConnection, names: Iterable[tuple[str, str]], at: float) -> None:
        for name in names:
            digest = _digest(self._keys[0], tenant.org, name)
            this = inbox_erased.c.digest == digest
            if not tenant.run(tenant.update(inbox_erased).where(this).values(at=at)):
                tenant.insert_new(inbox_erased, [{"digest": digest, "at": at}])

    def _found(
        self, tenant: TenantConnection, names: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], float]:
        """The time of the erasure of each erased name among `names`."""
        digests = {_digest(key, tenant.org, name): name for key in self._keys for name in names}
        table = inbox_erased.c
        query = tenant.select(inbox_erased, table.digest, table.at)
        found: dict[tuple[str, str], float] = {}
        for row in tenant.all(query.where(table.digest.in_(digests))) if digests else ():
            name = digests[row.digest]
            found[name] = max(row.at, found.get(name, row.at))
        return found


def _writer(comment: CommentSnapshot) -> list[tuple[str, str]]:
    author = comment.author
    names = ((_ID, author.id), (_USERNAME, author.username and author.username.lower()))
    return [(kind, value) for kind, value in names if value]


def _threads(comment: CommentSnapshot) -> list[tuple[str, str]]:
    return [(_COMMENT, comment.id), (_COMMENT, comment.top)]


def _digest(key: bytes, org: str, name: tuple[str, str]) -> str:
    return hmac.digest(key, "\n".join((org, *name)).encode(), "sha256").hex()
