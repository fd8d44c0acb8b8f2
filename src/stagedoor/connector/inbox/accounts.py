"""The accounts whose comments are read and answered, each with its client."""

from __future__ import annotations

from dataclasses import dataclass, field

from stagedoor.client import TikTokBusiness

from ..integrations.accounts import CredentialKind
from ..integrations.business import BusinessClients
from .comments import MessageAuthor
from .ingest import Read


@dataclass(frozen=True, slots=True)
class InboxAccount:
    """A business account with its client; `since` is when it was connected, in Unix seconds."""

    integration: str
    tiktok: TikTokBusiness = field(repr=False)
    since: float
    author: MessageAuthor
    """The account as the writer of messages, without TikTok's id for it."""

    def read(self, at: float) -> Read:
        """An answer that was asked for at that time."""
        return Read(self.integration, at, self.since)


class InboxAccounts:
    """Finds the business accounts of organisations. Thread-safe."""

    def __init__(self, business: BusinessClients) -> None:
        self._business = business

    def get(self, org: str, integration: str) -> InboxAccount:
        """The account, whose client is to be used at once. Raises `NoIntegration`, and
        `CredentialMissing` without a business account's credential."""
        record, tiktok = self._business.acting(org, integration, CredentialKind.ACCOUNT)
        credential = record.must_have(CredentialKind.ACCOUNT)
        named = credential.grant
        author = MessageAuthor(None, named.username, named.display_name, named.avatar_url)
        return InboxAccount(record.id, tiktok, credential.connected_at, author)
