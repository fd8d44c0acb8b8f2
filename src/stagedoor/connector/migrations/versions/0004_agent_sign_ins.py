"""MCP clients sign in as an agent: clients, sign-ins, typed codes, and tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oauth_clients",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("used", sa.Double(), nullable=True),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_clients")),
    )
    with op.batch_alter_table("oauth_clients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oauth_clients_ends"), ["ends"], unique=False)

    op.create_table(
        "agent_codes",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_codes_agent_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agent_codes")),
    )
    with op.batch_alter_table("agent_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_codes_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agent_codes_org"), ["org"], unique=False)

    op.create_table(
        "agent_sign_ins",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("client_name", sa.String(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("refresh", sa.String(), nullable=True),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.Column("last_used", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_sign_ins_agent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_sign_ins")),
        sa.UniqueConstraint("ticket", name=op.f("uq_agent_sign_ins_ticket")),
        sa.UniqueConstraint("code", name=op.f("uq_agent_sign_ins_code")),
        sa.UniqueConstraint("family", name=op.f("uq_agent_sign_ins_family")),
    )
    with op.batch_alter_table("agent_sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_sign_ins_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agent_sign_ins_org"), ["org"], unique=False)

    with op.batch_alter_table("agent_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sign_in_id", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_agent_keys_sign_in_id"), "agent_sign_ins", ["sign_in_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_agent_keys_sign_in_id"), ["sign_in_id"], unique=False)
