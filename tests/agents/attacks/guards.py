"""The guards, each with a patch that removes it and an attack that only this guard stops.

Guards in several layers (`layers`) count as one and are removed together, since the others hold
when one is missing. The product has no switches for them: the patches replace functions in the
serving process.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from stagedoor.agents import vocabulary
from stagedoor.agents.approvals import answers, execute
from stagedoor.agents.approvals import service as approving
from stagedoor.agents.approvals import store as approvals_store
from stagedoor.agents.approvals.approval import CallApprovalState
from stagedoor.agents.approvals.files import CallFiles
from stagedoor.agents.approvals.requests import ApprovalRequests
from stagedoor.agents.audit.entry import Head, Receipt
from stagedoor.agents.audit.service import Audit
from stagedoor.agents.calls.accounts import AccountNames
from stagedoor.agents.calls.stored_call import StoredCall
from stagedoor.agents.calls.uploads import Uploads
from stagedoor.agents.decisions import arguments as judged
from stagedoor.agents.decisions import evaluation, reach
from stagedoor.agents.decisions import store as counters
from stagedoor.agents.decisions.decision import Allow, Ask, Deny
from stagedoor.agents.decisions.decision import Guard as Rule
from stagedoor.agents.decisions.gate import DecisionGate
from stagedoor.agents.grants import cedar
from stagedoor.agents.grants.policies import Policies
from stagedoor.agents.identity import keys
from stagedoor.agents.identity import store as holders
from stagedoor.agents.identity.toolset import Toolset
from stagedoor.agents.mcp import app as mcp
from stagedoor.agents.mcp.hosts import AllowedHosts
from stagedoor.agents.oauth.addresses import Addresses
from stagedoor.agents.proxy import incoming, table
from stagedoor.agents.proxy.errors import NoSuchPath, WrongMethod
from stagedoor.agents.proxy.request_flow import RequestFlow
from stagedoor.agents.proxy.table import ProxyRoute, RouteMatch
from stagedoor.agents.tools.toolbox import Toolbox
from stagedoor.agents.tools.toolsets import named
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import ApiError
from stagedoor.connector.media.service import MediaService
from stagedoor.connector.publishing.accounts import PostingAccounts
from stagedoor.platform import catalogue
from stagedoor.platform.bounds import MAX_BODY
from stagedoor.platform.operation import Resource
from tests.support import media
from tests.support.browsing import browser
from tests.support.database_faults import sql
from tests.support.signing_in import Raw

from . import approvals, arguments, business, headers
from .actors import ACME, GLOBEX, MINE, OTHER, THEIRS, Right
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .wire import Answer, request

Patch = pytest.MonkeyPatch
Out = Callable[[Patch], None]
Step = Callable[[AttackEnvironment], object]
INFO, LISTED = OPERATIONS["display.user_info"], OPERATIONS["display.video_list"]
POSTED = OPERATIONS["posting.video_init"]
CAMPAIGN = OPERATIONS["business.campaign_create"]
TRIED = "tried"
"""The agent that gets new grants for each attempt."""


def _nothing(_: AttackEnvironment) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard and its removal. `before` prepares an attempt, with and without the guard; `after`
    cleans up."""

    name: str
    out: Out
    attack: Attack
    before: Step = _nothing
    after: Step = _nothing
    layers: int = 1


def _attack(
    name: str,
    send: Callable[[AttackEnvironment], Answer],
    way: Way = Way.PROXY,
    reaches: bool = False,
) -> Attack:
    def sent(environment: AttackEnvironment) -> Iterator[Answer]:
        yield send(environment)
        environment.run_due_jobs()

    return Attack("a guard", way, name, sent, reaches)


def _around(
    patch: Patch, where: Any, name: str, made: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    """Wrap a function."""
    patch.setattr(where, name, made(getattr(where, name)))


def _in_place(where: Any, name: str, value: Any) -> Out:
    return lambda patch: patch.setattr(where, name, value)


# the caller


def _row(patch: Patch, change: Callable[[Any], Any]) -> None:
    """Change the row of the caller before the decision reads it."""
    _around(
        patch,
        evaluation,
        "_refused",
        lambda was: lambda row, by_key, known, now: was(change(row), by_key, known, now),
    )


def _any_key(patch: Patch) -> None:
    _around(
        patch,
        evaluation,
        "_refused",
        lambda was: lambda row, by_key, known, now: was(row, False, known, now),
    )


def _anybody(environment: AttackEnvironment) -> Out:
    """Accept an unknown key as an agent's, in the application and in the gate."""

    def out(patch: Patch) -> None:
        whole = keys.digest(environment.keys["whole"])
        _around(
            patch,
            holders,
            "holder",
            lambda was: lambda connection, one: was(connection, one) or was(connection, whole),
        )
        _any_key(patch)

    return out


def _first_key(patch: Patch) -> None:
    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def key(pairs: Any) -> str:
            for pair in pairs:
                with suppress(ApiError):
                    return str(was([pair]))
            return str(was(pairs))

        return key

    _around(patch, incoming, "key", made)


# grants


def _allow_all(patch: Patch) -> None:
    patch.setattr(evaluation, "judge", lambda _, question: Allow("none", question.words))


def _never_ask(patch: Patch) -> None:
    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def judge(policy: Any, question: Any) -> Any:
            found = was(policy, question)
            return Allow(found.rule, found.sentence) if isinstance(found, Ask) else found

        return judge

    _around(patch, evaluation, "judge", made)


def _without_clause(mark: str) -> Out:
    """Compile grants without one condition."""
    return lambda patch: _around(
        patch,
        cedar,
        "_conditions",
        lambda was: lambda grant: (one for one in was(grant) if mark not in one),
    )


def _permit(**changed: Any) -> Out:
    """Compile grants without a part of them."""
    return lambda patch: _around(
        patch,
        cedar,
        "_permit",
        lambda was: lambda grant, *more: was(grant.model_copy(update=changed), *more),
    )


_KEPT: dict[str, Any] = {}


def _old_policies(patch: Patch) -> None:
    """Keep using the policy that was read first."""

    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def of(self: Policies, tenant: Any, agent_id: str, version: int | None) -> Any:
            if agent_id not in _KEPT:
                _KEPT[agent_id] = was(self, tenant, agent_id, version)
            return _KEPT[agent_id]

        return of

    _around(patch, Policies, "of", made)


def _taken_away(environment: AttackEnvironment) -> None:
    environment.set_grants(TRIED, Right(Resource.PROFILE, "read", MINE))
    _KEPT.clear()
    environment.call_proxy(INFO, TRIED)
    environment.set_grants(TRIED)


def _gives(*rights: Right, **more: Any) -> Step:
    def before(environment: AttackEnvironment) -> None:
        environment.set_grants(TRIED, *rights, **more)

    return before


def _hours(environment: AttackEnvironment) -> None:
    hour = int(environment.local.now() // 3600) % 24
    hours = {"begin": f"{(hour + 2) % 24:02}:00", "end": f"{(hour + 3) % 24:02}:00"}
    environment.set_grants(TRIED, Right(Resource.PROFILE, "read", MINE, {"hours": hours}))


def _posts(
    level: str, title: str = "", operation: Any = POSTED
) -> Callable[[AttackEnvironment], Answer]:
    info = json.dumps({"privacy_level": level, "title": title})
    body = f'{{"post_info": {info}, {arguments.SOURCE}}}'.encode()
    return lambda environment: environment.call_proxy(operation, TRIED, body=body)


def _posting(**conditions: Any) -> Right:
    return Right(Resource.POSTING, "full", MINE, conditions)


def _money(**conditions: Any) -> Right:
    return Right(Resource.ADS, "full", MINE, conditions)


def _campaign(environment: AttackEnvironment) -> Answer:
    """Create a campaign with a budget under a new name: repeated names don't count again."""
    query, body = environment.good_request(CAMPAIGN)
    values = {**json.loads(body), "campaign_name": f"Sale {environment.number()}"}
    values.pop("request_id", None)
    return environment.call_proxy(CAMPAIGN, TRIED, query=query, body=json.dumps(values).encode())


CONDITIONS: dict[str, tuple[str, Step, Callable[[AttackEnvironment], Answer]]] = {
    "fields that may be read": (
        "context.fields",
        _gives(Right(Resource.VIDEOS, "read", MINE, {"fields": ["id"]})),
        lambda environment: environment.call_proxy(LISTED, TRIED, query="fields=id,title"),
    ),
    "privacy levels": (
        "context.privacy",
        _gives(_posting(privacyLevels=["SELF_ONLY"])),
        _posts("PUBLIC_TO_EVERYONE"),
    ),
    "hashtags": (
        "context.hashtags",
        _gives(_posting(hashtags=["drop"])),
        _posts("SELF_ONLY", "#other"),
    ),
    "drafts only": ("context.draft", _gives(_posting(draftsOnly=True)), _posts("SELF_ONLY")),
    "posts a day": ("context.postsToday", _gives(_posting(postsPerDay=0)), _posts("SELF_ONLY")),
    "the budget of a call": ("context.budget > ", _gives(_money(budgetPerDay=1)), _campaign),
    "the money of a day": ("context.spentToday", _gives(_money(spendPerDay=1)), _campaign),
    "the money of all days": ("context.spentTotal", _gives(_money(spendTotal=1)), _campaign),
    "the currency of money": ("context.currency", _gives(_money(currency="EUR")), _campaign),
    "hours": ("context.minute", _hours, lambda environment: environment.call_proxy(INFO, TRIED)),
    "the end of a grant": (
        "context.at",
        _gives(
            grants=[{"resource": "profile", "level": "read", "expiresAt": "2020-01-01T00:00:00Z"}]
        ),
        lambda environment: environment.call_proxy(INFO, TRIED),
    ),
}


# requests


def _normal_paths(patch: Patch) -> None:
    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def find(method: str, path: bytes) -> RouteMatch:
            plain = posixpath.normpath(unquote(path.decode("latin-1")))
            try:
                return _found(was(method, f"{plain}/".encode()))
            except NoSuchPath:
                return _found(was(method, plain.encode()))

        return find

    _around(patch, table, "find", made)


def _found(found: Any) -> RouteMatch:
    assert isinstance(found, RouteMatch)
    return found


def _any_method(patch: Patch) -> None:
    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def find(method: str, path: bytes) -> RouteMatch:
            try:
                return _found(was(method, path))
            except WrongMethod as error:
                return _found(was(error.allowed, path))

        return find

    _around(patch, table, "find", made)


def _first_use(patch: Patch) -> None:
    patch.setattr(ProxyRoute, "meant", lambda self, query, body: self.first)
    patch.setattr(judged, "_check_use", lambda *_: None)


def _open_tokens(patch: Patch) -> None:
    patch.setattr(RequestFlow, "_refuse", lambda *_: None)
    patch.setattr(vocabulary, "operations", catalogue.operations)
    _allow_all(patch)


def _any_account(environment: AttackEnvironment) -> Out:
    """Find accounts of any organisation, and accept them in decisions and calls."""

    def out(patch: Patch) -> None:
        patch.setattr(
            AccountNames, "meant", lambda _, __, name, *___: environment.accounts.get(name)
        )

        def refused(was: Callable[..., Any]) -> Callable[..., Any]:
            def found(*given: Any) -> Any:
                said = was(*given)
                return None if said and said[0] is Rule.NO_ACCOUNT else said

            return found

        def acting(was: Callable[..., Any]) -> Callable[..., Any]:
            def found(services: Any, org: str, account: str, *more: Any) -> Any:
                whose = GLOBEX if account == environment.accounts[THEIRS] else org
                return was(services, whose, account, *more)

            return found

        _around(patch, evaluation, "_refused", refused)
        _around(patch, PostingAccounts, "acting", acting)

    return out


# limits, and the audit


def _no_minute(patch: Patch) -> None:
    _around(
        patch,
        evaluation,
        "_within_limit",
        lambda was: lambda row, *more: was(row._replace(calls_per_minute=6_000), *more),
    )


def _one_a_minute(environment: AttackEnvironment) -> None:
    environment.set_grants(TRIED, Right(Resource.PROFILE, "read", MINE))
    environment.change(TRIED, callsPerMinute=1)
    environment.call_proxy(INFO, TRIED)


def _one_a_day(environment: AttackEnvironment) -> None:
    _sql(environment, "DELETE FROM agent_counters")
    environment.set_grants(TRIED, _posting(postsPerDay=1))
    _posts("SELF_ONLY")(environment)
    environment.run_due_jobs()


def _sql(environment: AttackEnvironment, *statements: str) -> None:
    sql(environment.service.services.database, *statements)


def _unwritten(patch: Patch) -> None:
    """Decide as usual, but record nothing."""

    def write(_: Audit, tenant: Any, __: bytes, head: Head, *___: Any, **____: Any) -> Receipt:
        return Receipt(tenant.org, head.seq + 1)

    def write_all(_: Audit, tenant: Any, __: bytes, head: Head, drafts: Any) -> list[Receipt]:
        return [Receipt(tenant.org, head.seq + 1 + at) for at in range(len(drafts))]

    patch.setattr(Audit, "write", write)
    patch.setattr(Audit, "write_all", write_all)


def _open_when_broken(patch: Patch) -> None:
    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def answers(self: DecisionGate, items: Any) -> Any:
            found = was(self, items)
            return [
                Allow("broken", one.sentence, Receipt(item.org, 1))
                if isinstance(one, Deny) and one.rule == Rule.UNAVAILABLE
                else one
                for item, one in zip(items, found, strict=True)
            ]

        return answers

    _around(patch, DecisionGate, "answers", made)


def _any_end(patch: Patch) -> None:
    patch.setattr(Audit, "end", lambda _, __, ___, seq, last, ____: Head(seq, last))


_MAC: dict[str, str] = {}


def _forge_end(environment: AttackEnvironment) -> None:
    with environment.service.services.database.begin() as connection:
        found = connection.execute(text("SELECT mac FROM audit_heads WHERE org = 'acme'"))
        _MAC[ACME] = str(found.scalar())
    _sql(environment, "UPDATE audit_heads SET mac = 'forged' WHERE org = 'acme'")


def _right_end(environment: AttackEnvironment) -> None:
    """Restore the chain's end, unless an entry was written since."""
    with environment.service.services.database.begin() as connection:
        connection.execute(
            text("UPDATE audit_heads SET mac = :mac WHERE org = 'acme' AND mac = 'forged'"),
            {"mac": _MAC[ACME]},
        )


# files


_UPLOAD: dict[str, str] = {}


def _begun(environment: AttackEnvironment) -> None:
    """Begin a post that waits for its file."""
    environment.change(TRIED, stopped=False)
    environment.set_grants(TRIED, Right(Resource.POSTING, "full", MINE))
    film = media.video()
    source = {"source": "FILE_UPLOAD", "video_size": len(film), "chunk_size": len(film)}
    body = {
        "post_info": {"privacy_level": "SELF_ONLY"},
        "source_info": source | {"total_chunk_count": 1},
    }
    answer = environment.call_proxy(POSTED, TRIED, body=json.dumps(body).encode())
    url = str(json.loads(answer.body)["data"]["upload_url"])
    _UPLOAD["capability"] = url.rpartition("/")[2]


def _begun_and_stopped(environment: AttackEnvironment) -> None:
    _begun(environment)
    environment.change(TRIED, stopped=True)


def _sends(capability: Callable[[], str]) -> Callable[[AttackEnvironment], Answer]:
    return lambda environment: environment.ask(
        request("PUT", f"/agents/upload/{capability()}", {}, media.video())
    )


def _trust_uploads(patch: Patch) -> None:
    patch.setattr(Uploads, "check", lambda *_: None)
    patch.setattr(Uploads, "_decided", lambda *_: Allow("", ""))


def _any_capability(patch: Patch) -> None:
    _around(
        patch,
        MediaService,
        "by_capability",
        lambda was: lambda self, _, purpose: was(self, _UPLOAD["capability"], purpose),
    )


# approvals


def _any_digest(patch: Patch) -> None:
    def read(stored: str, _: str) -> StoredCall:
        values = json.loads(stored)
        return StoredCall(**values | {"uploads": tuple(values["uploads"])})

    patch.setattr(StoredCall, "read", staticmethod(read))


def _again(patch: Patch) -> None:
    """Treat a finished approval as one that is still to be executed."""

    def take(self: execute.ApprovalExecutor, org: str, approval_id: str) -> Any:
        found = self._approvals.get(org, approval_id)
        if found.verdict is None:
            return None
        return execute._Taken(found, False)

    patch.setattr(execute.ApprovalExecutor, "_take", take)


def _twice(environment: AttackEnvironment) -> Answer:
    approval = approvals.approved(environment, INFO)
    environment.run_due_jobs()
    environment.run_concurrently("approval", f"{ACME}/{approval}", 2)
    return environment.call_proxy(INFO, "asker")


def _waits(environment: AttackEnvironment) -> str:
    return approvals.waits(environment, INFO)[0]


def _too_late(environment: AttackEnvironment) -> Answer:
    approval = _waits(environment)
    _sql(environment, "UPDATE approvals SET expires = 1 WHERE state = 'pending'")
    return approvals.says(environment, approval, "approve")


def _done_late(environment: AttackEnvironment) -> Answer:
    approvals.approved(environment, INFO)
    environment.consents.clear()
    _sql(environment, "UPDATE approvals SET decided = 1 WHERE state = 'approved'")
    environment.run_due_jobs()
    return environment.call_proxy(INFO, "asker")


def _approved_is_allowed(patch: Patch) -> None:
    def made(was: Callable[..., Any]) -> Callable[..., Any]:
        def found(self: Any, tenant: Any, row: Any, call: Any, *more: Any) -> Any:
            known, places = was(self, tenant, row, call, *more)
            if call.approved and isinstance(known.decision, Deny):
                allowed = Allow("approved", known.decision.sentence)
                known = evaluation.Evaluation(
                    allowed, known.agent, known.account, known.operation, known.asked
                )
            return known, places

        return found

    _around(patch, evaluation.Evaluator, "evaluate", made)


def _any_link(patch: Patch) -> None:
    def linked(connection: Any, _: str) -> Any:
        row = connection.execute(
            text("SELECT link FROM approvals WHERE state = 'pending' ORDER BY id DESC")
        ).scalar()
        return was(connection, str(row))

    was = approvals_store.linked
    patch.setattr(approvals_store, "linked", linked)


def _guesses(environment: AttackEnvironment) -> Answer:
    _waits(environment)
    said = {"Content-Type": "application/x-www-form-urlencoded"}
    return environment.ask(
        request("POST", f"/agents/approve/{'A' * 43}", said, b"decision=approve")
    )


def _undecided(patch: Patch) -> None:
    """Treat a pending approval as approved."""

    def take(self: execute.ApprovalExecutor, org: str, approval_id: str) -> Any:
        found = self._approvals.get(org, approval_id)
        if found.state is not CallApprovalState.PENDING:
            return None
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            return execute._Taken(self._hold(tenant, found), False)

    patch.setattr(execute.ApprovalExecutor, "_take", take)


def _hurried(environment: AttackEnvironment) -> Answer:
    """Run the worker's job before a person has decided."""
    approval = _waits(environment)
    environment.run_concurrently("approval", f"{ACME}/{approval}", 1)
    return approvals.says(environment, approval, "refuse")


# MCP


def _mcp(**more: Any) -> Callable[[AttackEnvironment], Answer]:
    """Make a good call of a tool with other headers."""

    def send(environment: AttackEnvironment) -> Answer:
        call = {"name": "read_profile", "arguments": {"account": MINE}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        said = {**dict(environment.mcp_headers("whole")), **more.get("headers", {})}
        body = json.dumps(message).encode() + b" " * int(more.get("blanks", 0))
        return environment.send_message(Way.HTTP, body, headers=list(said.items()))

    return send


def _hide(environment: AttackEnvironment) -> None:
    environment.set_grants(TRIED, Right(Resource.PROFILE, "read", MINE))
    environment.change(TRIED, tools="jobs", callsPerMinute=6_000)


_TOKEN: dict[str, str] = {}


def _signed_in_elsewhere(environment: AttackEnvironment) -> None:
    """Sign an MCP client in for another server's resource."""
    if not _TOKEN:
        with browser() as person:
            raw = Raw(environment.service.http, environment.service.url)
            _TOKEN["access"] = raw.signed_in(person, environment.keys["whole"])["access_token"]
            environment.keys["a client that signed in"] = _TOKEN["access"]
    _sql(environment, "UPDATE agent_sign_ins SET resource = 'https://other.example.com/mcp'")


def _by_token(environment: AttackEnvironment) -> Answer:
    headers = {"Authorization": f"Bearer {_TOKEN['access']}"}
    return _mcp(headers=headers)(environment)


def _any_resource(patch: Patch) -> None:
    patch.setattr(Addresses, "is_resource", lambda *_: True)


def _known_path(name: str) -> str:
    return f"/agents/proxy/@{MINE}{OPERATIONS[name].path}"


def _huge(environment: AttackEnvironment) -> Answer:
    body = b'{"max_count": 1}' + b" " * asking_size()
    return environment.call_proxy(LISTED, body=body)


def asking_size() -> int:
    """A body one byte longer than allowed."""
    return MAX_BODY + 1


def guards(environment: AttackEnvironment) -> list[Guard]:
    """Return all guards."""
    found = [
        Guard(
            "the end of a key",
            _any_key,
            _attack(
                "by a key that has ended", lambda environment: environment.call_proxy(INFO, "over")
            ),
        ),
        Guard(
            "a stop",
            lambda patch: _row(patch, lambda row: row._replace(stopped=None)),
            _attack(
                "by who was stopped", lambda environment: environment.call_proxy(INFO, "halted")
            ),
        ),
        Guard(
            "a key is somebody's",
            _anybody(environment),
            _attack(
                "by nobody's key",
                lambda environment: environment.call_proxy(
                    INFO, key=f"sda_{environment.number():043}"
                ),
            ),
            layers=2,
        ),
        Guard(
            "two keys are none",
            _first_key,
            _attack(
                "with two keys",
                lambda environment: environment.call_proxy(
                    INFO,
                    headers=[
                        ("Authorization", f"Bearer {environment.keys['whole']}"),
                        headers.SECOND["a second bearer"](environment),
                    ],
                ),
            ),
        ),
        Guard(
            "what the grants say",
            _allow_all,
            _attack(
                "by who was given nothing",
                lambda environment: environment.call_proxy(INFO, "nobody"),
            ),
        ),
        Guard(
            "asking first",
            _never_ask,
            _attack("without asking", lambda environment: environment.call_proxy(INFO, "asker")),
        ),
        Guard(
            "levels",
            lambda patch: patch.setattr(cedar, "group", lambda resource, _: f"{resource}.full"),
            _attack("a write by who may read", _posts("SELF_ONLY")),
            before=_gives(Right(Resource.POSTING, "read", MINE)),
        ),
        Guard(
            "the account of a grant",
            _permit(integration_id=None),
            _attack(
                "on another account", lambda environment: environment.call_proxy(INFO, TRIED, OTHER)
            ),
            before=_gives(Right(Resource.PROFILE, "read", MINE)),
        ),
        Guard(
            "the actions of a grant",
            _permit(actions=None),
            _attack("by another action", _posts("SELF_ONLY")),
            before=_gives(
                grants=[{"resource": "posting", "level": "full", "actions": ["check-a-post"]}]
            ),
        ),
        Guard(
            "a change acts on the next call",
            _old_policies,
            _attack(
                "after it was taken away", lambda environment: environment.call_proxy(INFO, TRIED)
            ),
            before=_taken_away,
        ),
        Guard(
            "an organisation's accounts are its own",
            _any_account(environment),
            _attack(
                "on another's account",
                lambda environment: environment.call_proxy(INFO, "whole", THEIRS),
            ),
            layers=3,
        ),
        Guard(
            "paths letter for letter",
            _normal_paths,
            _attack(
                "by an encoded path",
                lambda environment: environment.call_proxy(
                    INFO, path=_known_path("display.user_info").replace("info", "inf%6F")
                ),
            ),
        ),
        Guard(
            "methods",
            _any_method,
            _attack(
                "by another method",
                lambda environment: environment.call_proxy(LISTED, method="PUT"),
            ),
        ),
        Guard(
            "which operation of one path is meant",
            _first_use,
            _attack(
                "a profile as a video",
                lambda environment: environment.call_proxy(
                    OPERATIONS["embed.oembed_profile"],
                    "watcher",
                    query="url=https://www.tiktok.com/@maracooks",
                ),
                reaches=True,
            ),
            layers=2,
        ),
        Guard(
            "the use that a tool is for",
            lambda patch: patch.setattr(judged, "_check_use", lambda *_: None),
            _attack(
                "a profile by the tool for videos",
                lambda environment: environment.call_tool(
                    Way.HTTP,
                    "embed_oembed_video",
                    {"url": "https://www.tiktok.com/@maracooks"},
                    "watcher",
                ),
                Way.HTTP,
                reaches=True,
            ),
        ),
        Guard(
            "tokens never leave",
            _open_tokens,
            _attack(
                "a revoke", lambda environment: environment.call_proxy(OPERATIONS["oauth.revoke"])
            ),
            layers=3,
        ),
        Guard(
            "ad accounts that a credential reaches",
            lambda patch: patch.setattr(reach, "problem", lambda *_: None),
            business.named(business.CAMPAIGNS, "another one", business.BEYOND),
        ),
        Guard(
            "an audience is shared within what a credential reaches",
            lambda patch: patch.setattr(reach, "problem", lambda *_: None),
            business.SHARED,
        ),
        Guard(
            "hashes alone in a file of people",
            lambda patch: patch.setattr(judged, "_check_hashed", lambda *_: None),
            business.RAW_FILE,
        ),
        Guard(
            "nothing twice in a query",
            lambda patch: patch.setattr(incoming, "repeated", lambda _: False),
            _attack(
                "the same twice",
                lambda environment: environment.call_proxy(LISTED, query="fields=title&fields=id"),
            ),
        ),
        Guard(
            "what is judged is what is sent",
            # as a parser that stops at the first comma reads it
            lambda patch: patch.setattr(
                judged, "_fields", lambda asked: tuple(getattr(asked, "fields", ""))[:1]
            ),
            _attack(
                "a field behind another",
                lambda environment: environment.call_proxy(LISTED, TRIED, query="fields=id,title"),
            ),
            before=_gives(Right(Resource.VIDEOS, "read", MINE, {"fields": ["id"]})),
        ),
        Guard(
            "the size of a query",
            _in_place(incoming, "MAX_QUERY", 1 << 20),
            _attack(
                "a very long query",
                lambda environment: environment.call_proxy(
                    LISTED, query=f"fields=id&x={'x' * 9_000}"
                ),
            ),
        ),
        Guard(
            "the size of a body",
            _in_place(incoming, "MAX_BODY", 1 << 24),
            _attack("a very long body", _huge),
        ),
        Guard(
            "calls a minute",
            _no_minute,
            _attack("one call more", lambda environment: environment.call_proxy(INFO, TRIED)),
            before=_one_a_minute,
            after=lambda environment: environment.change(TRIED, callsPerMinute=6_000),
        ),
        Guard(
            "what a day has used up is counted",
            _in_place(counters, "use", lambda *_, **__: None),
            _attack("one post more", _posts("SELF_ONLY")),
            before=_one_a_day,
        ),
        Guard(
            "no row, no call",
            _unwritten,
            _attack(
                "what may be done", lambda environment: environment.call_proxy(INFO), reaches=True
            ),
        ),
        Guard(
            "what fails is denied",
            _open_when_broken,
            _attack("while the audit is away", lambda environment: environment.call_proxy(INFO)),
            before=lambda environment: _sql(
                environment, "ALTER TABLE audit_entries RENAME TO elsewhere"
            ),
            after=lambda environment: _sql(
                environment, "ALTER TABLE elsewhere RENAME TO audit_entries"
            ),
        ),
        Guard(
            "the end of the audit is proved",
            _any_end,
            _attack(
                "after an end that was moved", lambda environment: environment.call_proxy(INFO)
            ),
            before=_forge_end,
            after=_right_end,
        ),
        Guard(
            "an upload's address can't be guessed",
            _any_capability,
            _attack("a file to a guessed address", _sends(lambda: "A" * 43)),
            before=_begun,
        ),
        Guard(
            "who was stopped uploads nothing",
            _trust_uploads,
            _attack("a file of who was stopped", _sends(lambda: _UPLOAD["capability"])),
            before=_begun_and_stopped,
            after=lambda environment: environment.change(TRIED, stopped=False),
        ),
        Guard(
            "a person's word",
            _undecided,
            _attack("before anybody decided", _hurried),
        ),
        Guard(
            "what was approved is what is done",
            _any_digest,
            Attack(
                "a guard",
                Way.PROXY,
                "a call that was changed",
                approvals.changed(approvals.CHANGES["its fields"]),
            ),
        ),
        Guard(
            "the file that was approved is what is posted",
            lambda patch: patch.setattr(CallFiles, "check", lambda *_: None),
            Attack("a guard", Way.PROXY, "a file that was changed", approvals.other_file),
        ),
        Guard(
            "an approval counts once",
            _again,
            _attack("again and again", _twice, reaches=True),
        ),
        Guard(
            "an approval's time",
            _in_place(approving, "WAITING", frozenset()),
            _attack("approved too late", _too_late),
        ),
        Guard(
            "an approved call's time",
            _in_place(execute, "LATE_SECONDS", 1e12),
            _attack("done too late", _done_late),
        ),
        Guard(
            "an approval gives nothing that the grants don't",
            _approved_is_allowed,
            Attack(
                "a guard",
                Way.PROXY,
                "approved, and the grant taken away",
                approvals.taken(approvals.TAKEN["its grant taken away"]),
            ),
        ),
        Guard(
            "an approval's link can't be guessed",
            _any_link,
            _attack("by a guessed link", _guesses),
        ),
        Guard(
            "an approval's answer is for who asked",
            lambda patch: patch.setattr(
                ApprovalRequests,
                "answer",
                lambda self, caller, one: answers.answer(self.find(caller.org, one)),
            ),
            Attack(
                "a guard",
                Way.HTTP,
                "eavesdropper: another asks",
                approvals.overheard(Way.HTTP, "whole"),
                True,
            ),
        ),
        Guard(
            "tools that aren't shown",
            lambda patch: patch.setattr(
                Toolbox, "_tool", lambda _, __, name: named(Toolset.ALL).get(name)
            ),
            _attack(
                "a hidden tool",
                lambda environment: environment.call_operation(Way.HTTP, INFO, TRIED),
                Way.HTTP,
            ),
            before=_hide,
            after=lambda environment: environment.change(TRIED, tools="all"),
        ),
        Guard(
            "names that only lead here",
            lambda patch: patch.setattr(AllowedHosts, "answers_to", lambda *_: True),
            _attack("under another name", _mcp(headers={"Host": "evil.example.com"}), Way.HTTP),
        ),
        Guard(
            "pages of others",
            lambda patch: patch.setattr(AllowedHosts, "takes_from", lambda *_: True),
            _attack(
                "from a page of another's",
                _mcp(headers={"Origin": "https://evil.example.com"}),
                Way.HTTP,
            ),
        ),
        Guard(
            "the size of a message",
            _in_place(mcp, "MAX_BODY", 1 << 24),
            _attack("a very long message", _mcp(blanks=asking_size()), Way.HTTP),
        ),
        Guard(
            "a token is for one resource",
            _any_resource,
            _attack("by a token for another resource", _by_token, Way.HTTP),
            before=_signed_in_elsewhere,
        ),
    ]
    for name, (mark, before, send) in CONDITIONS.items():
        attack = _attack(f"against {name}", send)
        found.append(Guard(f"a condition: {name}", _without_clause(mark), attack, before))
    return found
