"""The record of a witness, and its comparison with the database. No I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FORM = 1

Head = tuple[int, str]
"""The head of an organisation's audit chain: seq and hash."""


class DamagedWitness(ValueError):
    """The text isn't a witness record."""


@dataclass(frozen=True, slots=True)
class WitnessRecord:
    """The state of a database at one time. `former` are chain heads from before a restore: each is
    either on its chain, or proves that entries were lost."""

    identity: str
    generation: int
    effects: int
    system: str | None = None
    timeline: str | None = None
    heads: Mapping[str, Head] = field(default_factory=dict)
    former: Mapping[str, tuple[Head, ...]] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps({"form": FORM, **asdict(self)})

    @classmethod
    def read(cls, text: str) -> WitnessRecord:
        """Parse a record. Raises `DamagedWitness`."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values.pop("form") != FORM:
                raise DamagedWitness
            heads = {org: _head(head) for org, head in values.pop("heads").items()}
            former = {
                org: tuple(map(_head, listed)) for org, listed in values.pop("former").items()
            }
            found = cls(**values, heads=heads, former=former)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise DamagedWitness from None
        if any(not isinstance(one, int) for one in (values["generation"], values["effects"])):
            raise DamagedWitness
        return found


def _head(listed: Any) -> Head:
    seq, digest = listed
    return int(seq), str(digest)


def merged(known: WitnessRecord, new: WitnessRecord) -> WitnessRecord:
    """Merge two records: no value goes back. A later generation starts with new heads."""
    if known.generation > new.generation:
        known, new = new, known
    effects = max(known.effects, new.effects)
    if known.generation < new.generation:
        return replace(new, effects=effects, former=_former(known, new))
    heads = dict(known.heads)
    for org, head in new.heads.items():
        if org not in heads or head[0] > heads[org][0]:
            heads[org] = head
    return WitnessRecord(
        identity=known.identity,
        generation=known.generation,
        effects=effects,
        system=known.system or new.system,
        timeline=known.timeline or new.timeline,
        heads=heads,
        former=_joined(known.former, new.former),
    )


def _former(old: WitnessRecord, new: WitnessRecord) -> dict[str, tuple[Head, ...]]:
    left = {
        org: (head,) for org, head in old.heads.items() if new.heads.get(org) != head and head[0]
    }
    return _joined(_joined(old.former, new.former), left)


def _joined(
    one: Mapping[str, tuple[Head, ...]], other: Mapping[str, tuple[Head, ...]]
) -> dict[str, tuple[Head, ...]]:
    orgs = sorted({*one, *other})
    return {org: tuple(sorted({*one.get(org, ()), *other.get(org, ())})) for org in orgs}


def unwitnessed(heads: Mapping[str, Head]) -> dict[str, tuple[Head, ...]]:
    """Former heads that no chain holds, for audits that nothing outside the database has seen:
    verifying them fails until a person accepts the loss of their witness."""
    return {org: ((head[0] + 1, "unwitnessed"),) for org, head in heads.items() if head[0]}


def behind(database: WitnessRecord, witness: WitnessRecord) -> list[str]:
    """Reasons why the database is an earlier one, or another one, than the witness saw; [] if it
    isn't."""
    if database.generation != witness.generation:
        if database.generation > witness.generation:
            return []
        return ["the witness has seen a later pause of this database"]
    found = []
    if database.effects < witness.effects:
        found.append(
            f"{witness.effects} publishing effects were witnessed, and the database knows of "
            f"{database.effects}"
        )
    cut = sum(
        _ends_before(database.heads.get(org, (0, "")), head) for org, head in witness.heads.items()
    )
    if cut:
        found.append(f"audits end before what was witnessed ({cut} organisations)")
    if _differ(database.system, witness.system):
        found.append("it is on another PostgreSQL server than it was")
    elif _differ(database.timeline, witness.timeline):
        found.append("PostgreSQL is on another timeline than it was")
    return found


def _ends_before(now: Head, witnessed: Head) -> bool:
    if witnessed[0] == 0:
        return False
    return now[0] < witnessed[0] or (now[0] == witnessed[0] and now[1] != witnessed[1])


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
