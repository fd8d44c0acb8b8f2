"""The tools that an agent sees, and the tools of Stagedoor's own that it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.platform.operation import Operation

from .. import vocabulary
from ..connected_accounts import connected
from ..identity.service import AgentCaller
from .parts import ToolParts
from .rights import Rights
from .tool import Tool


@dataclass(frozen=True, slots=True)
class ToolVisibility:
    """An agent's rights on the accounts that are connected now."""

    rights: Rights
    accounts: Mapping[CredentialKind, tuple[str, ...]]
    """Ids of integrations by the kinds of credentials that they have."""

    @classmethod
    def of(cls, parts: ToolParts, caller: AgentCaller) -> ToolVisibility:
        """Read an agent's rights. Raises `NoAgent`."""
        rights = Rights.of(parts.grants, parts.clock, caller)
        listed = connected(parts.integrations, caller.org)
        accounts = {
            kind: tuple(one.id for one in listed if one.credential(kind) is not None)
            for kind in CredentialKind
        }
        return cls(rights, accounts)

    @property
    def first(self) -> str | None:
        """An account, for a denial to name; None if none is connected."""
        return next((one for ids in self.accounts.values() for one in ids), None)

    def shows(self, tool: Tool) -> bool:
        return self.serves(tool) and (self.rights.asks or not tool.when_asking)

    def permits(self, operation: Operation[..., Any]) -> bool:
        """Whether the operation could be permitted on any account."""
        return self.rights.permits_any((operation,), self.accounts)

    def serves(self, tool: Tool) -> bool:
        """Whether an operation that the tool supports could be permitted."""
        does = tool.does or tuple(vocabulary.operations().values())
        return self.rights.permits_any(does, self.accounts)
