"""From a call to a question: its files are fetched, digested, looked into and held, and what it
would do is put into words. Only then a person is asked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from stagedoor.connector import process_identity
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.media.service import Kind as MediaKind
from stagedoor.connector.publishing import accounts
from stagedoor.connector.schedule.store import wait

from .. import quoting, vocabulary
from ..calls import posts
from ..calls.accounts import handle
from ..decisions import asking, sentences
from . import files, preview, store
from .approval import Approval, State
from .errors import ApprovalExpired, MediaUnfit
from .request import Call

if TYPE_CHECKING:
    from stagedoor.connector.container import Container

    from ..calls.posts import Order
    from ..calls.wanted import Wanted
    from ..identity.service import Identity

NOTICE = "approval.pending"
_HELD_SECONDS = 3_600.0


def held() -> dict[str, object]:
    """The columns that say who prepares it: this run, for so long."""
    return {"held_by": process_identity.holder(), "held_until": time.time() + _HELD_SECONDS}


def is_free(approval: Approval) -> bool:
    """Nobody prepares it any more: its process died."""
    return process_identity.is_free(approval.held_by, approval.held_until, time.time())


class Preparing:
    """Works on approvals that this process holds."""

    def __init__(self, services: Container, identity: Identity) -> None:
        self._services = services
        self._identity = identity

    def prepare(self, approval: Approval, wanted: Wanted, request: BaseModel, call: Call) -> None:
        """Have its files here and ask a person, or wait for a file that is still to come.

        Raises what stands in the way of the call: then nobody is asked.
        """
        services, org = self._services, approval.org
        self._check_account(org, wanted, request)
        asked, found = None, list[files.File]()
        if posts.makes(request):
            asked = posts.order(request, bool(call.uploads))
        if asked is not None and call.uploads:
            found = files.uploaded(services, approval, asked, call.uploads)
        elif asked is not None and asked.urls:
            found = files.fetched(services, org, asked)
        elif asked is not None:
            self._await_file(approval, asked)
            return
        try:
            self._ready(approval, self._preview(approval, call, asked, found), found)
        except BaseException:
            if not call.uploads:
                files.discard(services, org, [one.medium.id for one in found])
            raise

    def _await_file(self, approval: Approval, asked: Order) -> None:
        """A file that is still to come is approved when it is here, not before."""
        services = self._services
        with services.database.begin() as connection:
            scope = TenantConnection(connection, approval.org)
            self._mine(scope, approval)
            if not services.media.of_post(scope, approval.id):
                services.media.place(scope, MediaKind.VIDEO, approval.id, asked.size)
            store.change(
                scope,
                approval.id,
                state=State.UPLOADING.value,
                held_by=None,
                held_until=None,
            )

    def _preview(
        self,
        approval: Approval,
        call: Call,
        asked: Order | None,
        found: Sequence[files.File],
    ) -> preview.Preview:
        operation = vocabulary.operations()[call.operation]
        agent = quoting.one_line(self._identity.get(approval.org, approval.agent_id).name)
        account = None
        if vocabulary.needs_account(operation):
            account = handle(self._services.integrations.get(approval.org, call.account or ""))
        read = asking.read(operation, call.arguments)
        where = None if account is None else quoting.name(account, "an account")
        sentence = sentences.asking(agent, operation, read, where)
        if asked is None:
            return preview.of_call(sentence, agent, account, operation, call.arguments)
        return preview.of_post(sentence, agent, account or "", asked, found, call.arguments)

    def _ready(
        self, approval: Approval, shown: preview.Preview, found: Sequence[files.File]
    ) -> None:
        """From here on its files stay as they are, and a person can decide."""
        services = self._services
        media = [one.medium.id for one in found]
        with services.database.begin() as connection:
            scope = TenantConnection(connection, approval.org)
            self._mine(scope, approval)
            for one in sorted(media):
                medium = services.media.find(scope, one, lock=True)
                if medium is None or medium.post not in (None, approval.id):
                    raise MediaUnfit(
                        "An upload belongs to another post now: list_posts tells your posts."
                    )
            services.media.attach(scope, media, approval.id)
            services.media.hold(scope, approval.id)
            services.media.close_uploads(scope, media)
            expires = services.clock.now() + services.settings.approval_hours * 3_600
            store.change(
                scope,
                approval.id,
                state=State.PENDING.value,
                files=[[one.medium.id, one.sha256] for one in found],
                preview=shown.model_dump(mode="json"),
                expires=expires,
                held_by=None,
                held_until=None,
            )
            wait(connection, store.KIND, approval.ref, expires)
            services.notices.tell(
                scope,
                NOTICE,
                approval.id,
                f"An agent's call waits for a person: 'stagedoor approvals show {approval.id}' "
                "says what it would do.",
                {"agentId": approval.agent_id, "operation": approval.operation},
            )

    def _mine(self, scope: TenantConnection, approval: Approval) -> None:
        """Raises `ApprovalExpired` where it was ended, or erased, while it was prepared."""
        now = store.find(scope, approval.id, lock=True)
        if now is None or now.state is not State.PREPARING or now.held_by != approval.held_by:
            raise ApprovalExpired("The call was ended while its files were looked at.")

    def prepare_arrived(self, approval: Approval) -> None:
        """The same, once the file of a call came."""
        services = self._services
        with services.database.read() as connection:
            media = services.media.of_post(TenantConnection(connection, approval.org), approval.id)
        call = Call.read(approval.request, approval.digest)
        operation = vocabulary.operations()[approval.operation]
        asked = posts.order(asking.read(operation, call.arguments).request, True)
        uploads = [one.id for one in media]
        found = files.uploaded(services, approval, asked, uploads)
        self._ready(approval, self._preview(approval, call, asked, found), found)

    def _check_account(self, org: str, wanted: Wanted, request: BaseModel) -> None:
        """Nobody is asked about what couldn't be done anyway."""
        if vocabulary.needs_account(wanted.operation):
            account = self._services.integrations.get(org, wanted.account or "")
            accounts.check(account, wanted.operation, dict(request))
