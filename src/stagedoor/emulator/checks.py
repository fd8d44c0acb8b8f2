"""Reads a call by the declaration of its operation, before the handler runs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from stagedoor.platform import wire

from . import form_files, quotas
from .calls import AdmittedCall, Refusal
from .plan import Plan
from .route_table import Route

Headers = Iterable[tuple[bytes, bytes]]


def selected(route: Route, query: str, body: bytes) -> Plan:
    """Select the operation where several share a path; the first if none fits."""
    if route.selector is None:
        return route.first
    protocol = route.first.operation.protocol
    value = protocol.selecting(route.selector, query, body)
    found = None if value is None else route.plans.get(route.kind_of(value))
    if found is not None:
        return found
    problem = protocol.selector_missing if value is None else protocol.selector_unknown
    if problem is not None:
        raise Refusal(problem.code, problem.message)
    return route.first


def identify(plan: Plan, call: AdmittedCall, headers: Headers) -> None:
    """Authenticate: put the token's owner into the call, or refuse the token."""
    plan.access.identify(plan, call, plan.operation.protocol.token_in(headers))


def charge(plan: Plan, call: AdmittedCall, headers: Headers) -> None:
    """Count a call answered by a fault: failed calls cost quota (`research.yaml` quotas)."""
    if plan.operation.quota is None or not call.world.settings.rate_limits:
        return
    with suppress(Refusal):
        identify(plan, call, headers)
        quotas.spend(call)


def parse(
    plan: Plan, call: AdmittedCall, query: str, body: bytes, form: form_files.Fields | None = None
) -> None:
    """Put the typed request into the call; a refusal names the wrong field.

    `form` has the fields of a multipart body whose files are on disk.
    """
    try:
        operation = plan.operation
        protocol = operation.protocol
        if form is not None:
            call.request = protocol.parse_form(operation, query, form, at_tiktok=True)
        else:
            call.request = protocol.parse(operation, query, body, at_tiktok=True)
    except wire.Malformed as malformed:
        raise _malformed(plan, malformed) from None


def unread(plan: Plan, why: str) -> Refusal:
    """The refusal of a call whose body was not read."""
    return _malformed(plan, wire.Malformed((("", why),)))


def _malformed(plan: Plan, malformed: wire.Malformed) -> Refusal:
    problem = plan.operation.protocol.refusal(malformed)
    return Refusal(problem.code, problem.message)
