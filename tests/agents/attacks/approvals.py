"""Calls that a person has to approve: made without an approval, more often than approved, with the
approval of another call, or other than shown."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text

from stagedoor.agents.approvals import links
from stagedoor.platform.operation import Operation, OperationEffect, Subject
from tests.support import media
from tests.support.stored_files import files_in

from .actors import ACME, GLOBEX, MINE, everything
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .keys import PROXIED, TOOLS
from .wire import NOTHING, Answer, request

KIND = "approvals"
INFO, LISTED = OPERATIONS["display.user_info"], OPERATIONS["display.video_list"]
POSTED = OPERATIONS["posting.video_init"]
ASKABLE = [one for one in PROXIED if one.id not in ("posting.status", "posting.cancel")]
READS = [
    one
    for one in ASKABLE
    if one.effect is OperationEffect.READ
    and one.subject is not Subject.NOBODY
    and not one.protocol.answers_file
]
"""The operations that can't wait for a person, since they take files."""


def waits(
    environment: AttackEnvironment, operation: Operation[..., Any], **said: Any
) -> tuple[str, Answer]:
    """Make a call of `asker` that waits; returns the approval's id and the answer."""
    account = MINE if operation.subject.is_account else None
    answer = NOTHING
    for _ in range(3):
        answer = environment.call_proxy(operation, "asker", account, **said)
        if b"approval_id" in answer.body:
            return str(json.loads(answer.body)["data"]["approval_id"]), answer
        # it answered an earlier call with the same arguments
    return "", answer


def says(
    environment: AttackEnvironment, approval: str, word: str, org: str = ACME, **more: Any
) -> Answer:
    """Send a person's verdict by the route."""
    told = environment.service.send(
        "POST", f"/api/approvals/{approval}", {"decision": word}, org=org, **more
    )
    return environment.record(Answer(told.status_code, b"", told.content))


def approved(environment: AttackEnvironment, operation: Operation[..., Any], **said: Any) -> str:
    """Make a call that waits and approve it: it may be executed once."""
    approval, _ = waits(environment, operation, **said)
    assert says(environment, approval, "approve").status == 200
    handle = MINE if operation.subject.is_account else None
    environment.consents["asker", operation.id, handle] += 1
    return approval


def attacks(chance: random.Random) -> Iterator[Attack]:
    for operation in ASKABLE:
        yield Attack(KIND, Way.PROXY, f"{operation.id} without a word", _undecided(operation))
    for operation in READS:
        yield Attack(KIND, Way.PROXY, f"{operation.id} that was refused", _refused(operation))
    for operation in chance.sample(READS, 8):
        yield Attack(KIND, Way.PROXY, f"{operation.id} again", _again(operation), True)
    for operation in chance.sample(READS, 6):
        yield Attack(KIND, Way.PROXY, f"{operation.id} twice at once", _carried(operation), True)
    for name, said in OTHERS_WORDS.items():
        yield Attack(KIND, Way.PROXY, f"approved by {name}", _by_others(said))
    for name, change in CHANGES.items():
        yield Attack(KIND, Way.PROXY, f"changed after it was approved: {name}", changed(change))
    for name, take in TAKEN.items():
        yield Attack(KIND, Way.PROXY, f"approved, and then {name}", taken(take))
    for query in ("fields=username", "fields=open_id,username", "fields=open_id&x=1"):
        yield Attack(KIND, Way.PROXY, f"another call than was approved, {query}", _other(query))
    for way in (Way.HTTP, Way.STDIO):
        for operation in ASKABLE:
            if operation in TOOLS and not operation.protocol.answers_file:
                name = f"{operation.id} without a word"
                yield Attack(KIND, way, name, _undecided_tool(way, operation))
        for operation in chance.sample([one for one in READS if one in TOOLS], 3):
            yield Attack(KIND, way, f"{operation.id} again", _again_by_tool(way, operation), True)
        for who in ("whole", "nobody", "rival"):
            if way is Way.HTTP or who != "whole":
                name = f"eavesdropper: {who} asks what became of another's call"
                yield Attack(KIND, way, name, overheard(way, who), True)
    yield Attack(KIND, Way.PROXY, "a file in place of the one that was approved", other_file)
    yield Attack(KIND, Way.PROXY, "a file sent over the one that waits", _overwritten)


def _refuse(environment: AttackEnvironment, approval: str) -> None:
    """Refuse the approval, so that the next attack doesn't find it."""
    if approval:
        says(environment, approval, "refuse")


def _undecided(operation: Operation[..., Any]) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval, answer = waits(environment, operation)
        yield answer
        yield waits(environment, operation)[1]
        environment.run_due_jobs()
        _refuse(environment, approval)

    return send


def _undecided_tool(
    way: Way, operation: Operation[..., Any]
) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_operation(way, operation, "asker")
        environment.run_due_jobs()
        _refuse(environment, waits(environment, operation)[0])

    return send


def _again_by_tool(
    way: Way, operation: Operation[..., Any]
) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    """Ask repeatedly for the answer of an approved call, which must not execute it again."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval = approved(environment, operation)
        environment.run_due_jobs()
        for _ in range(2):
            yield environment.call_tool(way, "check_approval", {"approval_id": approval}, "asker")
            environment.run_due_jobs()
        yield environment.call_operation(way, operation, "asker")
        environment.run_due_jobs()
        _refuse(environment, waits(environment, operation)[0])

    return send


def overheard(way: Way, who: str) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval = approved(environment, INFO)
        environment.run_due_jobs()
        yield environment.call_tool(way, "check_approval", {"approval_id": approval}, who)
        environment.call_proxy(INFO, "asker")

    return send


def _refused(operation: Operation[..., Any]) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval, answer = waits(environment, operation)
        yield answer
        yield says(environment, approval, "refuse")
        yield says(environment, approval, "approve")
        environment.run_due_jobs()
        yield waits(environment, operation)[1]
        _refuse(environment, waits(environment, operation)[0])

    return send


def _again(operation: Operation[..., Any]) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    """Repeat the call and its approval: one approval executes it once."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval = approved(environment, operation)
        environment.run_due_jobs()
        for _ in range(3):
            answer = waits(environment, operation)[1]
            yield answer
            yield says(environment, approval, "approve")
            environment.run_due_jobs()
        _refuse(environment, waits(environment, operation)[0])

    return send


def _carried(operation: Operation[..., Any]) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    """Run the job of one approval on several workers at once, and again."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval = approved(environment, operation)
        environment.run_concurrently("approval", f"{ACME}/{approval}", 4)
        environment.run_due_jobs()
        yield waits(environment, operation)[1]
        _refuse(environment, waits(environment, operation)[0])

    return send


Word = Callable[[AttackEnvironment, str], Answer]


def _linked(change: Callable[[str], str], method: str = "POST") -> Word:
    """Approve by a link that is derived from the right one, or invented."""

    def said(environment: AttackEnvironment, approval: str) -> Answer:
        right = links.capability(environment.service.services.keys, ACME, approval)
        body = b"decision=approve" if method == "POST" else b""
        more = "" if method == "POST" else "?decision=approve"
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        return environment.ask(
            request(method, f"{links.PATH}/{change(right)}{more}", headers, body)
        )

    return said


def _as_agent(environment: AttackEnvironment, approval: str, who: str = "asker") -> Answer:
    headers = {
        "Authorization": f"Bearer {environment.keys[who]}",
        "orgid": ACME,
        "Content-Type": "application/json",
    }
    body = b'{"decision": "approve"}'
    return environment.ask(request("POST", f"/api/approvals/{approval}", headers, body))


def _by_their_token(environment: AttackEnvironment, approval: str) -> Answer:
    headers = {"Authorization": f"Bearer {environment.service.token(GLOBEX)}", "orgid": ACME}
    body = b'{"decision": "approve"}'
    return environment.ask(request("POST", f"/api/approvals/{approval}", headers, body))


def _in_the_call(environment: AttackEnvironment, _: str) -> Answer:
    return environment.call_proxy(INFO, "asker", query="fields=open_id&approved=true")


def _of_another(environment: AttackEnvironment, _: str) -> Answer:
    """Use the link of another approval."""
    other = links.capability(environment.service.services.keys, GLOBEX, "0" * 32)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return environment.ask(request("POST", f"{links.PATH}/{other}", headers, b"decision=approve"))


OTHERS_WORDS: dict[str, Word] = {
    "the agent itself": _as_agent,
    "another agent": lambda environment, one: _as_agent(environment, one, "whole"),
    "another organisation's admin": lambda environment, one: says(
        environment, one, "approve", GLOBEX
    ),
    "another organisation's token": _by_their_token,
    "a member who is no admin": lambda environment, one: says(
        environment, one, "approve", role="member"
    ),
    "nobody": lambda environment, one: environment.ask(
        request("POST", f"/api/approvals/{one}", {"orgid": ACME}, b'{"decision": "approve"}')
    ),
    "the call's own word": _in_the_call,
    "looking at the link": _linked(lambda right: right, "GET"),
    "a mail program that looks at the link": _linked(lambda right: right, "HEAD"),
    "a link that is cut short": _linked(lambda right: right[:-1]),
    "a link with more behind it": _linked(lambda right: f"{right}A"),
    "a link in capitals": _linked(lambda right: right.upper()),
    "a link with one letter changed": _linked(
        lambda right: ("B" if right[0] == "A" else "A") + right[1:]
    ),
    "a link that was guessed": _linked(lambda _: "A" * 43),
    "an empty link": _linked(lambda _: ""),
    "a pattern for a link": _linked(lambda _: "%25"),
    "another's link": _of_another,
    "a word that is none": lambda environment, one: says(environment, one, "approve "),
}


def _by_others(said: Word) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval, answer = waits(environment, INFO)
        yield answer
        yield said(environment, approval)
        environment.run_due_jobs()
        yield waits(environment, INFO)[1]
        _refuse(environment, approval)

    return send


CHANGES = {
    "its fields": "UPDATE approvals SET request = replace(request, 'open_id', 'username')",
    "its operation in the text": (
        "UPDATE approvals SET request = replace(request, 'user_info', 'video_list')"
    ),
    "its account": ("UPDATE approvals SET request = replace(request, '\"fetch\"', '\"fetch\" ')"),
    "all of its text": "UPDATE approvals SET request = '{}'",
    "no text any more": "UPDATE approvals SET request = NULL",
    "the digest alone": "UPDATE approvals SET digest = 'x'",
}


def changed(change: str) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approval = approved(environment, INFO)
        with environment.service.services.database.begin() as connection:
            connection.execute(text(f"{change} WHERE id = :id"), {"id": approval})
        environment.run_due_jobs()
        environment.consents.clear()
        yield waits(environment, INFO)[1]
        _refuse(environment, waits(environment, INFO)[0])

    return send


Take = Callable[[AttackEnvironment], None]
TAKEN: dict[str, Take] = {
    "its grant taken away": lambda environment: environment.set_grants("asker"),
    "the agent stopped": lambda environment: environment.change("asker", stopped=True),
    "its limit used up": lambda environment: environment.set_grants(
        "asker", cedar="forbid (principal, action, resource);"
    ),
}


def taken(take: Take) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approved(environment, LISTED)
        take(environment)
        environment.run_due_jobs()
        environment.consents.clear()
        environment.change("asker", stopped=False)
        environment.set_grants("asker", *everything(MINE, ask=True))
        yield waits(environment, LISTED)[1]
        _refuse(environment, waits(environment, LISTED)[0])

    return send


def _other(query: str) -> Callable[[AttackEnvironment], Iterator[Answer]]:
    """An approved call waits for its execution, and another call must not use its approval."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approved(environment, INFO, query="fields=display_name")
        environment.consents.clear()
        approval, answer = waits(environment, INFO, query=query)
        yield answer
        environment.delete_due_rows("approval")
        environment.run_due_jobs()
        _refuse(environment, approval)

    return send


def _asked_with_file(environment: AttackEnvironment) -> tuple[str, str, bytes]:
    """Make a post that waits with its file; returns the approval, the file's address, and the
    file."""
    film = media.video()
    source = {"source": "FILE_UPLOAD", "video_size": len(film), "chunk_size": len(film)}
    body = {
        "post_info": {"privacy_level": "SELF_ONLY", "title": f"A film {environment.number()}"},
        "source_info": source | {"total_chunk_count": 1},
    }
    approval, answer = waits(environment, POSTED, body=json.dumps(body).encode())
    url = str(json.loads(answer.body)["data"]["upload_url"])
    path = url[url.index("/agents/upload/") :]
    assert environment.ask(request("PUT", path, {}, film)).status == 201
    return approval, path, film


def other_file(environment: AttackEnvironment) -> Iterator[Answer]:
    approval, _, film = _asked_with_file(environment)
    yield says(environment, approval, "approve")
    folder = environment.service.services.settings.data / "media"
    newest = max(files_in(folder), key=lambda one: one.stat().st_mtime_ns)
    newest.write_bytes(_other_of_size(len(film)))
    environment.run_due_jobs()


def _other_of_size(size: int) -> bytes:
    """Return another video of the same size, padded with an empty box: only its bytes differ."""
    film = media.video(seconds=3)
    left = size - len(film)
    assert left >= 8
    return film + left.to_bytes(4, "big") + b"free" + bytes(left - 8)


def _overwritten(environment: AttackEnvironment) -> Iterator[Answer]:
    """Upload to the file's address, which is closed by then."""
    approval, path, film = _asked_with_file(environment)
    other = media.video(seconds=4)
    whole = {"Content-Range": f"bytes 0-{len(other) - 1}/{len(other)}"}
    yield environment.ask(request("PUT", path, {}, other))
    yield environment.ask(request("PUT", path, whole, other))
    yield environment.ask(request("PUT", path, {}, film))
    environment.run_due_jobs()
    _refuse(environment, approval)


def controls() -> Iterator[Attack]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        approved(environment, INFO)
        environment.run_due_jobs()
        yield environment.call_proxy(INFO, "asker")

    yield Attack(KIND, Way.PROXY, "what a person approved", send, True)
    for way in (Way.HTTP, Way.STDIO):

        def tool(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            approval = approved(environment, INFO)
            environment.run_due_jobs()
            yield environment.call_tool(way, "check_approval", {"approval_id": approval}, "asker")
            environment.call_proxy(INFO, "asker")

        yield Attack(KIND, way, "what a person approved", tool, True)
