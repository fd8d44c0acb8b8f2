"""Writes at TikTok: journalled before, made at most once, and settled where an answer is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.ads_vocabulary import OperationStatus
from stagedoor.platform.operation import Operation
from stagedoor.platform.products.business_ads.common import MAX_STATUSES

from ..errors import ApiError
from ..integrations.tiktok_errors import api_error_of
from .compose import as_json, from_json
from .errors import CreateUnsettled, WriteUnsettled
from .journal import AdJournal, ChangeAuthor, is_lost, is_repeated
from .levels import LevelCalls
from .objects import AdObject
from .reads import AdReads, Check, send
from .settling import Settling
from .store import AdsAction, Write, WriteOutcome


class Writes:
    """Creates, changes and switches objects. Thread-safe.

    `check` is called right before each request is sent; an exception that it raises ends the write,
    which then counts as failed.
    """

    def __init__(self, journal: AdJournal, reads: AdReads, settling: Settling) -> None:
        self._journal = journal
        self._reads = reads
        self._settling = settling

    # creates

    def create(
        self,
        by: ChangeAuthor,
        calls: LevelCalls,
        account_id: str,
        request: BaseModel,
        id: str,
        check: Check | None = None,
    ) -> AdObject:
        """Make an object, once for each `id`: a repetition gives the same object, without its
        review.

        Raises TikTok's refusals, `CreateUnsettled` and `WriteAtWork`.
        """
        object_id = self.made(
            by, calls.level.value, calls.called, calls.create, account_id, request, id, check
        )
        return self._reads.find(by.org, calls, object_id, account_id)

    def made(
        self,
        by: ChangeAuthor,
        level: str,
        called: str,
        operation: Operation[..., Any],
        account_id: str,
        request: BaseModel,
        id: str,
        check: Check | None = None,
    ) -> str:
        """As `create`, for anything with an id; returns TikTok's id."""
        kept = as_json(request)
        write, fresh = self._journal.begin_create(by, level, called, account_id, kept, id)
        if write.outcome is WriteOutcome.DONE and write.object is not None:
            return write.object
        with self._journal.failing(by.org, [write.id] if fresh else []):
            client = self._reads.client(by.org, account_id)
        lost: StagedoorError | None = None
        if fresh:
            try:
                with self._journal.failing(by.org, [write.id]):
                    return self._sent(by.org, client, operation, write, check)
            except StagedoorError as error:
                if not is_lost(error):
                    raise api_error_of(error) from error
                lost = error
        unsettled = CreateUnsettled(called, write.id)
        try:
            found = self._recovered(by.org, client, operation, write, check)
        except ApiError as error:
            self._journal.unknown(by.org, [write.id], error)
            raise
        if found is None and not fresh and self._settling.given_up(by.org, write):
            # requests that are repeated put the job off, so they may find the end of it as well
            return self.made(by, level, called, operation, account_id, request, id, check)
        if found is None:
            self._journal.unknown(by.org, [write.id], lost or unsettled)
            raise unsettled from lost
        return found

    def _sent(
        self,
        org: str,
        client: TikTokBusiness,
        operation: Operation[..., Any],
        write: Write,
        check: Check | None,
    ) -> str:
        answer = send(client, operation, from_json(operation, write.account, write.request), check)
        object_id = _id_in(answer)
        self._journal.done(org, [write.id], object_id)
        return object_id

    def _recovered(
        self,
        org: str,
        client: TikTokBusiness,
        operation: Operation[..., Any],
        write: Write,
        check: Check | None,
    ) -> str | None:
        """The object of a create that may have been done: by its `request_id`, else by TikTok's
        list."""
        try:
            if write.request.get("request_id") is not None:
                return self._sent(org, client, operation, write, check)
        except StagedoorError as error:
            if is_lost(error) and not is_repeated(error):
                return None
        try:
            found = self._settling.made(org, client, write)
        except StagedoorError:
            return None
        if found is not None:
            self._journal.done(org, [write.id], found)
        return found

    # changes

    def change(
        self,
        by: ChangeAuthor,
        calls: LevelCalls,
        found: AdObject,
        request: BaseModel,
        check: Check | None = None,
    ) -> AdObject:
        """Change an object; gives it as it is then. Raises TikTok's refusals and
        `WriteUnsettled`."""
        ids = self._journal.begin(
            by, calls.level, AdsAction.CHANGE, found.account_id, {found.id: as_json(request)}
        )
        with self._journal.failing(by.org, ids):
            client = self._reads.client(by.org, found.account_id)
            try:
                send(client, calls.update, request, check)
            except StagedoorError as error:
                if not is_lost(error):
                    raise api_error_of(error) from error
                self._settled(by, calls, found.account_id, ids, [found.id], error)
            else:
                self._journal.done(by.org, ids)
        return self._reads.get(by.org, calls, found.id, found.account_id)

    def switch(
        self,
        by: ChangeAuthor,
        calls: LevelCalls,
        account_id: str,
        object_ids: Sequence[str],
        on: bool,
        check: Check | None = None,
    ) -> None:
        """Switch objects on or off. Repeating it is safe. Raises TikTok's refusals and
        `WriteUnsettled`."""
        action = AdsAction.LAUNCH if on else AdsAction.PAUSE
        value = OperationStatus.ENABLE if on else OperationStatus.DISABLE
        for at in range(0, len(object_ids), MAX_STATUSES):
            some = tuple(object_ids[at : at + MAX_STATUSES])
            sent: Mapping[str, Any] = {"operation_status": value.value}
            ids = self._journal.begin(
                by, calls.level, action, account_id, {one: sent for one in some}
            )
            with self._journal.failing(by.org, ids):
                client = self._reads.client(by.org, account_id)
                request = calls.switch.request(
                    advertiser_id=account_id, operation_status=value, **{calls.ids: some}
                )
                try:
                    send(client, calls.switch, request, check)
                except StagedoorError as error:
                    if not is_lost(error):
                        raise api_error_of(error) from error
                    self._settled(by, calls, account_id, ids, some, error)
                else:
                    self._journal.done(by.org, ids)

    def _settled(
        self,
        by: ChangeAuthor,
        calls: LevelCalls,
        account_id: str,
        write_ids: Sequence[str],
        object_ids: Sequence[str],
        lost: StagedoorError,
    ) -> None:
        """Settle writes whose answer was lost by what TikTok shows. Raises `WriteUnsettled` unless
        all of them were done."""
        try:
            shown = self._reads.read_in(by.org, calls, account_id, object_ids)
        except Exception:
            self._journal.unknown(by.org, write_ids, lost)
            raise WriteUnsettled(calls.called) from lost
        by_id = {one.id: one for one in shown}
        rows = {
            one.id: one
            for object_id in object_ids
            for one in self._journal.changes(by.org, calls.level, object_id)
        }
        done = [
            write_id
            for write_id, object_id in zip(write_ids, object_ids, strict=True)
            if object_id in by_id and self._settling.happened(rows[write_id], by_id[object_id])
        ]
        self._journal.done(by.org, done)
        others = [one for one in write_ids if one not in done]
        if others:
            self._journal.unknown(by.org, others, lost)
            raise WriteUnsettled(calls.called) from lost


def _id_in(answer: Any) -> str:
    """The id of the object that a create's answer names."""
    for name in ("identity_id", "adgroup_id", "campaign_id"):
        found = getattr(answer, name, None)
        if found is not None:
            return str(found)
    return str(answer.ad_ids[0])
