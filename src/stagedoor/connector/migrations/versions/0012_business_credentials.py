"""An integration may have several credentials; apps of TikTok API for Business; ad accounts.

Each existing integration gets one credential of the kind of its grant.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite can't rebuild a table that rows of others refer to, so the defaults stay
    op.add_column("tiktok_apps", _kind())
    with op.batch_alter_table("org_apps") as batch:
        batch.add_column(_kind())
        batch.drop_constraint("uq_org_apps_org", type_="unique")
        batch.create_unique_constraint("uq_org_apps_org_kind", ["org", "kind"])
    _make_tables()
    op.execute(
        "INSERT INTO credentials "
        "(integration_id, kind, org, grant_id, requested, granted, connected_at) "
        "SELECT integrations.id, grants.kind, integrations.org, integrations.grant_id, "
        "integrations.requested, integrations.granted, integrations.connected_at "
        "FROM integrations JOIN grants ON grants.id = integrations.grant_id"
    )
    op.drop_column("integrations", "requested")
    op.drop_column("integrations", "granted")


def _kind() -> sa.Column[str]:
    return sa.Column("kind", sa.String(), nullable=False, server_default=sa.text("'loginKit'"))


def _make_tables() -> None:
    op.create_table(
        "credentials",
        sa.Column("integration_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("requested", sa.JSON(), nullable=False),
        sa.Column("granted", sa.JSON(), nullable=False),
        sa.Column("connected_at", sa.Double(), nullable=False),
        sa.Column("listed_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_credentials_integration_id")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_credentials_grant_id")),
        sa.PrimaryKeyConstraint("integration_id", "kind", name=op.f("pk_credentials")),
        sa.UniqueConstraint("org", "grant_id", name=op.f("uq_credentials_org_grant_id")),
    )
    op.create_index("ix_credentials_grant_id", "credentials", ["grant_id"])
    op.create_index("ix_credentials_org", "credentials", ["org"])
    op.create_table(
        "ad_accounts",
        sa.Column("integration_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_ad_accounts_integration_id")
        ),
        sa.PrimaryKeyConstraint("integration_id", "account_id", name=op.f("pk_ad_accounts")),
    )
    op.create_index("ix_ad_accounts_org", "ad_accounts", ["org"])
    op.create_index("ix_ad_accounts_account_id_org", "ad_accounts", ["account_id", "org"])
    op.create_table(
        "watched_ads",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("org", "entity", "object_id", name=op.f("pk_watched_ads")),
    )
    op.create_index("ix_watched_ads_org", "watched_ads", ["org"])
