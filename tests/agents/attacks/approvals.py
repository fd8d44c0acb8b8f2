"""Calls that a person has to approve: done without their word, more often than they said, by
another's word, or otherwise than they saw it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text

from stagedoor.agents.approvals import links
from stagedoor.platform.operation import Operation, OperationEffect, Subject
from tests.support import media
from tests.support.stored import files_in

from .actors import ACME, GLOBEX, MINE, everything
from .attack import Attack, Way
from .attack_environment import OPERATIONS, Arena
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
"""Files can't wait for a person."""


def waits(arena: Arena, operation: Operation[..., Any], **said: Any) -> tuple[str, Answer]:
    """The approval as which a call of the asker's waits, and how it was told."""
    account = MINE if operation.subject.is_account else None
    answer = NOTHING
    for _ in range(3):
        answer = arena.proxied(operation, "asker", account, **said)
        if b"approval_id" in answer.body:
            return str(json.loads(answer.body)["data"]["approval_id"]), answer
        # it was the answer to an earlier call of the same
    return "", answer


def says(arena: Arena, approval: str, word: str, org: str = ACME, **more: Any) -> Answer:
    """What a person says by the route."""
    told = arena.service.send(
        "POST", f"/api/approvals/{approval}", {"decision": word}, org=org, **more
    )
    return arena.heard(Answer(told.status_code, b"", told.content))


def approved(arena: Arena, operation: Operation[..., Any], **said: Any) -> str:
    """It waits, and a person says yes: it may be done once."""
    approval, _ = waits(arena, operation, **said)
    assert says(arena, approval, "approve").status == 200
    handle = MINE if operation.subject.is_account else None
    arena.consents["asker", operation.id, handle] += 1
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


def _refuse(arena: Arena, approval: str) -> None:
    """So that the next attack doesn't meet it."""
    if approval:
        says(arena, approval, "refuse")


def _undecided(operation: Operation[..., Any]) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        approval, answer = waits(arena, operation)
        yield answer
        yield waits(arena, operation)[1]
        arena.carry()
        _refuse(arena, approval)

    return send


def _undecided_tool(
    way: Way, operation: Operation[..., Any]
) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        yield arena.operated(way, operation, "asker")
        arena.carry()
        _refuse(arena, waits(arena, operation)[0])

    return send


def _again_by_tool(way: Way, operation: Operation[..., Any]) -> Callable[[Arena], Iterator[Answer]]:
    """Its answer may be asked for again and again, and nothing is done again."""

    def send(arena: Arena) -> Iterator[Answer]:
        approval = approved(arena, operation)
        arena.carry()
        for _ in range(2):
            yield arena.tool(way, "check_approval", {"approval_id": approval}, "asker")
            arena.carry()
        yield arena.operated(way, operation, "asker")
        arena.carry()
        _refuse(arena, waits(arena, operation)[0])

    return send


def overheard(way: Way, who: str) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        approval = approved(arena, INFO)
        arena.carry()
        yield arena.tool(way, "check_approval", {"approval_id": approval}, who)
        arena.proxied(INFO, "asker")

    return send


def _refused(operation: Operation[..., Any]) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        approval, answer = waits(arena, operation)
        yield answer
        yield says(arena, approval, "refuse")
        yield says(arena, approval, "approve")
        arena.carry()
        yield waits(arena, operation)[1]
        _refuse(arena, waits(arena, operation)[0])

    return send


def _again(operation: Operation[..., Any]) -> Callable[[Arena], Iterator[Answer]]:
    """Approved once it is done once, however often the call, or the yes, is repeated."""

    def send(arena: Arena) -> Iterator[Answer]:
        approval = approved(arena, operation)
        arena.carry()
        for _ in range(3):
            answer = waits(arena, operation)[1]
            yield answer
            yield says(arena, approval, "approve")
            arena.carry()
        _refuse(arena, waits(arena, operation)[0])

    return send


def _carried(operation: Operation[..., Any]) -> Callable[[Arena], Iterator[Answer]]:
    """Workers that are at it at once, and again."""

    def send(arena: Arena) -> Iterator[Answer]:
        approval = approved(arena, operation)
        arena.carry_at_once("approval", f"{ACME}/{approval}", 4)
        arena.carry()
        yield waits(arena, operation)[1]
        _refuse(arena, waits(arena, operation)[0])

    return send


Word = Callable[[Arena, str], Answer]


def _linked(change: Callable[[str], str], method: str = "POST") -> Word:
    """By a link that was made from the right one, or from nothing."""

    def said(arena: Arena, approval: str) -> Answer:
        right = links.capability(arena.service.services.keys, ACME, approval)
        body = b"decision=approve" if method == "POST" else b""
        more = "" if method == "POST" else "?decision=approve"
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        return arena.ask(request(method, f"{links.PATH}/{change(right)}{more}", headers, body))

    return said


def _as_agent(arena: Arena, approval: str, who: str = "asker") -> Answer:
    headers = {
        "Authorization": f"Bearer {arena.keys[who]}",
        "orgid": ACME,
        "Content-Type": "application/json",
    }
    body = b'{"decision": "approve"}'
    return arena.ask(request("POST", f"/api/approvals/{approval}", headers, body))


def _by_their_token(arena: Arena, approval: str) -> Answer:
    headers = {"Authorization": f"Bearer {arena.service.token(GLOBEX)}", "orgid": ACME}
    body = b'{"decision": "approve"}'
    return arena.ask(request("POST", f"/api/approvals/{approval}", headers, body))


def _in_the_call(arena: Arena, _: str) -> Answer:
    return arena.proxied(INFO, "asker", query="fields=open_id&approved=true")


def _of_another(arena: Arena, _: str) -> Answer:
    """The link of an approval that isn't."""
    other = links.capability(arena.service.services.keys, GLOBEX, "0" * 32)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return arena.ask(request("POST", f"{links.PATH}/{other}", headers, b"decision=approve"))


OTHERS_WORDS: dict[str, Word] = {
    "the agent itself": _as_agent,
    "another agent": lambda arena, one: _as_agent(arena, one, "whole"),
    "another organisation's admin": lambda arena, one: says(arena, one, "approve", GLOBEX),
    "another organisation's token": _by_their_token,
    "a member who is no admin": lambda arena, one: says(arena, one, "approve", role="member"),
    "nobody": lambda arena, one: arena.ask(
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
    "a word that is none": lambda arena, one: says(arena, one, "approve "),
}


def _by_others(said: Word) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        approval, answer = waits(arena, INFO)
        yield answer
        yield said(arena, approval)
        arena.carry()
        yield waits(arena, INFO)[1]
        _refuse(arena, approval)

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


def changed(change: str) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        approval = approved(arena, INFO)
        with arena.service.services.database.begin() as connection:
            connection.execute(text(f"{change} WHERE id = :id"), {"id": approval})
        arena.carry()
        arena.consents.clear()
        yield waits(arena, INFO)[1]
        _refuse(arena, waits(arena, INFO)[0])

    return send


Take = Callable[[Arena], None]
TAKEN: dict[str, Take] = {
    "its grant taken away": lambda arena: arena.give("asker"),
    "the agent stopped": lambda arena: arena.change("asker", stopped=True),
    "its limit used up": lambda arena: arena.give(
        "asker", cedar="forbid (principal, action, resource);"
    ),
}


def taken(take: Take) -> Callable[[Arena], Iterator[Answer]]:
    def send(arena: Arena) -> Iterator[Answer]:
        approved(arena, LISTED)
        take(arena)
        arena.carry()
        arena.consents.clear()
        arena.change("asker", stopped=False)
        arena.give("asker", *everything(MINE, ask=True))
        yield waits(arena, LISTED)[1]
        _refuse(arena, waits(arena, LISTED)[0])

    return send


def _other(query: str) -> Callable[[Arena], Iterator[Answer]]:
    """What was approved waits to be done, and another call doesn't go by it."""

    def send(arena: Arena) -> Iterator[Answer]:
        approved(arena, INFO, query="fields=display_name")
        arena.consents.clear()
        approval, answer = waits(arena, INFO, query=query)
        yield answer
        arena.forget_due("approval")
        arena.carry()
        _refuse(arena, approval)

    return send


def _asked_with_file(arena: Arena) -> tuple[str, str, bytes]:
    """A post that waits with its file: the approval, the file's address, and the file."""
    film = media.video()
    source = {"source": "FILE_UPLOAD", "video_size": len(film), "chunk_size": len(film)}
    body = {
        "post_info": {"privacy_level": "SELF_ONLY", "title": f"A film {arena.number()}"},
        "source_info": source | {"total_chunk_count": 1},
    }
    approval, answer = waits(arena, POSTED, body=json.dumps(body).encode())
    url = str(json.loads(answer.body)["data"]["upload_url"])
    path = url[url.index("/agents/upload/") :]
    assert arena.ask(request("PUT", path, {}, film)).status == 201
    return approval, path, film


def other_file(arena: Arena) -> Iterator[Answer]:
    approval, _, film = _asked_with_file(arena)
    yield says(arena, approval, "approve")
    folder = arena.service.services.settings.data / "media"
    newest = max(files_in(folder), key=lambda one: one.stat().st_mtime_ns)
    newest.write_bytes(_other_of_size(len(film)))
    arena.carry()


def _other_of_size(size: int) -> bytes:
    """Another film, padded with a box that says nothing: only its bytes give it away."""
    film = media.video(seconds=3)
    left = size - len(film)
    assert left >= 8
    return film + left.to_bytes(4, "big") + b"free" + bytes(left - 8)


def _overwritten(arena: Arena) -> Iterator[Answer]:
    """The address for the file is closed by then."""
    approval, path, film = _asked_with_file(arena)
    other = media.video(seconds=4)
    whole = {"Content-Range": f"bytes 0-{len(other) - 1}/{len(other)}"}
    yield arena.ask(request("PUT", path, {}, other))
    yield arena.ask(request("PUT", path, whole, other))
    yield arena.ask(request("PUT", path, {}, film))
    arena.carry()
    _refuse(arena, approval)


def controls() -> Iterator[Attack]:
    def send(arena: Arena) -> Iterator[Answer]:
        approved(arena, INFO)
        arena.carry()
        yield arena.proxied(INFO, "asker")

    yield Attack(KIND, Way.PROXY, "what a person approved", send, True)
    for way in (Way.HTTP, Way.STDIO):

        def tool(arena: Arena, way: Way = way) -> Iterator[Answer]:
            approval = approved(arena, INFO)
            arena.carry()
            yield arena.tool(way, "check_approval", {"approval_id": approval}, "asker")
            arena.proxied(INFO, "asker")

        yield Attack(KIND, way, "what a person approved", tool, True)
