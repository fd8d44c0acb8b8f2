"""Agents: their identities, their grants, and an append-only audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_counters",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "org", "agent_id", "account", "day", name=op.f("pk_agent_counters")
        ),
    )
    op.create_table(
        "agents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("calls_per_minute", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("stopped", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agents_org"), ["org"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.BigInteger(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("operation", sa.String(), nullable=True),
        sa.Column("resource", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("log_id", sa.String(), nullable=True),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("org", "seq", name=op.f("pk_audit_entries")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(
            "uq_audit_entries_about",
            ["org", "about"],
            unique=True,
            sqlite_where=sa.text("about IS NOT NULL"),
            postgresql_where=sa.text("about IS NOT NULL"),
        )

    op.create_table(
        "audit_heads",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("org", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_texts",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("erased_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org", "seq", name=op.f("pk_audit_texts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agent_keys",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=True),
        sa.Column("last_used", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_keys_agent_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agent_keys")),
    )
    with op.batch_alter_table("agent_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_keys_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agent_keys_org"), ["org"], unique=False)

    op.create_table(
        "agent_policies",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("grants", sa.JSON(), nullable=True),
        sa.Column("cedar", sa.String(), nullable=False),
        sa.Column("changed", sa.Double(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_policies_agent_id")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_policies")),
    )
    with op.batch_alter_table("agent_policies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_policies_org"), ["org"], unique=False)
    _append_only()


def _append_only() -> None:
    """Make the audit append-only for everybody with the service's access to the database."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entries_no_{what.lower()} BEFORE {what} ON audit_entries "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER audit_texts_no_delete BEFORE DELETE ON audit_texts "
            "BEGIN SELECT RAISE(ABORT, 'texts of the audit are emptied, not deleted'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_texts_no_delete BEFORE DELETE OR TRUNCATE "
        "ON audit_texts FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
