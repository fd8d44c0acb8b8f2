"""The needs and effects of a run on real TikTok, operation by operation, for docs/conformance.md.

Derived from the declarations, the examples, `references` and `undo`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stagedoor.emulator import Emulator
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Host, Operation, OperationEffect
from tests.examples import Seeded, example_of, values_of

from .credentials import IN_EXAMPLES, carries_own_token, token_of
from .references import Reference, leaves, may_be_named, reference_of
from .undo import UNDO_OF


@dataclass(frozen=True, slots=True)
class Needs:
    """`credentials` are names without the variables' prefix; each reference is needed unless the
    run finds or makes one."""

    credentials: tuple[str, ...]
    references: tuple[Reference, ...]


def needs_of(operation: Operation[..., Any], seeded: Seeded) -> Needs:
    example = example_of(operation)
    credentials: list[str] = []
    if (token := token_of(operation)) is not None:
        credentials.append(token)
    if carries_own_token(operation):
        credentials += ["client_key", "client_secret"]
    references: list[Reference] = []
    for name, value in leaves(values_of(operation, seeded)):
        if isinstance(value, str) and value in IN_EXAMPLES:
            credentials.append(IN_EXAMPLES[value])
            continue
        reference = reference_of(operation, name)
        if reference is None or (example.refused and not reference.is_account):
            continue
        references.append(reference)
    return Needs(tuple(dict.fromkeys(credentials)), tuple(dict.fromkeys(references)))


def as_markdown() -> str:
    """The tables of reads and of writes."""
    emulator = Emulator()
    try:
        seeded = Seeded(emulator.world)
        return "\n".join([*_reads(seeded), "", *_writes(seeded)])
    finally:
        emulator.close()


def _reads(seeded: Seeded) -> Iterator[str]:
    yield "| read | credentials | also names | quota |"
    yield "| --- | --- | --- | --- |"
    for one in catalogue.operations().values():
        if one.effect is OperationEffect.READ:
            needs = needs_of(one, seeded)
            names = "; ".join(_named(one, reference) for reference in needs.references)
            quota = f"1 of {one.quota.requests:,} requests a day" if one.quota else ""
            yield f"| `{one.id}` | {_upper(needs)} | {names} | {quota} |"


def _writes(seeded: Seeded) -> Iterator[str]:
    yield "| write | does | credentials | names | taken back by |"
    yield "| --- | --- | --- | --- | --- |"
    for one in catalogue.operations().values():
        if one.effect is OperationEffect.WRITE:
            needs = needs_of(one, seeded)
            names = "; ".join(_named(one, reference) for reference in needs.references)
            undone = _undone(one, needs)
            yield f"| `{one.id}` | {_does(one)} | {_upper(needs)} | {names} | {undone} |"


def _does(operation: Operation[..., Any]) -> str:
    if operation.host is Host.HANDED_OUT:
        return "never asked: its address comes with a post, and a run uploads nothing"
    if example_of(operation).refused:
        return "nothing: the request names a thing that doesn't exist, and is refused"
    return operation.summary


def _undone(operation: Operation[..., Any], needs: Needs) -> str:
    example = example_of(operation)
    if example.refused or operation.host is Host.HANDED_OUT:
        return ""
    undo = UNDO_OF.get(operation.id)
    if undo is not None:
        return f"`{undo.by.id}`"
    changed = [one for one in needs.references if not one.is_account]
    if changed and all(one.made for one in changed):
        return "is an end itself" if example.ends else "goes with what was made"
    return "nothing"


def _named(operation: Operation[..., Any], reference: Reference) -> str:
    """Where it comes from, the first place first."""
    variable = f"`{(reference.variable or reference.name).upper()}`"
    if reference.is_told_by(operation):
        return f"{variable}, if set"
    makers = [f"`{maker.id}`" for maker, _ in reference.made]
    if operation.effect is OperationEffect.READ:
        found = [] if reference.found is None else [f"`{reference.found[0].id}`"]
        return ", else ".join([variable, *makers, *found])
    named = [variable] if may_be_named(operation, reference) else []
    return ", else ".join([*makers, *named])


def _upper(needs: Needs) -> str:
    return ", ".join(f"`{name.upper()}`" for name in needs.credentials)
