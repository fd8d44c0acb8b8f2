"""The operations that an agent's policy could permit, conditions aside; lists of tools depend on
them.

These rights allow no call: the gate decides each call, including conditions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stagedoor.connector.clock import Clock
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.platform.operation import Operation, OperationEffect

from .. import vocabulary
from ..grants import explain
from ..grants.grant import Grant
from ..grants.schema import group
from ..grants.service import AgentGrants, Grants
from ..identity.service import AgentCaller
from ..vocabulary import EVERYWHERE


@dataclass(frozen=True, slots=True)
class Rights:
    """An agent's potential rights at a moment. `grants` None: the policies were written by hand,
    and are `written`."""

    agent_id: str
    grants: tuple[Grant, ...] | None
    now: float
    """Unix seconds."""
    written: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def of(cls, grants: Grants, clock: Clock, caller: AgentCaller) -> Rights:
        """Read an agent's rights. Raises `NoAgent`."""
        given = grants.get(caller.org, caller.agent_id)
        return cls.from_given(caller.agent_id, given, clock.now())

    @classmethod
    def from_given(cls, agent_id: str, given: AgentGrants, now: float) -> Rights:
        if given.grants is not None:
            return cls(agent_id, given.grants, now)
        import cedarpy

        listed = json.loads(cedarpy.policies_to_json_str(given.cedar))
        return cls(agent_id, None, now, tuple(listed["staticPolicies"].values()))

    def permit(self, operation: Operation[..., Any], account: str | None) -> bool:
        """Whether the policy could permit the operation. `account`: an integration's id; None if
        the operation needs none."""
        if self.grants is not None:
            return any(
                explain.covers(grant, operation) and not explain.never(grant, operation)
                for grant in self._relevant(self.grants, operation, account)
            )
        about = [one for one in self.written if self._is_about(one, operation, account)]
        forbidden = any(one["effect"] == "forbid" and not one["conditions"] for one in about)
        return not forbidden and any(one["effect"] == "permit" for one in about)

    def permits_any(
        self,
        operations: Sequence[Operation[..., Any]],
        accounts: Mapping[CredentialKind, Sequence[str]],
    ) -> bool:
        """Whether one of these operations could be permitted on one of these accounts, which are
        given by the credentials that they have, or without an account."""
        return any(
            self.permit(one, where)
            for one in operations
            for where in self._where(vocabulary.credential(one), accounts)
        )

    @staticmethod
    def _where(
        kind: CredentialKind | None, accounts: Mapping[CredentialKind, Sequence[str]]
    ) -> Sequence[str] | tuple[None]:
        return (None,) if kind is None else accounts.get(kind, ())

    def fields(self, operation: Operation[..., Any], account: str | None) -> tuple[str, ...]:
        """Return the fields that may be read, if the grants name them."""
        found = self._relevant(self.grants or (), operation, account)
        covering = [grant for grant in found if explain.covers(grant, operation)]
        named = [grant.conditions.fields for grant in covering]
        if "fields" not in getattr(operation.request, "model_fields", {}) or None in named:
            return ()
        return tuple(dict.fromkeys(one for fields in named for one in fields or ()))

    @property
    def asks(self) -> bool:
        """Whether any rule asks a person first."""
        if self.grants is not None:
            return any(grant.ask_first and self._lasts(grant) for grant in self.grants)
        return any("ask" in (one.get("annotations") or {}) for one in self.written)

    def _relevant(
        self, grants: Sequence[Grant], operation: Operation[..., Any], account: str | None
    ) -> list[Grant]:
        """The grants that haven't ended. An account's own grant that is over still stands in place
        of the general ones, as it does in the policy."""
        return [one for one in explain.relevant(grants, operation, account) if self._lasts(one)]

    def _lasts(self, grant: Grant) -> bool:
        return grant.ends is None or grant.ends > self.now

    def _is_about(
        self, policy: Mapping[str, Any], operation: Operation[..., Any], account: str | None
    ) -> bool:
        return (
            _meets(policy["principal"], "Agent", {self.agent_id})
            and _meets(policy["action"], "Action", _groups(operation))
            and _meets(policy["resource"], "Account", {account or EVERYWHERE})
        )


def _groups(operation: Operation[..., Any]) -> frozenset[str]:
    """Return the action, and its groups."""
    named = {operation.id, vocabulary.slug(operation.action), group(operation.resource, "full")}
    if operation.effect is OperationEffect.READ:
        named.add(group(operation.resource, "read"))
    return frozenset(named)


def _meets(scope: Mapping[str, Any], kind: str, names: set[str] | frozenset[str]) -> bool:
    """Whether a part of a policy's scope matches one of these names."""
    if scope["op"] == "All":
        return True
    inside = scope.get("in") or {}
    if scope["op"] == "is":
        if scope.get("entity_type") != kind:
            return False
        if not inside:
            return True
    entities = (scope.get("entity"), inside.get("entity"), *(scope.get("entities") or ()))
    return any(one["type"] == kind and one["id"] in names for one in entities if one is not None)
