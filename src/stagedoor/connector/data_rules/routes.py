"""/api/settings/retention and /api/data: how long data is kept, and a person's data."""

from __future__ import annotations

from typing import Annotated

from ..actions import only_reads
from ..api import CallerIs, NewId, needs, router
from ..documented import raises
from ..errors import unfit
from ..integrations.errors import LeaseLost
from ..provided import provided
from ..tenants.roles import Role
from .errors import AccountConnected, NoErasure
from .persons import Persons
from .retention import RetentionRules
from .schemas import (
    EraseBody,
    ErasureShown,
    FoundShown,
    PersonBody,
    PersonShown,
    RetentionBody,
    RetentionShown,
)

ROUTER = router(tags=["data"])

RulesAre = Annotated[RetentionRules, provided(RetentionRules)]
PersonsAre = Annotated[Persons, provided(Persons)]
_ADMIN = [needs(Role.ADMIN)]


@ROUTER.get("/api/settings/retention", dependencies=_ADMIN)
def show_retention(caller: CallerIs, rules: RulesAre) -> RetentionShown:
    """List the kinds of data that are kept, and for how long."""
    return RetentionShown.of(rules.kinds, rules.get(caller.org))


@ROUTER.put("/api/settings/retention", dependencies=_ADMIN)
def set_retention(caller: CallerIs, rules: RulesAre, body: RetentionBody) -> RetentionShown:
    """Replace how long data is kept. Older data is deleted soon, and for good."""
    return RetentionShown.of(rules.kinds, rules.set(caller.org, body.days, body.days_after_removal))


@ROUTER.post("/api/data/find", dependencies=_ADMIN)
@only_reads
def find_person_data(caller: CallerIs, persons: PersonsAre, body: PersonBody) -> PersonShown:
    """Find what is kept of a person, by kind, with some samples. It changes nothing."""
    person, found = persons.find(caller.org, body.username, _named(body))
    return PersonShown(
        integration_ids=list(person.accounts), kinds=[FoundShown.of(one) for one in found]
    )


@ROUTER.post("/api/data/erase", dependencies=_ADMIN)
@raises(AccountConnected, LeaseLost)
def erase_person_data(
    caller: CallerIs, persons: PersonsAre, body: EraseBody, new_id: NewId
) -> ErasureShown:
    """Erase what is kept of a person. A lot is erased by a job; to erase again finds nothing.

    The audit's texts go and its proof stays whole.
    """
    ids = _named(body)
    erasure = persons.erase(caller.org, caller.user, new_id, body.username, ids, body.disconnect)
    return ErasureShown.of(erasure)


@ROUTER.get("/api/data/erasures/{erasure_id}", dependencies=_ADMIN)
@raises(NoErasure)
def show_erasure(caller: CallerIs, persons: PersonsAre, erasure_id: str) -> ErasureShown:
    """Show how far an erasure is."""
    return ErasureShown.of(persons.get(caller.org, erasure_id))


def _named(body: PersonBody) -> tuple[str, ...]:
    if body.username is None and not body.ids:
        raise unfit("username", "name the person: send username, openId or userId")
    return body.ids
