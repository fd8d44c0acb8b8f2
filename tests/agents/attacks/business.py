"""Ad accounts and TikTok accounts that no credential of the caller's organisation reaches, named
inside of requests to TikTok API for Business; and its calls that are the app's alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from stagedoor.platform.operation import Operation, Subject, Surface

from .actors import MINE, OTHER, THEIRS
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .keys import GIVEN_BUSINESS, SAMPLED
from .wire import Answer

KIND = "ad accounts of others"
BEYOND = "7100000000000000009"
OF_ADS = [one for one in GIVEN_BUSINESS if one.subject is Subject.ADVERTISER]
OF_HOLDERS = [one for one in GIVEN_BUSINESS if one.subject is Subject.ACCOUNT_HOLDER]
KEPT = [
    one
    for one in OPERATIONS.values()
    if one.id.startswith("business.") and Surface.PROXY not in one.surfaces
]
NAMED: dict[str, Any] = {
    "another one": BEYOND,
    "another one as a number": int(BEYOND),
    "another one in a list": [BEYOND],
    "its own with a blank": "7100000000000000001 ",
    "none": "",
    "every one": "*",
    "a statement": "x' OR '1'='1",
    "null": None,
}
"""Values for `advertiser_id`."""
REPORTS: dict[str, dict[str, Any]] = {
    "beside its own": {"advertiser_id": "7100000000000000001", "advertiser_ids": [BEYOND]},
    "in a list with its own": {
        "advertiser_id": None,
        "advertiser_ids": ["7100000000000000001", BEYOND],
    },
    "by a Business Center": {"bc_id": "7300000000000000001", "report_type": "BC"},
    "by a Business Center alone": {"advertiser_id": None, "bc_id": "7300000000000000001"},
}
REPORT = OPERATIONS["business.report_integrated_get"]
SHARE = OPERATIONS["business.audience_share"]
CAMPAIGNS = OPERATIONS["business.campaign_get"]
FILE = OPERATIONS["business.audience_file_upload"]


def attacks(chance: random.Random) -> Iterator[Attack]:
    for operation in OF_ADS:
        yield named(operation, "another one", BEYOND)
    for name, value in NAMED.items():
        for operation in (CAMPAIGNS, *chance.sample(OF_ADS, 2)):
            yield named(operation, name, value)
    for operation in OF_HOLDERS:
        for base in (f"/@{MINE}", ""):
            yield _held(operation, base)
    for operation in KEPT:
        yield _kept(operation)
    # whose account has no credential of that kind, or is another organisation's
    for operation in SAMPLED:
        for who, account in (("whole", OTHER), ("rival", THEIRS), ("rival", MINE)):
            yield _at(operation, who, account)
        yield _without_account(operation, "rival")
    for name, said in REPORTS.items():
        yield _changed(REPORT, f"a report of another ad account {name}", said)
    yield SHARED
    yield RAW_FILE
    for way in (Way.HTTP, Way.STDIO):
        for operation in SAMPLED:
            if operation.subject is Subject.ADVERTISER:
                yield _by_tool(way, operation, {"advertiser_id": BEYOND})
            else:
                yield _by_tool(way, operation, {"business_id": "another"})
        for operation in chance.sample(KEPT, 4):
            yield _by_call_operation(way, operation)


Send = Callable[[AttackEnvironment], Iterator[Answer]]


def _said(
    environment: AttackEnvironment, operation: Operation[..., Any], said: dict[str, Any]
) -> dict[str, Any]:
    """Return the query and body of a good request with some values changed; None leaves a value
    out."""
    query, body = environment.good_request(operation)
    if body.startswith(b"{"):
        values = {k: v for k, v in {**json.loads(body), **said}.items() if v is not None}
        return {"query": query, "body": json.dumps(values).encode()}
    if body:  # a form with a file
        old, new = b"7100000000000000001", str(said.get("advertiser_id") or "").encode()
        return {"body": body.replace(old, new.ljust(len(old), b"9")[: len(old)])}
    pairs = {k: v for k, v in {**dict(parse_qsl(query)), **said}.items() if v is not None}
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in pairs.items()}
    return {"query": urlencode(texts)}


def _changed(operation: Operation[..., Any], name: str, said: dict[str, Any]) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, **_said(environment, operation, said))

    return Attack(KIND, Way.PROXY, name, send)


def named(operation: Operation[..., Any], name: str, value: Any) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        several = operation.id == "business.advertiser_info"
        said = {"advertiser_ids": [value]} if several else {"advertiser_id": value}
        yield environment.call_proxy(operation, **_said(environment, operation, said))
        yield environment.call_proxy(operation, account=None, **_said(environment, operation, said))

    return Attack(KIND, Way.PROXY, f"{operation.id} of an ad account: {name}", send)


def _held(operation: Operation[..., Any], base: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        ids = environment.world.ids
        theirs = environment.world.named(THEIRS)
        assert theirs is not None
        for other in (ids.business_id("7000000000000000001", theirs.id), "another"):
            said = _said(environment, operation, {"business_id": other})
            if said.get("body", b"{").startswith(b"{"):
                yield environment.call_proxy(operation, account=base[2:] or None, **said)
        yield environment.call_proxy(
            operation, "nobody", **_said(environment, operation, {"business_id": ""})
        )

    where = "its account" if base else "no account"
    return Attack(KIND, Way.PROXY, f"{operation.id} of another account, at {where}", send)


def _kept(operation: Operation[..., Any]) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation)
        yield environment.call_proxy(operation, account=None)

    return Attack(KIND, Way.PROXY, f"{operation.id}, which is the client's alone", send)


def _at(operation: Operation[..., Any], who: str, account: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, who, account)
        yield environment.call_operation(Way.HTTP, operation, who, account)

    return Attack(KIND, Way.PROXY, f"{who} asks for {operation.id} of {account}", send)


def _without_account(operation: Operation[..., Any], who: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, who, None)
        yield environment.call_operation(Way.HTTP, operation, who, None)

    return Attack(KIND, Way.PROXY, f"{who} asks for {operation.id} and names no account", send)


def _raw_file(environment: AttackEnvironment) -> Iterator[Answer]:
    query, body = environment.good_request(FILE)
    head, gap, rest = body.partition(b"\r\n\r\n")
    for line in (b"mara@example.com", b"+4915112345678"):
        start = rest.find(b'name="file"')
        place = rest.find(b"\r\n\r\n", start) + 4
        yield environment.call_proxy(
            FILE, query=query, body=head + gap + rest[:place] + line + b"\n" + rest[place:]
        )


SHARED = _changed(
    SHARE, "an audience shared with another ad account", {"shared_advertiser_ids": [BEYOND]}
)
RAW_FILE = Attack(KIND, Way.PROXY, "a customer's address in a file", _raw_file)


def _by_tool(way: Way, operation: Operation[..., Any], said: dict[str, Any]) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        if operation.id == "business.advertiser_info":
            yield environment.call_operation(way, operation, advertiser_ids=[BEYOND])
        else:
            yield environment.call_operation(way, operation, **said)
            asked = {
                "operation": operation.id,
                "arguments": environment.arguments(operation) | said,
            }
            yield environment.call_tool(way, "call_operation", asked | {"account": MINE})

    return Attack(KIND, way, f"{operation.id} with {said}", send)


def _by_call_operation(way: Way, operation: Operation[..., Any]) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_tool(
            way, "call_operation", {"operation": operation.id, "arguments": {}}
        )

    return Attack(KIND, way, f"{operation.id} by call_operation", send)


def controls() -> Iterator[Attack]:
    def read(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(CAMPAIGNS)

    yield Attack(KIND, Way.PROXY, "campaigns of an ad account that is reached", read, True)
    for way in (Way.HTTP, Way.STDIO):

        def call(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            asked = {"operation": CAMPAIGNS.id, "arguments": environment.arguments(CAMPAIGNS)}
            yield environment.call_tool(way, "call_operation", asked | {"account": MINE})

        yield Attack(KIND, way, "the same by call_operation", call, True)
