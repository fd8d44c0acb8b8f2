"""Tools that Stagedoor answers itself: the accounts, and the state of an approval."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.model import Answer

from ... import vocabulary
from ...calls.request import CallAnswer
from ...connected_accounts import connected, handle
from .. import schema
from ..rights import Rights
from ..tool import LOCAL, Asking, Tool, Unfit

_MAX_ID = 128


class Account(Answer):
    """`may`: what this agent may do with it, conditions aside."""

    account: str
    id: str
    name: str
    status: str
    may: tuple[str, ...]


class Accounts(Answer):
    """`without_account`: the actions that need no account."""

    accounts: tuple[Account, ...]
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
            output=schema.answered(Accounts, more=True),
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
        may = _actions(rights, one.id)
        if may:
            listed.append(
                {
                    "account": handle(one),
                    "id": one.id,
                    "name": one.grant.display_name or one.grant.name,
                    "status": one.grant.status.value,
                    "may": may,
                }
            )
    return CallAnswer({"accounts": listed, "without_account": _actions(rights, None)})


def _actions(rights: Rights, account: str | None) -> list[str]:
    """Return the phrases of the actions that may be permitted there."""
    found = [
        one.action
        for one in vocabulary.operations().values()
        if vocabulary.needs_account(one) == (account is not None) and rights.permit(one, account)
    ]
    return list(dict.fromkeys(found))


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
