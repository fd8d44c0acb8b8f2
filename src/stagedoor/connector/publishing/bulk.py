"""Scheduling many posts at once: every row is checked before anything is scheduled, and one
transaction schedules all rows or none.

A row's key gives its post's id, so a repeated row is the same post.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from ..database import Database, TenantConnection
from ..errors import ApiError, Conflict, InvalidInput, ObjectNotFound
from ..media.service import MediaKind, MediaService
from ..tenants.roles import Caller
from . import store
from .account_queue import AccountQueue, Forecast
from .accounts import PostingAccounts
from .approval import ApprovalGate
from .approval_state import ApprovalState
from .bulk_rows import BulkRow, CsvRefused, RowProblem, Sheet, column_of
from .creator_settings import CreatorOffers
from .drafts import Drafts
from .posts import Mode, PostKind, StoredPost
from .scheduling import Scheduling

ROW = "bulk_row"
"""In a post's content: the digest of the row that it was made from."""
MAX_ASKED = 50
"""Questions to TikTok that the check of one file asks, each about an account and its settings."""
_UNASKED = (
    "TikTok wasn't asked what the creator offers, since the file names many accounts: the settings "
    "are checked before the post is sent."
)


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """The outcome of a row. `post` None: it would be scheduled (a dry run)."""

    row: BulkRow
    account: str
    existed: bool
    post: StoredPost | None
    publish_at: float | None
    forecast: Forecast | None
    warnings: tuple[str, ...] = ()


class Bulk:
    """Schedules the rows of a file. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        media: MediaService,
        accounts: PostingAccounts,
        offers: CreatorOffers,
        drafts: Drafts,
        scheduling: Scheduling,
        gate: ApprovalGate,
        queue: AccountQueue,
    ) -> None:
        self._database = database
        self._media = media
        self._accounts = accounts
        self._offers = offers
        self._drafts = drafts
        self._scheduling = scheduling
        self._gate = gate
        self._queue = queue

    def schedule(
        self,
        by: Caller,
        sheet: Sheet,
        default_account: str | None,
        dry_run: bool,
        asked_by: float,
    ) -> list[PlannedPost]:
        """Schedule every row, or only return the outcome that each would have. TikTok is asked what
        creators offer before `asked_by` of the monotonic clock. Raises `CsvRefused`."""
        problems = list(sheet.problems)
        accounts = self._named(by.org, sheet.rows, default_account, problems)
        told = self._check(by.org, sheet.rows, accounts, problems, asked_by)
        if problems:
            raise CsvRefused(sorted(problems, key=lambda one: one.row))
        for number, warnings in sheet.warnings.items():
            told[number] = (*warnings, *told.get(number, ()))
        try:
            return self._write(by, sheet.rows, accounts, told, dry_run)
        except IntegrityError:
            # the same file was sent twice at once: the other request's posts exist now
            return self._write(by, sheet.rows, accounts, told, dry_run)

    def _named(
        self, org: str, rows: Sequence[BulkRow], default: str | None, problems: list[RowProblem]
    ) -> dict[str | None, str]:
        """The integration's id for each account that rows name, by id or handle."""
        found: dict[str | None, str] = {}
        wrong: dict[str | None, str] = {}
        others = bool(problems)
        for row in rows:
            name = row.account
            if name not in found and name not in wrong:
                try:
                    found[name] = (
                        self._accounts.chosen(org, default)
                        if name is None
                        else self._accounts.named(org, name)
                    ).id
                except ApiError as error:
                    # the default account is the request's; beside problems of rows it is told there
                    if error.retryable or (name is None and not others):
                        raise
                    wrong[name] = error.message
            if name in wrong:
                problems.append(RowProblem(row.number, "account", wrong[name]))
        return found

    def _check(
        self,
        org: str,
        rows: Sequence[BulkRow],
        accounts: Mapping[str | None, str],
        problems: list[RowProblem],
        asked_by: float,
    ) -> dict[int, tuple[str, ...]]:
        """Run the checks that need the database or TikTok; return warnings by row."""
        offered: dict[tuple[Any, ...], str | InvalidInput | None] = {}
        told: dict[int, tuple[str, ...]] = {}
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            existing = {row.number: store.find(tenant, post_id(org, row.key)) for row in rows}
            users: dict[str, int] = {}
            for row in rows:
                if existing[row.number] is None:
                    self._check_media(tenant, row, users, problems)
        for row in rows:
            post, account = existing[row.number], accounts.get(row.account)
            if post is not None:
                if post.content.get(ROW) != row.digest:
                    why = (
                        f"the key belongs to post {post.id}, which was made from another row: "
                        "change that post with PATCH, or give the row a key of its own"
                    )
                    problems.append(RowProblem(row.number, "key", why))
                continue
            for problem in self._refusals(row):
                problems.append(_row_problem(row, problem))
            if account is None:
                continue
            asked = (account, row.kind, row.mode, row.values.get("privacy_level"))
            if asked not in offered:
                late = len(offered) >= MAX_ASKED or time.monotonic() > asked_by
                offered[asked] = _UNASKED if late else self._offered(org, account, row)
            answer = offered[asked]
            if isinstance(answer, ApiError):
                problems.append(_row_problem(row, answer))
            elif answer is not None:
                told[row.number] = (answer,)
        return told

    def _refusals(self, row: BulkRow) -> Iterator[ApiError]:
        """The errors by which the clock and the settings refuse a new row, each alone."""
        checks: list[Callable[[], None]] = [
            partial(self._scheduling.check, row.publish_at),
            partial(self._drafts.check_addresses, row.values),
        ]
        if row.kind is PostKind.PHOTOS and row.uploads:
            checks.append(self._drafts.check_pulled)
        for check in checks:
            try:
                check()
            except ApiError as error:
                yield error

    def _offered(self, org: str, account: str, row: BulkRow) -> Any:
        try:
            return self._offers.check(org, account, row.kind, row.mode, row.values)
        except ApiError as error:
            return error

    def _check_media(
        self,
        tenant: TenantConnection,
        row: BulkRow,
        users: dict[str, int],
        problems: list[RowProblem],
    ) -> None:
        """Find a row's problems before anything is written; `add_scheduled` decides. `users`: the
        row that uses an upload."""
        if len(set(row.uploads)) != len(row.uploads):
            problems.append(RowProblem(row.number, _media_column(row), "names a photo twice"))
            return
        wanted = MediaKind.PHOTO if row.kind is PostKind.PHOTOS else MediaKind.VIDEO
        for media_id in row.uploads:
            medium = self._media.find(tenant, media_id)
            if medium is None or medium.kind is not wanted:
                why = f"{media_id} is no {wanted.value} of this organisation"
            elif not medium.complete:
                why = f"{media_id} isn't uploaded as a whole"
            elif medium.post is not None:
                why = f"{media_id} belongs to post {medium.post}: use a file of the media library"
            elif medium.library or users.setdefault(media_id, row.number) == row.number:
                continue
            else:
                why = (
                    f"{media_id} is used by row {users[media_id]}: use a file of the media library"
                )
            problems.append(RowProblem(row.number, _media_column(row), why))

    def _write(
        self,
        by: Caller,
        rows: Sequence[BulkRow],
        accounts: Mapping[str | None, str],
        told: Mapping[int, tuple[str, ...]],
        dry_run: bool,
    ) -> list[PlannedPost]:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, by.org)
            before = {row.number: store.find(tenant, post_id(by.org, row.key)) for row in rows}
            new = [row for row in rows if before[row.number] is None]
            ahead = self._forecasts(tenant, new, accounts)
            # in a fixed order, so that two files that name the same media don't deadlock
            for media_id in sorted({one for row in new for one in row.uploads}):
                self._media.find(tenant, media_id, lock=True)
            waiting: list[str] = []
            planned = []
            for row in rows:
                post = before[row.number]
                existed = post is not None
                if post is None and not dry_run:
                    post = self._add(tenant, by, row, accounts[row.account])
                    given = post.approval
                    if given is not None and given.state is ApprovalState.WAITING:
                        waiting.append(post.id)
                forecast: Forecast | None = ahead.get(row.number)
                publish_at: float | None = row.publish_at
                account = accounts[row.account]
                if existed and post is not None:
                    forecast = self._queue.forecast(tenant, post)
                    publish_at, account = post.publish_at, post.integration
                warnings = () if existed else told.get(row.number, ())
                if forecast is not None and forecast.warning is not None:
                    warnings = (*warnings, forecast.warning)
                planned.append(
                    PlannedPost(row, account, existed, post, publish_at, forecast, warnings)
                )
            if waiting:
                self._gate.tell_many(tenant, waiting, by)
            return planned

    def _add(self, tenant: TenantConnection, by: Caller, row: BulkRow, account: str) -> StoredPost:
        own = post_id(by.org, row.key)
        try:
            self._drafts.add_scheduled(
                tenant,
                own,
                account,
                row.kind,
                row.mode,
                row.title,
                {**row.values, ROW: row.digest},
                row.uploads,
                row.publish_at,
                by,
            )
        except (InvalidInput, Conflict, ObjectNotFound) as error:
            # the file changed since it was checked
            column = _media_column(row) if row.uploads else ""
            raise CsvRefused([RowProblem(row.number, column, error.message)]) from error
        post = store.find(tenant, own)
        assert post is not None  # noqa: S101
        return post

    def _forecasts(
        self, tenant: TenantConnection, rows: Sequence[BulkRow], accounts: Mapping[str | None, str]
    ) -> dict[int, Forecast]:
        groups: dict[tuple[str, Mode], list[BulkRow]] = {}
        for row in rows:
            groups.setdefault((accounts[row.account], row.mode), []).append(row)
        found: dict[int, Forecast] = {}
        for (account, mode), some in groups.items():
            dues = {row.number: row.publish_at for row in some}
            found |= self._queue.forecast_many(tenant, account, mode, dues)
        return found


def _row_problem(row: BulkRow, error: ApiError) -> RowProblem:
    path, _, reason = error.message.partition(": ")
    known = isinstance(error, InvalidInput) and reason
    return RowProblem(
        row.number, column_of(path) if known else "account", reason if known else error.message
    )


def _media_column(row: BulkRow) -> str:
    return "photoMediaIds" if row.kind is PostKind.PHOTOS else "mediaId"


def post_id(org: str, key: str) -> str:
    """The id of the post that a row with this key makes."""
    return hashlib.sha256(json.dumps(["bulk", org, key]).encode()).hexdigest()[:32]
