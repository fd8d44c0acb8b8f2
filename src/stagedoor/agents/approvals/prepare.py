"""From a call to a question: the call's files are fetched, digested, inspected and held, and the
call is described in words. A person is asked only after that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.event_types import EventType
from stagedoor.connector.integrations.accounts import CredentialKind, Integration
from stagedoor.connector.integrations.service import Integrations
from stagedoor.connector.leases import RELEASED
from stagedoor.connector.media.service import MediaKind, MediaService
from stagedoor.connector.notices.service import Notices
from stagedoor.connector.publishing import accounts
from stagedoor.connector.schedule.store import wait
from stagedoor.connector.settings import Settings
from stagedoor.platform.operation import Operation

from .. import quoting, vocabulary
from ..calls import posts
from ..calls.currencies import Currencies
from ..calls.posts import PostOrder
from ..calls.request import CallRequest
from ..calls.stored_call import StoredCall
from ..decisions import wording
from ..decisions.arguments import CallArguments, read_arguments
from ..decisions.spending import ad_account_of
from ..identity.service import AgentRegistry
from . import preview, store
from .approval import Approval, CallApprovalState
from .errors import ApprovalExpired, MediaUnfit
from .files import CallFile, CallFiles

NOTICE = EventType.APPROVAL_PENDING


class ApprovalPreparation:
    """Prepares approvals whose lease this process holds."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        clock: Clock,
        media: MediaService,
        notices: Notices,
        integrations: Integrations,
        identity: AgentRegistry,
        files: CallFiles,
        currencies: Currencies,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._media = media
        self._notices = notices
        self._integrations = integrations
        self._identity = identity
        self._files = files
        self._currencies = currencies

    def prepare(
        self, approval: Approval, call: CallRequest, request: BaseModel, stored: StoredCall
    ) -> None:
        """Prepare an approval and ask a person, or wait for a file that is still to come.

        Raises the errors that would stop the call: no person is asked then.
        """
        org = approval.org
        self._check_account(org, call, request)
        asked, found = None, list[CallFile]()
        if posts.makes(request):
            asked = posts.order(request, bool(stored.uploads))
        if asked is not None and stored.uploads:
            found = self._files.uploaded(approval, asked, stored.uploads)
        elif asked is not None and asked.urls:
            found = self._files.fetched(org, asked)
        elif asked is not None:
            self._await_file(approval, asked)
            return
        try:
            self._ready(approval, self._preview(approval, stored, asked, found), found)
        except BaseException:
            if not stored.uploads:
                self._files.discard(org, [one.medium.id for one in found])
            raise

    def _await_file(self, approval: Approval, asked: PostOrder) -> None:
        """Create the upload of a file to come; the approval is prepared once it has arrived."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, approval.org)
            self._mine(tenant, approval)
            if not self._media.of_post(tenant, approval.id):
                self._media.add_medium(tenant, MediaKind.VIDEO, approval.id, asked.size)
            store.change(
                tenant,
                approval.id,
                state=CallApprovalState.UPLOADING.value,
                **RELEASED,
            )

    def _preview(
        self,
        approval: Approval,
        stored: StoredCall,
        asked: PostOrder | None,
        found: Sequence[CallFile],
    ) -> preview.Preview:
        operation = vocabulary.operations()[stored.operation]
        agent = quoting.one_line(self._identity.get(approval.org, approval.agent_id).name)
        account = None
        if vocabulary.needs_account(operation):
            found_account = self._integrations.get(approval.org, stored.account or "")
            account = quoting.one_line(found_account.grant.name)
        read = read_arguments(operation, stored.arguments)
        where = None if account is None else quoting.name(account, "an account")
        currency = self._currency(approval.org, read)
        sentence = wording.call_sentence(agent, operation, read, where, currency)
        if asked is None:
            return preview.of_call(
                sentence, agent, account, operation, stored.arguments, read.budget, currency
            )
        return preview.of_post(sentence, agent, account or "", asked, found, stored.arguments)

    def _currency(self, org: str, read: CallArguments) -> str | None:
        """Return the currency of the budget that a call sets."""
        if read.budget is None:
            return None
        return self._currencies.known(org, ad_account_of(read.request))

    def _ready(self, approval: Approval, shown: preview.Preview, found: Sequence[CallFile]) -> None:
        """Hold the files as they are and let a person decide."""
        media = [one.medium.id for one in found]
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, approval.org)
            self._mine(tenant, approval)
            for one in sorted(media):
                medium = self._media.find(tenant, one, lock=True)
                if medium is None or medium.post not in (None, approval.id):
                    raise MediaUnfit(
                        "An upload belongs to another post now: list_posts tells your posts."
                    )
            self._media.attach(tenant, media, approval.id)
            self._media.hold(tenant, approval.id)
            self._media.close_uploads(tenant, media)
            expires = self._clock.now() + self._settings.approval_hours * 3_600
            store.change(
                tenant,
                approval.id,
                state=CallApprovalState.PENDING.value,
                files=[[one.medium.id, one.sha256] for one in found],
                preview=shown.model_dump(mode="json"),
                expires=expires,
                **RELEASED,
            )
            wait(connection, store.KIND, approval.ref, expires)
            self._notices.tell(
                tenant,
                NOTICE,
                approval.id,
                f"An agent's call waits for a person: 'stagedoor approvals show {approval.id}' "
                "says what it would do.",
                {"agentId": approval.agent_id, "operation": approval.operation},
            )

    def _mine(self, tenant: TenantConnection, approval: Approval) -> None:
        """Raises `ApprovalExpired` if the approval was ended, or erased, during its preparation."""
        now = store.find(tenant, approval.id, lock=True)
        if (
            now is None
            or now.state is not CallApprovalState.PREPARING
            or now.held_by != approval.held_by
        ):
            raise ApprovalExpired("The call was ended while its files were looked at.")

    def prepare_arrived(self, approval: Approval) -> None:
        """Prepare an approval whose file has been uploaded."""
        with self._database.read() as connection:
            media = self._media.of_post(TenantConnection(connection, approval.org), approval.id)
        stored = StoredCall.read(approval.request, approval.digest)
        operation = vocabulary.operations()[approval.operation]
        asked = posts.order(read_arguments(operation, stored.arguments).request, True)
        uploads = [one.id for one in media]
        found = self._files.uploaded(approval, asked, uploads)
        self._ready(approval, self._preview(approval, stored, asked, found), found)

    def _check_account(self, org: str, call: CallRequest, request: BaseModel) -> None:
        """Check the account first: no person is asked about a call that couldn't be made."""
        if vocabulary.needs_account(call.operation):
            account = self._integrations.get(org, call.account or "")
            _check_credential(account, call.operation, request)


def _check_credential(
    account: Integration, operation: Operation[..., Any], request: BaseModel
) -> None:
    """Raise `CredentialMissing` for an account that can't make the call, and `Forbidden` where its
    creator didn't allow it. TikTok API for Business is asked only when the call is made."""
    kind = vocabulary.credential(operation)
    if kind in (None, CredentialKind.CREATOR):
        accounts.check(account, operation, dict(request))
    else:
        account.must_have(kind)
