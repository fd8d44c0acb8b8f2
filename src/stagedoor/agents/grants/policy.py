"""An agent's policy, parsed once and evaluated often. Cedar alone decides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from ..vocabulary import EVERYWHERE
from . import nesting, schema
from .errors import PolicyInvalid
from .grant import Grant

if TYPE_CHECKING:
    import cedarpy

MAX_TEXT = 200_000
_MANY = 20
_ANSWERS = 256


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A policy's name, and whether it asks first."""

    name: str
    asks: bool
    forbids: bool


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """Cedar's answer: the rules that decided, and whether they allow."""

    allowed: bool
    rules: tuple[PolicyRule, ...]


class CedarFailed(Exception):
    """Cedar gave no clean answer: only a denial may follow."""


@dataclass(frozen=True, slots=True)
class AgentPolicy:
    """One version of an agent's policy. `grants` None: the policy was written by hand."""

    version: int
    text: str
    grants: tuple[Grant, ...] | None
    rules: Mapping[str, PolicyRule]
    parsed: cedarpy.PolicySet = field(repr=False)
    looks_at: frozenset[str] | None = None
    """The parts of the context that the policy reads; None: possibly all of it."""
    _answers: dict[tuple[object, ...], PolicyDecision] = field(default_factory=dict, repr=False)

    def ask(
        self, agent_id: str, operation_id: str, account: str | None, context: Mapping[str, Any]
    ) -> PolicyDecision:
        """Evaluate the policy. Raises `CedarFailed` for anything but a clean yes or no.

        Questions that the policy can't tell apart are answered from a cache.
        """
        key = agent_id, operation_id, account, self._seen(context)
        known = self._answers.get(key)
        if known is None:
            known = self._asked(agent_id, operation_id, account, context)
            if len(self._answers) < _ANSWERS:
                self._answers[key] = known
        return known

    def _seen(self, context: Mapping[str, Any]) -> bytes:
        names = context if self.looks_at is None else self.looks_at
        return to_json([[name, context.get(name)] for name in sorted(names)])

    def _asked(
        self, agent_id: str, operation_id: str, account: str | None, context: Mapping[str, Any]
    ) -> PolicyDecision:
        import cedarpy

        question = {
            "principal": {"type": "Agent", "id": agent_id},
            "action": {"type": "Action", "id": operation_id},
            "resource": {"type": "Account", "id": account or EVERYWHERE},
            "context": dict(context),
        }
        try:
            # policies were checked against the schema, and the question is built here: no
            # validation again
            found = cedarpy.is_authorized(question, self.parsed, schema.entities())
            problems, reasons = found.diagnostics.errors, found.diagnostics.reasons
            if problems or found.decision is cedarpy.Decision.NoDecision:
                raise CedarFailed("; ".join(map(str, problems)) or "Cedar gave no decision")
            rules = tuple(self.rules[name] for name in reasons)
        except CedarFailed:
            raise
        except Exception as error:
            raise CedarFailed(f"{type(error).__name__}: {error}") from error
        return PolicyDecision(found.decision is cedarpy.Decision.Allow, rules)


def parse(
    text: str, version: int = 0, grants: Sequence[Grant] | None = None, *, check: bool = False
) -> AgentPolicy:
    """Parse a policy; `check`: validate it against the schema, too. Raises `PolicyInvalid`."""
    import cedarpy

    if len(text) > MAX_TEXT:
        raise PolicyInvalid([f"it is longer than {MAX_TEXT} characters"])
    unbounded = nesting.problem(text)
    if unbounded is not None:
        raise PolicyInvalid([unbounded])
    try:
        made = cedarpy.PolicySet.from_str(text)
        listed = json.loads(cedarpy.policies_to_json_str(text))
    except (ValueError, RecursionError) as error:
        raise PolicyInvalid([str(error)]) from None
    if listed.get("templates"):
        raise PolicyInvalid(["templates (?principal, ?resource) aren't used here"])
    if check:
        found = cedarpy.validate_policies(text, schema.parsed())
        if not found.validation_passed:
            # Cedar reports errors in a varying order; consequential errors come last
            said = {str(one.error) for one in found.errors}
            told = sorted(said, key=lambda text: ("applicable action" in text, text))
            raise PolicyInvalid(told[:_MANY] or ["it is empty"])
    rules = {name: _rule(name, body) for name, body in listed["staticPolicies"].items()}
    given = None if grants is None else tuple(grants)
    return AgentPolicy(version, text, given, rules, made, _looked_at(listed["staticPolicies"]))


def _looked_at(node: Any) -> frozenset[str] | None:
    """Return the names that the policy reads from the context; None if it may read all of it."""
    if isinstance(node, list):
        parts = [_looked_at(one) for one in node]
    elif not isinstance(node, dict):
        return frozenset()
    elif node.get("Var") == "context":
        return None
    elif node.get("left") == {"Var": "context"} and isinstance(node.get("attr"), str):
        return frozenset({node["attr"]})
    else:
        parts = [_looked_at(one) for one in node.values()]
    known = [one for one in parts if one is not None]
    return frozenset().union(*known) if len(known) == len(parts) else None


def _rule(name: str, body: Mapping[str, Any]) -> PolicyRule:
    notes = body.get("annotations") or {}
    return PolicyRule(
        name=str(notes.get("id") or name),
        asks="ask" in notes,
        forbids=body.get("effect") == "forbid",
    )


NOTHING = ""
"""The policy of an agent without grants."""
