"""The services that tools use."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database
from stagedoor.connector.integrations.service import Integrations
from stagedoor.connector.media.service import MediaService
from stagedoor.connector.publishing.drafts import Drafts
from stagedoor.connector.publishing.service import PostsService

from ..approvals.requests import ApprovalRequests
from ..grants.service import Grants


@dataclass(frozen=True, slots=True)
class ToolParts:
    """Passed to each call of a tool."""

    public_url: str
    database: Database
    clock: Clock
    media: MediaService
    integrations: Integrations
    posts: PostsService
    drafts: Drafts
    grants: Grants
    approvals: ApprovalRequests
