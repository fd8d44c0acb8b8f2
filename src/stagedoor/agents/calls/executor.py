"""Execute allowed calls: as posts of the service, or as one request to TikTok."""

from __future__ import annotations

import shutil
import tempfile
import threading
import uuid
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from stagedoor.client import Answered, Progress, RetryPolicy, TikTok, TikTokBusiness
from stagedoor.client.effects import before_sending
from stagedoor.client.errors import QuotaExceeded, StagedoorError, TikTokError, TransportError
from stagedoor.connector.ads import spend_calls
from stagedoor.connector.ads.spend_calls import SpendCalls
from stagedoor.connector.apps.service import Apps, RegisteredApp
from stagedoor.connector.cancellation import Interrupted, current
from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database
from stagedoor.connector.errors import ApiError
from stagedoor.connector.integrations.business import BusinessClients
from stagedoor.connector.integrations.service import Integrations
from stagedoor.connector.publishing import accounts, creator_settings
from stagedoor.connector.publishing.accounts import PostingAccounts
from stagedoor.connector.publishing.creator_settings import CreatorAnswers
from stagedoor.connector.publishing.errors import api_error_of
from stagedoor.connector.research.single_calls import SingleCalls
from stagedoor.platform.operation import Operation, OperationEffect, Quota, Subject
from stagedoor.platform.products import portability, posting

from .. import vocabulary
from ..audit.entry import CallOutcome
from ..identity.service import AgentCaller
from . import posts, spend_errors, uploads
from .errors import NoRoom
from .flow import Flow, RunInThread, delegate
from .posts import AgentPosts
from .request import CallAnswer, CallRequest
from .stored_call import StoredCall

_ONCE = RetryPolicy(attempts=1)
_RESERVE = 64 << 20
"""Bytes of disk space that downloads leave free for the databases."""


class CallFailed(Exception):
    """The call didn't complete; `error` is for the agent."""

    def __init__(self, error: ApiError, outcome: CallOutcome, log_id: str | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.outcome = outcome
        self.log_id = log_id


class _Heard:
    """Keeps TikTok's last answer."""

    answered: Answered | None = None

    def hear(self, answered: Answered) -> None:
        self.answered = answered

    @property
    def log_id(self) -> str | None:
        return (self.answered.log_id or None) if self.answered else None


class Executor:
    """Executes allowed calls. Shared by all threads."""

    def __init__(
        self,
        *,
        downloads: Path,
        database: Database,
        clock: Clock,
        apps: Apps,
        integrations: Integrations,
        business: BusinessClients,
        accounts: PostingAccounts,
        creator_answers: CreatorAnswers,
        posts: AgentPosts,
        spend: SpendCalls,
        research: SingleCalls,
    ) -> None:
        self._downloads = downloads
        self._database = database
        self._clock = clock
        self._apps = apps
        self._integrations = integrations
        self._business = business
        self._accounts = accounts
        self._creator_answers = creator_answers
        self._posts = posts
        self._spend = spend
        self._research = research
        self._lock = threading.Lock()
        self._own: dict[str, tuple[RegisteredApp, TikTok]] = {}

    def flow(
        self,
        caller: AgentCaller,
        call: CallRequest,
        request: BaseModel,
        asked_by: str,
        post_id: str | None,
    ) -> Flow[CallAnswer]:
        """Execute a call. Raises `CallFailed`. `asked_by` names the decision; `post_id` identifies
        a new post."""
        operation, org = call.operation, caller.org
        try:
            if posts.does(operation):
                post = partial(self._post, caller, call, request, asked_by, post_id)
                if operation is posting.STATUS:
                    return post()
                done: CallAnswer = yield RunInThread(post)
                return done
            if isinstance(request, portability.ExportDownload):
                done = yield RunInThread(partial(self._download, org, call, request), slow=True)
                return done
            if spend_calls.concerns(operation, request):
                within = partial(self._within_limit, org, call, request)
                done = yield RunInThread(within, slow=True)
                return done
            if operation.quota is not None:
                return (yield from self._under_quota(org, call, request, operation.quota))
            return (yield from self._call(org, call, request))
        except ApiError as error:
            raise CallFailed(error, CallOutcome.FAILED, error.log_id) from error
        except StagedoorError as error:
            log_id = error.log_id or None if isinstance(error, TikTokError) else None
            raise CallFailed(api_error_of(error), _outcome(operation, error), log_id) from error

    def over_spend_limit(self, org: str, call: CallRequest, request: BaseModel) -> str | None:
        """Return why the organisation's spend limit would refuse a call now; None if it wouldn't,
        or has no part in it. It may ask TikTok."""
        if not (spend_calls.concerns(call.operation, request) and self._spend.limited(org)):
            return None
        try:
            with spend_errors.as_agent_errors(request):
                if error := self._spend.refusal(org, call.operation, request):
                    raise error
        except ApiError as error:
            return f"{error.code}: {error.message}"
        return None

    def offered_problem(self, org: str, call: CallRequest, request: BaseModel) -> Flow[str | None]:
        """Return why TikTok would reject a direct post: the creator doesn't offer its privacy
        level.

        None if there is no problem, and also where TikTok can't be asked: the level is then checked
        when the post is made.
        """
        level = posts.level(request)
        if level is None:
            return None
        try:
            account, client = self._accounts.acting(
                org, call.account or "", call.operation, dict(request)
            )
            creator = self._creator_answers.accepting(account.grant.id, level)
            if creator is None:
                creator = yield from delegate(client.driver, client.flow(posting.CREATOR_INFO))
                self._creator_answers.keep(account.grant.id, creator)
        except Interrupted:
            raise
        except (StagedoorError, ApiError):
            return None
        problem = creator_settings.level_problem(level, creator)
        return None if problem is None else f"privacy_level: {problem}"

    def fetched(
        self, caller: AgentCaller, call: CallRequest, request: BaseModel, post_id: str
    ) -> list[tuple[str, str]]:
        """Fetch the media of a post. Returns ids and SHA-256 digests. Raises `ApiError`."""
        account = self._integrations.get(caller.org, call.account or "")
        accounts.check(account, call.operation, dict(request))
        return self._posts.fetched(caller.org, request, post_id)

    def _post(
        self,
        caller: AgentCaller,
        call: CallRequest,
        request: BaseModel,
        asked_by: str,
        post_id: str | None,
    ) -> CallAnswer:
        org = caller.org
        account = self._integrations.get(org, call.account or "")
        values = dict(request)
        accounts.check(account, call.operation, values)
        if isinstance(request, posting.PublishIdQuery):
            if call.operation is posting.STATUS:
                return CallAnswer(self._posts.status(org, account.id, request.publish_id))
            return CallAnswer(self._posts.cancel(org, account.id, request.publish_id))
        if posts.awaits_file(call, request):
            post_id = post_id or uuid.uuid4().hex
            stored = StoredCall.of(call, request)
            uploads.begin(self._database, self._clock, caller, post_id, stored)
        return self._posts.begin(caller, account.id, call, request, post_id, asked_by)

    def _call(self, org: str, call: CallRequest, request: BaseModel) -> Flow[CallAnswer]:
        operation = call.operation
        said = {name: getattr(request, name) for name in request.model_fields_set}
        heard = _Heard()
        client = self._client(org, call, said).with_listener(heard.hear)
        if operation.quota is not None:
            client = client.with_retry(_ONCE)  # a repetition would count, too
        answer: BaseModel = yield from delegate(client.driver, client.flow_of(operation, request))
        return CallAnswer(answer, heard.log_id, answered=heard.answered)

    def _under_quota(
        self, org: str, call: CallRequest, request: BaseModel, quota: Quota
    ) -> Flow[CallAnswer]:
        """Make a call that counts against the daily quota which the app's organisations share."""
        app_id = self._apps.of_org(org).id
        yield RunInThread(partial(self._research.take, org, app_id, quota))
        try:
            done = yield from self._call(org, call, request)
        except QuotaExceeded as error:
            yield RunInThread(partial(self._research.refused, app_id, quota, error))
            raise
        yield RunInThread(partial(self._research.answered, app_id, call.operation, done.said))
        return done

    def _within_limit(self, org: str, call: CallRequest, request: BaseModel) -> CallAnswer:
        """Make a call if the organisation's spend limit allows it, and nobody adds to budgets
        meanwhile."""
        heard = _Heard()
        with (
            spend_errors.as_agent_errors(request),
            self._spend.allowing(org, call.operation, request) as check,
        ):
            current().check()
            client = self._client(org, call, dict(request)).with_listener(heard.hear)
            flow = client.flow_of(call.operation, request)
            answer = client.driver.run(before_sending(flow, check))
        return CallAnswer(answer, heard.log_id, answered=heard.answered)

    def _download(
        self, org: str, call: CallRequest, request: portability.ExportDownload
    ) -> CallAnswer:
        heard = _Heard()
        client = self._tiktok(org, call, dict(request)).with_listener(heard.hear)
        folder = self._downloads
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # an unnamed temporary file: nothing of it stays on the disk, even after a crash
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            client.portability.download(request.request_id, file, progress=self._has_room)
            file.seek(0)
            stack.pop_all()
        return CallAnswer({}, heard.log_id, file=file)

    def _has_room(self, progress: Progress) -> None:
        current().check()
        left = max(0, progress.total - progress.done)
        if shutil.disk_usage(self._downloads).free < left + _RESERVE:
            raise NoRoom

    def _client(
        self, org: str, call: CallRequest, values: dict[str, Any]
    ) -> TikTok | TikTokBusiness:
        if call.operation.subject is Subject.ADVERTISER:
            return self._business.for_ads(org, call.account or "")
        if call.operation.subject is Subject.ACCOUNT_HOLDER:
            return self._business.for_account(org, call.account or "")
        return self._tiktok(org, call, values)

    def _tiktok(self, org: str, call: CallRequest, values: dict[str, Any]) -> TikTok:
        if vocabulary.needs_account(call.operation):
            _, client = self._accounts.acting(org, call.account or "", call.operation, values)
            return client
        app = self._apps.of_org(org)
        if call.operation.subject is Subject.NOBODY:
            return self._integrations.client(app, retry=accounts.BRISK)
        with self._lock:
            # one client for each version of an app: its token is requested once, and kept for all
            # calls
            known = self._own.get(app.id)
            if known is None or known[0] != app:
                known = app, self._integrations.client(app, retry=accounts.BRISK)
                self._own[app.id] = known
            return known[1]


def _outcome(operation: Operation[..., Any], error: StagedoorError) -> CallOutcome:
    """Return the outcome of a failed call; UNKNOWN for a write whose answer was lost."""
    lost = operation.effect is OperationEffect.WRITE and isinstance(error, TransportError)
    return CallOutcome.UNKNOWN if lost else CallOutcome.FAILED
