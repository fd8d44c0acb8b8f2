"""An index for each query of a table that grows with use, and none of `org` alone beside them."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_DROPPED = {
    "ad_accounts": ("ix_ad_accounts_org", "ix_ad_accounts_account_id_org"),
    "ad_audience_changes": ("ix_ad_audience_changes_org",),
    "ad_objects": ("ix_ad_objects_object",),
    "ad_writes": ("ix_ad_writes_digest",),
    "agent_codes": ("ix_agent_codes_org",),
    "agent_keys": ("ix_agent_keys_org",),
    "agent_sign_ins": ("ix_agent_sign_ins_org",),
    "agent_uploads": ("ix_agent_uploads_org",),
    "credentials": ("ix_credentials_org",),
    "event_deliveries": ("ix_event_deliveries_org",),
    "integrations": ("ix_integrations_org",),
    "media": ("ix_media_org", "ix_media_post"),
    "notices": ("ix_notices_org",),
    "posts": ("ix_posts_org", "ix_posts_org_approval_state", "ix_posts_tiktok_publish_id"),
}
_CREATED: dict[str, dict[str, tuple[str, ...]]] = {
    "activity_videos": {"ix_activity_videos_account_id": ("org", "integration", "id")},
    "ad_accounts": {
        "ix_ad_accounts_org_integration_id": ("org", "integration_id"),
        "ix_ad_accounts_account_id_org": ("account_id", "org", "integration_id"),
    },
    "ad_audience_changes": {
        "ix_ad_audience_changes_org_id": ("org", "id"),
        "ix_ad_audience_changes_org_state": ("org", "state", "audience"),
    },
    "ad_objects": {"ix_ad_objects_object": ("org", "object_id", "level", "account_id")},
    "ad_writes": {"ix_ad_writes_digest": ("org", "digest", "at")},
    "agent_codes": {"ix_agent_codes_org_agent_id": ("org", "agent_id")},
    "agent_keys": {"ix_agent_keys_org_agent_id": ("org", "agent_id")},
    "agent_sign_ins": {"ix_agent_sign_ins_org_agent_id": ("org", "agent_id")},
    "agent_uploads": {"ix_agent_uploads_org_decided": ("org", "decided")},
    "credentials": {"ix_credentials_org_integration_id": ("org", "integration_id")},
    "event_deliveries": {"ix_event_deliveries_org_id": ("org", "id")},
    "inbox_replies": {
        "ix_inbox_replies_state": ("state", "org"),
        "ix_inbox_replies_message": ("message", "org"),
    },
    "integrations": {"ix_integrations_org_id": ("org", "id")},
    "media": {"ix_media_org_post": ("org", "post", "position")},
    "notices": {"ix_notices_org_id": ("org", "id")},
    "posts": {
        "ix_posts_org_approval_state": ("org", "approval_state", "created", "id"),
        "ix_posts_org_integration_created": ("org", "integration", "created", "id"),
        "ix_posts_state_org": ("state", "org", "created", "id"),
        "ix_posts_tiktok_publish_id_org": ("tiktok_publish_id", "org"),
    },
    "webhook_events": {"ix_webhook_events_received_org": ("received", "org")},
}


def upgrade() -> None:
    for table, names in _DROPPED.items():
        for name in names:
            op.drop_index(name, table_name=table)
    for table, indexes in _CREATED.items():
        for name, columns in indexes.items():
            op.create_index(name, table, list(columns))
