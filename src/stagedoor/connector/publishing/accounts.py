"""Choosing the account of a call, and checking what the organisation may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.client import RetryPolicy, TikTok
from stagedoor.platform.operation import AnyOf, ByField, ByValues, Operation
from stagedoor.platform.scopes import implied

from ..errors import Forbidden
from ..integrations.accounts import Integration, Status
from ..integrations.service import Integrations
from .errors import NoAccount, WhichAccount

BRISK = RetryPolicy(attempts=2, first_delay=0.2, max_delay=2.0, max_wait=3.0)
"""Threads don't wait for long: a longer wait is a retry by a due row."""
_NAMED = 20


class Accounts:
    """The accounts that posts and operations use."""

    def __init__(self, integrations: Integrations) -> None:
        self._integrations = integrations

    def chosen(self, org: str, integration_id: str | None) -> Integration:
        """The named account, or the only one. Raises `WhichAccount`, `NoAccount`."""
        if integration_id is not None:
            return self._integrations.get(org, integration_id)
        found = self._integrations.page(org, limit=_NAMED).items
        if not found:
            raise NoAccount("No TikTok account is connected: connect one with get-auth-url.")
        if len(found) > 1:
            listed = [{"id": one.id, "account": one.grant.name} for one in found]
            names = ", ".join(f"{one['id']} ({one['account']})" for one in listed)
            raise WhichAccount(
                f"Several accounts are connected: name one as integrationId. They are {names}.",
                detail={"integrations": listed},
            )
        return found[0]

    def client(self, account: Integration) -> TikTok:
        """A client that acts for the account, with short waits."""
        return self._integrations.tiktok_for(account).with_retry(BRISK)

    def acting(
        self,
        org: str,
        integration_id: str,
        operation: Operation[..., Any],
        values: Mapping[str, Any],
    ) -> tuple[Integration, TikTok]:
        """An account and its client, for a call that the account's scopes allow. Raises
        `Forbidden`."""
        account, tiktok = self._integrations.acting(org, integration_id, BRISK)
        check(account, operation, values)
        return account, tiktok


def check(account: Integration, operation: Operation[..., Any], values: Mapping[str, Any]) -> None:
    """Raise `Forbidden` where the creator didn't allow this, or revoked the access."""
    if account.status is Status.REVOKED:
        raise _revoked(account)
    had = implied(frozenset(account.granted))
    scopes = operation.scopes
    if isinstance(scopes, AnyOf):
        if scopes.names and not had.intersection(scopes.names):
            raise _missing(account, scopes.names)
    elif isinstance(scopes, ByField):
        for name in values.get("fields", ()):
            needed = scopes.field_scopes.get(name)
            if needed is not None and needed not in had:
                raise _missing(account, (needed,))
    elif isinstance(scopes, ByValues):
        for value in scopes.counted(values.get(scopes.field, ())):
            enough = scopes.scopes.get(value, ())
            if enough and not had.intersection(enough):
                raise _missing(account, enough)
    else:
        needed = scopes.scopes.get(str(values.get(scopes.field)))
        if needed is not None and needed not in had:
            raise _missing(account, (needed,))


def _revoked(account: Integration) -> Forbidden:
    problem = account.grant.problem
    why = "its authorization was removed" if problem is None else problem.message
    return Forbidden(
        f"{account.grant.name} can't be used any more: {why}. Ask the creator to connect again.",
        code="account_revoked",
        detail={"integrationId": account.id},
    )


def _missing(account: Integration, names: tuple[str, ...]) -> Forbidden:
    wanted = " or ".join(str(name) for name in names)
    return Forbidden(
        f"{account.grant.name} didn't allow this: the scope {wanted} is missing. Ask the creator "
        "to connect again and leave it ticked.",
        code="scope_missing",
        detail={"scopes": [str(name) for name in names]},
    )
