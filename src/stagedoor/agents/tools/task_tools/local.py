"""Tools that Stagedoor answers itself: the accounts, and the state of an approval."""

from __future__ import annotations

from typing import Any

from stagedoor.connector.integrations.accounts import CredentialKind, Integration
from stagedoor.platform.model import Answer
from stagedoor.platform.operation import Operation

from ... import vocabulary
from ...calls.request import CallAnswer
from ...connected_accounts import connected, handle
from .. import schema
from ..rights import Rights
from ..tool import LOCAL, Asking, Tool, Unfit

_MAX_ID = 128
_AD_ACCOUNTS = 50


class ListedAdAccount(Answer):
    """An ad account that the account's consent for ads reaches."""

    id: str
    name: str


class ListedAccount(Answer):
    """`may`: what this agent may do with it, conditions aside. `ad_accounts`: what `advertiser_id`
    may name, where it may do anything with ads; the first ones, where there are many."""

    account: str
    id: str
    name: str
    status: str
    may: tuple[str, ...]
    ad_accounts: tuple[ListedAdAccount, ...] = ()


class ListedAccounts(Answer):
    """`without_account`: the actions that need no account."""

    accounts: tuple[ListedAccount, ...]
    without_account: tuple[str, ...] = ()


class Approved(Answer):
    """The answer of the tool that was approved."""


def before() -> tuple[Tool, ...]:
    return (
        Tool(
            name="list_accounts",
            title="List accounts",
            description="The TikTok accounts that you may use, and what each for. Name one as "
            "`account` in the other tools.",
            does=(),
            input=_takes({"offset": schema.OFFSET}),
            output=schema.answered(ListedAccounts, more=True),
            hints=LOCAL,
            own=_accounts,
            takes_account=False,
            items="accounts",
        ),
    )


def after() -> tuple[Tool, ...]:
    return (
        Tool(
            name="check_approval",
            title="Check an approval",
            description="What a person decided about a call that asked first: the call's own "
            "answer once it was approved and done, else that it still waits, or why not.",
            does=(),
            input=_takes(
                {"approval_id": {"type": "string", "minLength": 1, "maxLength": _MAX_ID}},
                "approval_id",
            ),
            output=schema.answered(Approved, more=False),
            hints=LOCAL,
            own=_approval,
            when_asking=True,
            takes_account=False,
        ),
    )


def _takes(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"additionalProperties": False}
    return schema.beside(empty, properties, required)


def _accounts(asking: Asking) -> CallAnswer:
    parts, caller = asking.parts, asking.caller
    for name in asking.arguments:
        raise Unfit(f"{name}: is no argument of this tool")
    rights = Rights.of(parts.grants, parts.clock, caller)
    listed = []
    for one in connected(parts.integrations, caller.org):
        may = _permitted(rights, one)
        if may:
            told: dict[str, Any] = {
                "account": handle(one),
                "id": one.id,
                "name": one.grant.display_name or one.grant.name,
                "status": one.grant.status.value,
                "may": _phrases(may),
            }
            if any(vocabulary.credential(operation) is CredentialKind.ADS for operation in may):
                reached = one.ad_accounts[:_AD_ACCOUNTS]
                told["ad_accounts"] = [{"id": each.id, "name": each.name} for each in reached]
            listed.append(told)
    alone = _phrases(_permitted(rights, None))
    return CallAnswer({"accounts": listed, "without_account": alone})


def _permitted(rights: Rights, account: Integration | None) -> list[Operation[..., Any]]:
    """Return the operations that may be permitted with an account's credentials, or without an
    account."""
    kinds = {None} if account is None else {one.kind for one in account.credentials}
    where = None if account is None else account.id
    return [
        one
        for one in vocabulary.operations().values()
        if vocabulary.credential(one) in kinds and rights.permit(one, where)
    ]


def _phrases(operations: list[Operation[..., Any]]) -> list[str]:
    return list(dict.fromkeys(one.action for one in operations))


def _approval(asking: Asking) -> CallAnswer:
    arguments = dict(asking.arguments)
    approval_id = arguments.pop("approval_id", None)
    for name in arguments:
        raise Unfit(f"{name}: is no argument of this tool")
    if approval_id is None:
        raise Unfit("approval_id: is missing")
    if not isinstance(approval_id, str) or not 0 < len(approval_id) <= _MAX_ID:
        raise Unfit("approval_id: is no id of an approval")
    return asking.parts.approvals.answer(asking.caller, approval_id)
