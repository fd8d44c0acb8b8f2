"""The kinds of data of connected accounts."""

from __future__ import annotations

from ..data_kinds import Batch, DataKind, DataSubject, Keep, Sample
from ..database import Database, TenantConnection
from . import store
from .models import ad_accounts, credentials, integrations, logins


def kinds(database: Database) -> tuple[DataKind, ...]:
    def find(org: str, person: DataSubject, _: str | None) -> Batch:
        with database.read() as connection:
            tenant = TenantConnection(connection, org)
            found = [store.integration(tenant, one) for one in person.accounts]
        accounts = [one for one in found if one is not None]
        return Batch(len(accounts), tuple(Sample.of(one.id, one.grant.name) for one in accounts))

    return (
        DataKind(
            name="accounts",
            words="Names, pictures and tokens of connected accounts",
            after_removal="The tokens are deleted at once; the record stays until "
            "DELETE /api/integrations/<id>.",
            keep=Keep(None),
            tables=(
                integrations,
                credentials,
                ad_accounts,
                logins,
            ),
            find=find,
            note="An erasure ends the person's credentials first.",
        ),
    )
