"""SQLite appends an entry to the audit with one statement, as PostgreSQL does anyway.

A later revision that changes a table named here has to create the view and its trigger again.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ENTRY = (
    "org, seq, at, kind, about, agent, account, operation, resource, decision, rule, "
    "policy_version, outcome, log_id, commitment, hash"
)
_TEXT = "org, seq, salt, text"
_MORE = 'before, new_seq, new_hash, new_mac, salt, text, "window", new_places, new_idle_at'


def _new(names: str) -> str:
    return ", ".join(f"NEW.{name}" for name in names.split(", "))


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    columns = ", ".join(f"NULL AS {name}" for name in f"{_ENTRY}, {_MORE}".split(", "))
    op.execute(f"CREATE VIEW audit_ends AS SELECT {columns} WHERE 0")
    op.execute(
        f"""
        CREATE TRIGGER audit_ends_append INSTEAD OF INSERT ON audit_ends BEGIN
            SELECT RAISE(ABORT, 'the end of the audit has moved') WHERE NOT EXISTS (
                SELECT 1 FROM audit_heads WHERE org = NEW.org AND seq = NEW.before
            );
            UPDATE audit_heads SET seq = NEW.new_seq, hash = NEW.new_hash, mac = NEW.new_mac
                WHERE org = NEW.org;
            INSERT INTO audit_entries ({_ENTRY}) VALUES ({_new(_ENTRY)});
            INSERT INTO audit_texts ({_TEXT}) VALUES ({_new(_TEXT)});
            UPDATE limit_windows SET places = NEW.new_places WHERE key = NEW."window";
            UPDATE limit_windows SET idle_at = NEW.new_idle_at
                WHERE key = NEW."window" AND NEW.new_idle_at IS NOT NULL;
        END
        """  # noqa: S608
    )
