"""Organisations and what is kept for each: settings, and answers to repeat."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from ..database import Database, Scope
from .models import answers, org_settings, organisations


def ensure(database: Database, org: str, now: float) -> None:
    """An organisation exists from its first valid token."""
    with database.read() as connection:
        if _exists(connection, org):
            return
    try:
        with database.begin() as connection:
            connection.execute(insert(organisations).values(id=org, created=now))
    except IntegrityError:
        return  # another request of the same organisation came first


def _exists(connection: Connection, org: str) -> bool:
    query = select(organisations.c.id).where(organisations.c.id == org)
    return connection.execute(query).one_or_none() is not None


def setting(scope: Scope, name: str) -> Any:
    """A setting of the organisation; None when it was never set."""
    row = scope.one(scope.select(org_settings).where(org_settings.c.name == name))
    return None if row is None else row.value


def set_setting(scope: Scope, name: str, value: Any) -> None:
    statement = scope.update(org_settings).where(org_settings.c.name == name)
    if not scope.run(statement.values(value=value)):
        scope.insert(org_settings, name=name, value=value)


def find_answer(scope: Scope, key: str, route: str) -> Any:
    """Nobody else changes it until the transaction ends."""
    query = scope.select(answers).where(answers.c.key == key, answers.c.route == route)
    return scope.one(query.with_for_update())


def begin_answer(
    scope: Scope, key: str, route: str, digest: str, now: float, holder: str, until: float
) -> None:
    """IntegrityError when another request with this key came first."""
    held = {"held_by": holder, "held_until": until}
    scope.insert(answers, key=key, route=route, request_digest=digest, at=now, **held)


def hold_answer(scope: Scope, key: str, route: str, holder: str, until: float) -> None:
    """Take over from a request that nobody is at any more."""
    statement = scope.update(answers).where(answers.c.key == key, answers.c.route == route)
    scope.run(statement.values(held_by=holder, held_until=until))


def keep_answer(scope: Scope, key: str, route: str, status: int, body: str) -> None:
    statement = scope.update(answers).where(answers.c.key == key, answers.c.route == route)
    scope.run(statement.values(status=status, body=body))


def drop_answer(scope: Scope, key: str, route: str) -> None:
    scope.run(scope.delete(answers).where(answers.c.key == key, answers.c.route == route))


def drop_answers(scope: Scope) -> None:
    """Forget the kept answers: nothing opens them any more. What their requests made has an id
    derived from the key, so a repeated request finds it."""
    scope.run(scope.delete(answers).where(answers.c.body.is_not(None)))
