"""Choosing the account of a call, and checking what the organisation may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.client import TikTok
from stagedoor.platform.operation import Operation
from stagedoor.platform.scopes import implied

from ..errors import Forbidden
from ..integrations.accounts import CredentialKind, CredentialStatus, Integration
from ..integrations.business import BRISK as BRISK
from ..integrations.errors import NoIntegration
from ..integrations.needed_scopes import lacking
from ..integrations.service import Integrations
from .errors import NoAccount, WhichAccount

_NAMED = 20


class PostingAccounts:
    """The accounts that posts and operations use."""

    def __init__(self, integrations: Integrations) -> None:
        self._integrations = integrations

    def chosen(self, org: str, integration_id: str | None) -> Integration:
        """The named account, or the only one. Raises `WhichAccount`, `NoAccount`, and
        `CredentialMissing` for an account that no creator connected."""
        if integration_id is not None:
            account = self._integrations.get(org, integration_id)
            account.must_have(CredentialKind.CREATOR)
            return account
        found = self._integrations.page(org, limit=_NAMED, kind=CredentialKind.CREATOR).items
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

    def named(self, org: str, name: str) -> Integration:
        """The account with this id, or with this handle (`@` may be left out). Raises `NoAccount`,
        `WhichAccount` for a handle of several accounts, and `CredentialMissing` for an account that
        no creator connected."""
        try:
            account = self._integrations.get(org, name)
        except NoIntegration:
            pass
        else:
            account.must_have(CredentialKind.CREATOR)
            return account
        found = self._integrations.of_handle(
            org, name.removeprefix("@"), CredentialKind.CREATOR, _NAMED
        )
        if not found:
            raise NoAccount(f"No account {name} is connected.")
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise WhichAccount(
                f"Several accounts are called {name}: name one by its id. They are {ids}.",
                detail={"integrations": [{"id": one.id, "account": name} for one in found]},
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
    """Raise `Forbidden` where the creator didn't allow this, or revoked the access. Raises
    `CredentialMissing` for an account that no creator connected."""
    if account.must_have(CredentialKind.CREATOR).status is CredentialStatus.REVOKED:
        raise _revoked(account)
    needed = lacking(operation, values, implied(frozenset(account.granted)))
    if needed is not None:
        raise _missing(account, needed)


def _revoked(account: Integration) -> Forbidden:
    problem = account.grant.problem
    why = "its authorization was removed" if problem is None else problem.message
    return Forbidden(
        f"{account.grant.name} can't be used any more: {why}. Ask the creator to connect again.",
        code="account_revoked",
        detail={"integrationId": account.id},
    )


def _missing(account: Integration, names: tuple[str, ...]) -> Forbidden:
    wanted = " or ".join(names)
    return Forbidden(
        f"{account.grant.name} didn't allow this: the scope {wanted} is missing. Ask the creator "
        "to connect again and leave it ticked.",
        code="scope_missing",
        detail={"scopes": list(names)},
    )
