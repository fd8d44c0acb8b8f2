"""Queries of decisions: the context in one statement, and the daily use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, and_, bindparam

from stagedoor.connector.database import OF_TENANT, Prepared, TenantConnection, renewing
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.integrations.models import (
    ad_accounts,
    credentials,
    grants,
    integrations,
)
from stagedoor.connector.limits.models import limit_windows
from stagedoor.connector.limits.store import KEEP, RENEW

from ..audit.models import audit_heads
from ..audit.store import EntryAppender
from ..grants.models import agent_policies
from ..identity.models import agent_keys, agents
from .models import agent_counters

_AGENT: BindParameter[str] = bindparam("of_agent")
_ACCOUNT: BindParameter[str] = bindparam("of_account")
_COLUMNS = (
    audit_heads.c.seq,
    audit_heads.c.hash,
    audit_heads.c.mac,
    agents.c.id.label("agent_id"),
    agents.c.name,
    agents.c.stopped,
    agents.c.calls_per_minute,
    agent_keys.c.digest,
    agent_keys.c.ends,
    agent_keys.c.last_used,
    agent_policies.c.version,
    integrations.c.id.label("account_id"),
    grants.c.username,
    grants.c.display_name,
    grants.c.open_id,
    agent_counters.c.posts,
    limit_windows.c.places,
    limit_windows.c.idle_at,
)


class DecisionContext(NamedTuple):
    """The context of a decision: chain head, agent, key, policy version, account and use;
    missing values are None."""

    seq: int
    hash: str
    mac: str
    agent_id: str | None
    name: str | None
    stopped: float | None
    calls_per_minute: int | None
    digest: str | None
    ends: float | None
    last_used: float | None
    version: int | None
    account_id: str | None
    username: str | None
    display_name: str | None
    open_id: str | None
    posts: int | None
    places: bytes | None
    idle_at: float | None


_CONTEXT = OF_TENANT.select(audit_heads, *_COLUMNS).select_from(
    audit_heads.outerjoin(agents, and_(agents.c.org == audit_heads.c.org, agents.c.id == _AGENT))
    .outerjoin(
        agent_keys,
        and_(
            agent_keys.c.digest == bindparam("of_digest"),
            agent_keys.c.org == audit_heads.c.org,
            agent_keys.c.agent_id == agents.c.id,
        ),
    )
    .outerjoin(
        agent_policies,
        and_(agent_policies.c.org == audit_heads.c.org, agent_policies.c.agent_id == agents.c.id),
    )
    .outerjoin(
        integrations,
        and_(integrations.c.org == audit_heads.c.org, integrations.c.id == _ACCOUNT),
    )
    .outerjoin(grants, grants.c.id == integrations.c.grant_id)
    .outerjoin(
        agent_counters,
        and_(
            agent_counters.c.org == audit_heads.c.org,
            agent_counters.c.agent_id == _AGENT,
            agent_counters.c.account == _ACCOUNT,
            agent_counters.c.day == bindparam("of_day"),
        ),
    )
    .outerjoin(limit_windows, limit_windows.c.key == bindparam("of_window"))
)
_READ = Prepared(_CONTEXT, DecisionContext._make)
_USE = renewing(
    OF_TENANT.update(agent_counters).where(
        agent_counters.c.agent_id == _AGENT,
        agent_counters.c.account == _ACCOUNT,
        agent_counters.c.day == bindparam("of_day"),
    ),
    ("posts", "spent"),
)


WITH_WINDOW, WITH_RENEWED_WINDOW = EntryAppender(KEEP), EntryAppender(RENEW)
"""Statements that append an entry and store the agent's sliding window with the call."""


def read_context(
    tenant: TenantConnection, agent_id: str, digest: str, account: str | None, day: int, window: str
) -> DecisionContext | None:
    """Read the context of a decision. None: the organisation has no audit."""
    asked = {
        "of_agent": agent_id,
        "of_digest": digest,
        "of_account": account or "",
        "of_day": day,
        "of_window": window,
    }
    found: DecisionContext | None = _READ.one(tenant.connection, tenant.parameters(asked))
    return found


def use(
    tenant: TenantConnection,
    agent_id: str,
    account: str,
    day: int,
    posts: int,
    spent: int,
    new: bool,
) -> None:
    """Set the use of the day."""
    if new:
        tenant.insert(
            agent_counters, agent_id=agent_id, account=account, day=day, posts=posts, spent=spent
        )
    else:
        tenant.run(
            _USE,
            of_agent=agent_id,
            of_account=account,
            of_day=day,
            new_posts=posts,
            new_spent=spent,
        )


def reached(tenant: TenantConnection, integration_id: str, named: Sequence[str]) -> frozenset[str]:
    """Return which of the named ad accounts the integration's ads credential reaches."""
    query = tenant.select(ad_accounts, ad_accounts.c.account_id).where(
        ad_accounts.c.integration_id == integration_id, ad_accounts.c.account_id.in_(named)
    )
    return frozenset(row.account_id for row in tenant.all(query))


def is_business_account(tenant: TenantConnection, integration_id: str, open_id: str) -> bool:
    """Whether the integration has a credential for this TikTok account in TikTok API for
    Business."""
    query = (
        tenant.select(credentials, credentials.c.grant_id)
        .join(grants, grants.c.id == credentials.c.grant_id)
        .where(
            credentials.c.integration_id == integration_id,
            credentials.c.kind == CredentialKind.ACCOUNT.value,
            grants.c.open_id == open_id,
        )
    )
    return tenant.one(query) is not None
