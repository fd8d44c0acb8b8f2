"""Idempotency keys: a POST repeated with the same `Idempotency-Key` gets the first response and has
no second effect.

A key belongs to an organisation, a route and a user. Only successful responses are kept, encrypted,
for 24 hours. Fields that a response model marks with `ShownOnce` are never kept.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, get_args

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from . import leases
from .clock import Clock
from .database import Database, TenantConnection
from .errors import ApiError, Conflict, InvalidInput, unfit
from .tenants import store
from .tenants.roles import Caller
from .tenants.store import KEEP_ANSWER_SECONDS
from .vault import Vault

MAX_KEY = 200
_HELD_SECONDS = 120.0
"""After this time another process may repeat a request whose process can't be examined."""

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


def bad_key() -> InvalidInput:
    """The error for an `Idempotency-Key` that can't be kept."""
    return unfit("header.idempotency-key", f"must have 1 to {MAX_KEY} characters")


class ShownOnce:
    """Marks a response field that a repeated response leaves out. `instead` says how to get another
    value.

    Metadata of `Annotated`: `key: Annotated[str, ShownOnce("Make another key with ...")]`.
    """

    __slots__ = ("instead",)

    def __init__(self, instead: str) -> None:
        self.instead = instead


class Idempotency:
    """Keeps the responses to requests that have a key."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock

    async def once(self, caller: Caller, request: Request, handle: Handle, model: Any) -> Response:
        """Handle a request; if its key was used before, return the kept response.

        The caller must have been authorised. `model` is the response model of the route.
        """
        key = request.headers.get("idempotency-key")
        if request.method != "POST" or key is None:
            return await handle(request)
        if not 0 < len(key) <= MAX_KEY:
            raise bad_key()
        digest = hashlib.sha256(await request.body()).hexdigest()
        claim = _Claim(self, caller, key, request.url.path, digest)
        request.state.new_id = claim.new_id
        kept = await asyncio.to_thread(claim.take)
        if kept is not None:
            return kept
        try:
            response = await handle(request)
        except BaseException:
            # an error isn't kept: it may be true only now, and only for this caller
            await asyncio.to_thread(claim.release)
            raise
        if response.status_code >= 400:
            await asyncio.to_thread(claim.release)
        else:
            await asyncio.to_thread(claim.keep, response, model)
        return response


class _Claim:
    """One request's claim on its key."""

    def __init__(
        self, kept: Idempotency, caller: Caller, key: str, route: str, digest: str
    ) -> None:
        self._database, self._vault, self._clock = kept.database, kept.vault, kept.clock
        self._caller = caller
        self._key = key
        self._route = route
        self._digest = digest

    @property
    def new_id(self) -> str:
        """A deterministic id for the object that the request creates: a repeated request doesn't
        create a second one."""
        parts = (self._caller.org, self._route, self._caller.user, self._key, self._digest)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def take(self) -> Response | None:
        """The kept response; None: this request is to be handled now. Raises `Conflict`."""
        hold = leases.hold(_HELD_SECONDS)
        try:
            with self._database.begin() as connection:
                self._begin(TenantConnection(connection, self._caller.org), hold)
            return None
        except IntegrityError:
            pass
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, self._caller.org)
            row = store.find_answer(tenant, self._key, self._route)
            if row is None:
                raise _at_work()
            if row.at < self._clock.now() - KEEP_ANSWER_SECONDS:
                store.drop_answer(tenant, self._key, self._route)
                self._begin(tenant, hold)
                return None
            if row.user_id != self._caller.user:
                raise Conflict(
                    "This Idempotency-Key was used by another user of the organisation: take one "
                    "of your own."
                )
            if row.request_digest != self._digest:
                raise Conflict("This Idempotency-Key was used for another request body.")
            if row.status is None:
                if not leases.is_free(row):
                    raise _at_work()
                store.hold_answer(tenant, self._key, self._route, hold)
                return None
        body = self._vault.open(*self._cell, row.body or "")
        return Response(body, row.status, media_type="application/json")

    def _begin(self, tenant: TenantConnection, hold: Mapping[str, Any]) -> None:
        store.begin_answer(
            tenant,
            self._key,
            self._route,
            self._caller.user,
            self._digest,
            self._clock.now(),
            hold,
        )

    def keep(self, response: Response, model: Any) -> None:
        # encrypted: a response may hold a short-lived secret such as an uploadUrl
        text = without_secrets(model, bytes(response.body)).decode()
        sealed = self._vault.seal(*self._cell, text)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, self._caller.org)
            store.keep_answer(tenant, self._key, self._route, response.status_code, sealed)

    def release(self) -> None:
        with self._database.begin() as connection:
            store.drop_answer(
                TenantConnection(connection, self._caller.org), self._key, self._route
            )

    @property
    def _cell(self) -> tuple[str, str, str, str]:
        """The cell that the vault binds the encrypted response to."""
        row = f"{self._route} {self._key}"
        return f"org:{self._caller.org}", "idempotent_answers", row, "body"


def without_secrets(model: Any, body: bytes) -> bytes:
    """A JSON response with null in place of the fields shown once; `withheld` lists them by
    path."""
    if not body or not any(_marks(model)):
        return body
    answer = json.loads(body)
    withheld = dict(_withhold(model, answer, ""))
    if not withheld:
        return body
    return json.dumps({**answer, "withheld": withheld}, ensure_ascii=False).encode()


def _marks(model: Any) -> Iterator[tuple[str, ShownOnce]]:
    """The marked fields of a response model and of the models in it: name and mark."""
    for part in _models(model):
        for name, info in part.model_fields.items():
            for mark in info.metadata:
                if isinstance(mark, ShownOnce):
                    yield name, mark
            yield from _marks(info.annotation)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _models(part)


def _withhold(model: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Replace marked fields in `value` by None; yields the path and the text of each."""
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _withhold(model, one, f"{path}{at}.")
        return
    if not isinstance(value, dict):
        return
    for part in _models(model):
        for name, info in part.model_fields.items():
            outside = info.serialization_alias or info.alias or name
            if value.get(outside) is None:
                continue
            marks = [mark for mark in info.metadata if isinstance(mark, ShownOnce)]
            if marks:
                value[outside] = None
                yield (
                    f"{path}{outside}",
                    f"It was shown once, in the first answer. {marks[0].instead}",
                )
            else:
                yield from _withhold(info.annotation, value[outside], f"{path}{outside}.")


def _at_work() -> ApiError:
    return Conflict("The first request with this Idempotency-Key is still at work.", retryable=True)
