"""Which tools an agent sees, and which of those that Stagedoor answers itself serve it."""

from __future__ import annotations

from dataclasses import dataclass

from .. import vocabulary
from ..connected_accounts import connected
from ..identity.service import Caller
from .parts import ToolParts
from .rights import Rights
from .tool import Tool


@dataclass(frozen=True, slots=True)
class Visibility:
    """An agent's rights, over the accounts that are connected now."""

    rights: Rights
    accounts: tuple[str, ...]

    @classmethod
    def of(cls, parts: ToolParts, caller: Caller) -> Visibility:
        """Raises `NoAgent`."""
        rights = Rights.of(parts.grants, parts.clock, caller)
        return cls(rights, tuple(one.id for one in connected(parts.integrations, caller.org)))

    def shows(self, tool: Tool) -> bool:
        return self.serves(tool) and (self.rights.asks or not tool.when_asking)

    def serves(self, tool: Tool) -> bool:
        """Whether something that the tool is good for could be permitted."""
        does = tool.does or tuple(vocabulary.operations().values())
        return self.rights.permits_any(does, self.accounts)
