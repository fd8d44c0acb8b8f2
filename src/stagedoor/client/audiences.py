"""Audiences in several steps: hashed here, uploaded, created or changed; streamed in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any

from stagedoor.platform.arguments import Says, passed_as
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_audiences as audiences
from stagedoor.platform.products.business_audiences import (
    AudienceMade,
    AudienceSubType,
    IdSchema,
    MappingAction,
    UpdateAction,
)
from stagedoor.platform.refusal import InvalidRequest

from .effects import Blocking, Flow
from .identifiers.columns import calculate_type
from .identifiers.files import HashedFile, HashedFiles
from .identifiers.hashing import check_identifiers, hashed_columns
from .identifiers.kinds import IdentifierKind
from .identifiers.source import Identifiers
from .session import Session, build, call

STREAMED_AT_ONCE = 1_000
"""People of one call of streaming."""
_PAGE = 100
_SCHEMAS = {
    IdentifierKind.EMAIL: "EMAIL",
    IdentifierKind.PHONE: "PHONE",
    IdentifierKind.IDFA: "IDFA",
    IdentifierKind.IDFA_UPPER: "IDFA",
    IdentifierKind.GAID: "AAID",
}

passed_as(Identifiers, "Identifiers, such as Identifiers.emails([...])")

_Raw = Annotated[
    Identifiers, Says("the customers; hashed in this process, raw values are never sent")
]
_Advertiser = Annotated[str | int, Says("the ad account; a client of `for_advertiser` fills it in")]


def upload(
    session: Session,
    name: Annotated[str, Says("1 to 128 characters")],
    identifiers: _Raw,
    *,
    advertiser_id: _Advertiser = "",
    retention_in_days: Annotated[int | None, Says("its life, 1 to 365 days")] = None,
    audience_sub_type: AudienceSubType | None = None,
) -> Flow[AudienceMade]:
    """Create an audience of customers in one call: check, normalise, hash, upload, create.

    Broken rows raise `IdentifiersRejected`, which names them, before anything is sent. Many
    identifiers are sent as several files. TikTok matches the audience for up to 48 hours.
    """
    account = _account(advertiser_id)
    asked = account | {
        "custom_audience_name": name,
        "calculate_type": calculate_type(identifiers.columns),
        "retention_in_days": retention_in_days,
        "audience_sub_type": audience_sub_type,
    }
    _check(session, audiences.AUDIENCE_CREATE, asked)
    files = yield Blocking(HashedFiles, (identifiers,))
    asked["file_paths"] = yield from _sent(session, files, account)
    made: AudienceMade = yield from call(session, audiences.AUDIENCE_CREATE, asked)
    return made


def change_people(
    session: Session,
    custom_audience_id: str | int,
    identifiers: _Raw,
    action: Annotated[UpdateAction, Says("add them, take them out, or replace all by them")],
    *,
    advertiser_id: _Advertiser = "",
) -> Flow[None]:
    """Add customers to an audience, take them out, or replace all of its people.

    The kinds of identifiers must be those with which the audience was created.
    """
    account = _account(advertiser_id)
    asked = account | {"custom_audience_id": custom_audience_id, "action": action}
    _check(session, audiences.AUDIENCE_UPDATE, asked)
    files = yield Blocking(HashedFiles, (identifiers,))
    asked["file_paths"] = yield from _sent(session, files, account)
    yield from call(session, audiences.AUDIENCE_UPDATE, asked)


def _check(session: Session, operation: Operation[..., Any], asked: Mapping[str, Any]) -> None:
    """Refuse a wrong request before any file is made."""
    build(operation, session.filled(operation, {**asked, "file_paths": ("-",)}))


def _account(advertiser_id: str | int) -> dict[str, Any]:
    return {"advertiser_id": str(advertiser_id)} if advertiser_id else {}


def _sent(session: Session, files: HashedFiles, account: dict[str, Any]) -> Flow[tuple[str, ...]]:
    """Upload all files; returns their paths."""
    paths: list[str] = []
    while True:
        file: HashedFile | None = yield Blocking(files.take)
        if file is None:
            break
        asked = {
            "file": file.data,
            "file_signature": file.signature,
            "calculate_type": files.calculate_type,
            "file_name": f"identifiers-{len(paths) + 1}.csv",
        }
        answer = yield from call(session, audiences.AUDIENCE_FILE_UPLOAD, account | asked)
        paths.append(answer.file_path)
    if not paths:
        raise InvalidRequest("Identifiers", [("", "hold no identifier: all of them are empty")])
    return tuple(paths)


def stream(
    session: Session,
    audience_ids: Annotated[Iterable[str], Says("streamed audiences")],
    identifiers: _Raw,
    action: MappingAction = MappingAction.ADD,
    *,
    advertiser_id: _Advertiser = "",
) -> Flow[int]:
    """Add customers to streamed audiences one by one, or take them out; returns their number.

    They are sent 1,000 at a time. Broken rows are named before anything is sent, unless the
    identifiers are an iterator, which can be read only once.
    """
    account = session.filled(audiences.SEGMENT_AUDIENCE, _account(advertiser_id))
    schema = [_schema(column.kind, column.algorithm) for column in identifiers.columns]
    into, count = tuple(map(str, audience_ids)), 0
    if identifiers.repeatable:
        yield Blocking(check_identifiers, (identifiers,))
    people = _people(identifiers, into)
    while batch := (yield Blocking(_batch, (people,))):
        asked = {
            "advertiser_ids": (account["advertiser_id"],),
            "action": action,
            "id_schema": schema,
            "batch_data": batch,
        }
        yield from call(session, audiences.SEGMENT_MAPPING, asked)
        count += len(batch)
    return count


def _schema(kind: IdentifierKind, algorithm: str) -> IdSchema:
    name = _SCHEMAS.get(kind)
    if name is None:
        why = "of kind device can't be streamed: say whether they are of idfa or gaid"
        raise InvalidRequest("Identifiers", [("", why)])
    return IdSchema(f"{name}_{algorithm}")


def _people(identifiers: Identifiers, into: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    for columns in hashed_columns(identifiers):
        for row in zip(*columns, strict=True):
            if any(row):
                yield tuple({"id": one, "audience_ids": into} if one else {} for one in row)


def _batch(people: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list(islice(people, STREAMED_AT_ONCE))
