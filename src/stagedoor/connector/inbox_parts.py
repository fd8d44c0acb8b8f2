"""The parts of a process for the inbox. `Container` adds the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .account_parts import AccountParts
from .inbox.accounts import InboxAccounts
from .inbox.erased import ErasedComments
from .inbox.ingest import CommentIngest
from .inbox.moderation import MessageModeration
from .inbox.news import CommentNews
from .inbox.replies import Replies
from .inbox.service import Inbox


@dataclass
class InboxParts(AccountParts):
    """Conversations about comments: reading, listing, answering, moderating."""

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.database)

    @cached_property
    def inbox_accounts(self) -> InboxAccounts:
        return InboxAccounts(self.business)

    @cached_property
    def inbox_comments(self) -> CommentIngest:
        return CommentIngest(self.events, self.erased_comments)

    @cached_property
    def erased_comments(self) -> ErasedComments:
        return ErasedComments(self.keys)

    @cached_property
    def inbox_news(self) -> CommentNews:
        return CommentNews(self.database, self.clock, self.inbox_accounts, self.inbox_comments)

    @cached_property
    def replies(self) -> Replies:
        return Replies(
            database=self.database,
            clock=self.clock,
            accounts=self.inbox_accounts,
            comments=self.inbox_comments,
            notices=self.notices,
        )

    @cached_property
    def moderation(self) -> MessageModeration:
        return MessageModeration(
            self.database,
            self.clock,
            self.inbox_accounts,
            self.inbox_comments,
            self.inbox_news,
        )
