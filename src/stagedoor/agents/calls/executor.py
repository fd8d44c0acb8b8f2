"""Execute allowed calls: as posts of the service, or as one request to TikTok."""

from __future__ import annotations

import shutil
import tempfile
import threading
import uuid
from contextlib import ExitStack
from functools import partial
from typing import Any

from pydantic import BaseModel

from stagedoor.client import Answered, Progress, TikTok
from stagedoor.client.errors import StagedoorError, TikTokError, TransportError
from stagedoor.connector.apps.service import App
from stagedoor.connector.cancellation import Interrupted, current
from stagedoor.connector.container import Container
from stagedoor.connector.errors import ApiError
from stagedoor.connector.publishing import accounts, offered
from stagedoor.connector.publishing.errors import told
from stagedoor.platform.operation import Effect, Operation, Subject
from stagedoor.platform.products import portability, posting

from .. import vocabulary
from ..audit.entry import Outcome
from ..identity.service import Caller
from . import posts, uploads
from .errors import NoRoom
from .flow import Flow, RunInThread, delegate
from .request import Done, Wanted
from .stored_call import StoredCall

_RESERVE = 64 << 20
"""Bytes of disk space that downloads leave free for the databases."""


class Failed(Exception):
    """The call didn't complete; `error` is for the agent."""

    def __init__(self, error: ApiError, outcome: Outcome, log_id: str | None) -> None:
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

    def __init__(self, services: Container) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._own: dict[str, tuple[App, TikTok]] = {}

    def flow(
        self, caller: Caller, wanted: Wanted, request: BaseModel, asked_by: str, post_id: str | None
    ) -> Flow[Done]:
        """Execute a call. Raises `Failed`. `asked_by` names the decision; `post_id` is the id of
        a new post."""
        operation, org = wanted.operation, caller.org
        try:
            if posts.does(operation):
                post = partial(self._post, caller, wanted, request, asked_by, post_id)
                if operation is posting.STATUS:
                    return post()
                done: Done = yield RunInThread(post)
                return done
            if isinstance(request, portability.ExportDownload):
                done = yield RunInThread(partial(self._download, org, wanted, request), slow=True)
                return done
            return (yield from self._call(org, wanted, request))
        except ApiError as error:
            raise Failed(error, Outcome.FAILED, error.log_id) from error
        except StagedoorError as error:
            log_id = error.log_id or None if isinstance(error, TikTokError) else None
            raise Failed(told(error), _outcome(operation, error), log_id) from error

    def offered_problem(self, org: str, wanted: Wanted, request: BaseModel) -> Flow[str | None]:
        """Return why TikTok would reject a direct post: the creator doesn't offer its privacy
        level.

        None if there is no problem, and also where TikTok can't be asked: the level is then checked
        when the post is made.
        """
        level = posts.level(request)
        if level is None:
            return None
        try:
            account, client = self._services.accounts.acting(
                org, wanted.account or "", wanted.operation, dict(request)
            )
            answers = self._services.creator_answers
            creator = answers.accepting(account.grant.id, level)
            if creator is None:
                creator = yield from delegate(client.driver, client.flow(posting.CREATOR_INFO))
                answers.keep(account.grant.id, creator)
        except Interrupted:
            raise
        except (StagedoorError, ApiError):
            return None
        problem = offered.level_problem(level, creator)
        return None if problem is None else f"privacy_level: {problem}"

    def fetched(
        self, caller: Caller, wanted: Wanted, request: BaseModel, post_id: str
    ) -> list[tuple[str, str]]:
        """Fetch the media of a post. Returns ids and SHA-256 digests. Raises `ApiError`."""
        account = self._services.integrations.get(caller.org, wanted.account or "")
        accounts.check(account, wanted.operation, dict(request))
        return posts.fetched(self._services, caller.org, request, post_id)

    def _post(
        self, caller: Caller, wanted: Wanted, request: BaseModel, asked_by: str, post_id: str | None
    ) -> Done:
        services, org = self._services, caller.org
        account = services.integrations.get(org, wanted.account or "")
        values = dict(request)
        accounts.check(account, wanted.operation, values)
        if isinstance(request, posting.PublishIdQuery):
            if wanted.operation is posting.STATUS:
                return Done(posts.status(services.posts, org, account.id, request.publish_id))
            return Done(posts.cancel(services, org, account.id, request.publish_id))
        posts.check_free(
            services.database, services.media, org, caller.agent_id, wanted.uploads, post_id
        )
        if posts.awaits_file(wanted, request):
            post_id = post_id or uuid.uuid4().hex
            stored = StoredCall.of(wanted, request)
            uploads.begin(services.database, services.clock, caller, post_id, stored)
        return posts.begin(services, caller, account.id, wanted, request, post_id, asked_by)

    def _call(self, org: str, wanted: Wanted, request: BaseModel) -> Flow[Done]:
        operation = wanted.operation
        said = {name: getattr(request, name) for name in request.model_fields_set}
        heard = _Heard()
        client = self._client(org, wanted, said).with_listener(heard.hear)
        answer: BaseModel = yield from delegate(client.driver, client.flow_of(operation, request))
        return Done(answer, heard.log_id, answered=heard.answered)

    def _download(self, org: str, wanted: Wanted, request: portability.ExportDownload) -> Done:
        heard = _Heard()
        client = self._client(org, wanted, dict(request)).with_listener(heard.hear)
        folder = self._services.settings.data
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # an unnamed temporary file: nothing of it stays on the disk, even after a crash
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            client.portability.download(request.request_id, file, progress=self._has_room)
            file.seek(0)
            stack.pop_all()
        return Done({}, heard.log_id, file=file)

    def _has_room(self, progress: Progress) -> None:
        current().check()
        left = max(0, progress.total - progress.done)
        if shutil.disk_usage(self._services.settings.data).free < left + _RESERVE:
            raise NoRoom

    def _client(self, org: str, wanted: Wanted, values: dict[str, Any]) -> TikTok:
        services = self._services
        if vocabulary.needs_account(wanted.operation):
            _, client = services.accounts.acting(
                org, wanted.account or "", wanted.operation, values
            )
            return client
        app = services.apps.of_org(org)
        if wanted.operation.subject is Subject.NOBODY:
            return services.integrations.client(app, retry=accounts.BRISK)
        with self._lock:
            # one client for each version of an app: its token is requested once, and kept for all
            # calls
            known = self._own.get(app.id)
            if known is None or known[0] != app:
                known = app, services.integrations.client(app, retry=accounts.BRISK)
                self._own[app.id] = known
            return known[1]


def _outcome(operation: Operation[..., Any], error: StagedoorError) -> Outcome:
    """Return the outcome of a failed call; UNKNOWN for a write whose answer was lost."""
    lost = operation.effect is Effect.WRITE and isinstance(error, TransportError)
    return Outcome.UNKNOWN if lost else Outcome.FAILED
