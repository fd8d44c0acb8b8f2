"""The kinds of data of metrics of ads."""

from __future__ import annotations

from ..data_kinds import PAGE, DataKind, Keep, Removal
from ..database import TenantConnection
from ..integrations.accounts import CredentialKind
from . import store
from .models import ad_metric_accounts, ad_metric_months, ad_objects


def kinds() -> tuple[DataKind, ...]:
    def erase_part(tenant: TenantConnection, integration: str) -> bool:
        return store.erase(tenant, integration, PAGE)

    return (
        DataKind(
            name="adMetrics",
            words="Metrics and delivery states of campaigns, ad groups and ads",
            after_removal="They are deleted, unless another connection reaches the ad account.",
            keep=Keep(None),
            tables=(
                ad_metric_accounts,
                ad_metric_months,
                ad_objects,
            ),
            removals=(Removal(CredentialKind.ADS.value, erase_part),),
            note="They name nobody.",
        ),
    )
