"""The checks of a report's request, with TikTok's codes, and the question that it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from stagedoor.platform.products.business_reports import (
    ATTRIBUTES,
    AUDIENCES,
    DEFAULT_METRICS,
    IDS,
    MAX_DAYS,
    MAX_SPAN,
    METRICS,
    TIMES,
    UNIQUE,
    DataLevel,
    Dimension,
    QueryMode,
    ReportFilter,
    ReportParts,
    ReportType,
    ServiceType,
    SortOrder,
)

from ...calls import AdmittedCall, Refusal
from ..business import access
from ..business.state import ACCOUNTS_OF_CENTER, AD_ACCOUNTS, BUSINESS_CENTERS, AdAccount
from ..business_ads import checks

_LEVELLED = (ReportType.BASIC, ReportType.AUDIENCE, ReportType.CATALOG)
_SANDBOX = (ReportType.BASIC, ReportType.AUDIENCE)
"""The reports of the sandbox, which ignores their order."""
_LIFETIME = (ReportType.BASIC, ReportType.PLAYABLE_MATERIAL)
_DEPTH = {
    DataLevel.ADVERTISER: 0,
    DataLevel.CAMPAIGN: 1,
    DataLevel.AD_GROUP: 2,
    DataLevel.AD: 3,
}
_OF_ACCOUNT = {"advertiser_name", "advertiser_id", "currency", "timezone"}
_OF_CAMPAIGN = {
    "campaign_name",
    "campaign_id",
    "objective_type",
    "split_test",
    "campaign_budget",
    "campaign_dedicate_type",
    "app_promotion_type",
}
_OF_AD = {
    "ad_name",
    "ad_id",
    "ad_text",
    "call_to_action",
    "image_mode",
    "is_aco",
    "is_smart_creative",
}
_ALWAYS: date = date(1970, 1, 1)
_FOREVER: date = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Question:
    """A checked report: which rows, of which days, with which columns."""

    accounts: tuple[AdAccount, ...] = field(repr=False)
    kind: ReportType
    level: DataLevel
    dimensions: tuple[str, ...]
    time: Dimension | None
    divided: tuple[str, ...]
    """The dimensions that are neither an id nor a time."""
    metrics: tuple[str, ...]
    first: str
    last: str
    order: str | None
    ascending: bool
    filters: tuple[ReportFilter, ...]
    several: bool
    """The request names several ad accounts, which adds columns."""
    in_utc: bool
    """Days and hours are those of UTC, not of the ad accounts' zones."""

    @property
    def names_object(self) -> bool:
        return any(one in IDS for one in self.dimensions)


def checked(call: AdmittedCall, request: ReportParts) -> Question:
    """Check a report's request; a refusal names the wrong field."""
    kind = _choice("report_type", request.report_type, ReportType)
    if request.service_type not in (None, ServiceType.AUCTION):
        checks.wrong("service_type", "RESERVATION is no longer supported.")
    if getattr(request, "query_mode", None) not in (None, QueryMode.REGULAR):
        checks.wrong("query_mode", "Only REGULAR is supported.")
    accounts, several = _accounts(call, request, kind)
    return posed(request, accounts, several)


def posed(request: ReportParts, accounts: tuple[AdAccount, ...], several: bool) -> Question:
    """The question of a request for these ad accounts, which the caller may read."""
    kind = ReportType(request.report_type)
    in_sandbox = any(one.sandbox for one in accounts)
    if in_sandbox and kind not in _SANDBOX:
        raise Refusal("40009", f"Unsupported report_type in sandbox environment: {kind}.")
    level = _level(request, kind, accounts)
    dimensions = tuple(map(str, request.dimensions))
    time = _check_dimensions(kind, level, dimensions, bool(request.query_lifetime))
    metrics = request.metrics if request.metrics else DEFAULT_METRICS
    _check_metrics(kind, level, dimensions, metrics)
    first, last = _days(request, kind, time)
    checks.choice("order_field", request.order_field, METRICS - ATTRIBUTES)
    checks.choice("order_type", request.order_type, SortOrder)
    return Question(
        accounts=accounts,
        kind=kind,
        level=level,
        dimensions=dimensions,
        time=time,
        divided=tuple(one for one in dimensions if one not in IDS and one not in TIMES),
        metrics=tuple(dict.fromkeys(metrics)),
        first=first.isoformat(),
        last=last.isoformat(),
        order=None if in_sandbox else request.order_field,
        ascending=request.order_type == SortOrder.ASC,
        filters=request.filtering or (),
        several=several,
        in_utc=several and bool(getattr(request, "multi_adv_report_in_utc_time", None)),
    )


def _choice(name: str, value: str, known: type[ReportType]) -> ReportType:
    checks.choice(name, value, known)
    return known(value)


def _accounts(
    call: AdmittedCall, request: ReportParts, kind: ReportType
) -> tuple[tuple[AdAccount, ...], bool]:
    if kind is ReportType.BC:
        return _of_center(call, getattr(request, "bc_id", None)), False
    if request.advertiser_ids:
        if kind not in (ReportType.BASIC, ReportType.AUDIENCE):
            checks.wrong("advertiser_ids", "Only for BASIC and AUDIENCE.")
        ids = dict.fromkeys(request.advertiser_ids)
        return tuple(access.reached(call, one) for one in ids), True
    if call.advertiser is None:
        checks.missing("advertiser_id")
    return (call.ad_account,), False


def _of_center(call: AdmittedCall, center_id: str | None) -> tuple[AdAccount, ...]:
    """The ad accounts of a Business Center that the token reaches."""
    if center_id is None:
        checks.missing("bc_id")
    if center_id not in call.world[BUSINESS_CENTERS]:
        raise Refusal("40001", f"You don't have permission to operate this bc: {center_id}.")
    owned = call.world[AD_ACCOUNTS].by(ACCOUNTS_OF_CENTER, center_id)
    token = call.own_token
    return tuple(one for one in owned if access.role_on(call.world, token, one.id) is not None)


def _level(request: ReportParts, kind: ReportType, accounts: Sequence[AdAccount]) -> DataLevel:
    if kind not in _LEVELLED:
        return DataLevel.ADVERTISER
    if request.data_level is None:
        checks.missing("data_level")
    checks.choice("data_level", request.data_level, DataLevel)
    level = DataLevel(request.data_level)
    if level is DataLevel.ADVERTISER and any(one.sandbox for one in accounts):
        raise Refusal("40009", f"Unsupported data_level in sandbox environment: {level}.")
    return level


def _check_dimensions(
    kind: ReportType, level: DataLevel, dimensions: tuple[str, ...], lifetime: bool
) -> Dimension | None:
    for name in dimensions:
        checks.choice("dimensions", name, Dimension)
    if len(set(dimensions)) < len(dimensions):
        checks.wrong("dimensions", "A dimension is named twice.")
    ids = [one for one in dimensions if one in IDS]
    times = [one for one in dimensions if one in TIMES]
    rest = [one for one in dimensions if one not in IDS and one not in TIMES]
    if len(times) > 1:
        checks.wrong("dimensions", "At most one time dimension.")
    if kind in (ReportType.BASIC, ReportType.AUDIENCE):
        totals = level is DataLevel.ADVERTISER and kind is ReportType.BASIC
        if len(ids) != 1 and not (totals and not ids):
            checks.wrong("dimensions", "Exactly one id dimension is needed.")
        if any(IDS[Dimension(one)] is not level for one in ids):
            checks.wrong("dimensions", f"{ids[0]} doesn't fit the data_level {level}.")
    elif rest and kind is ReportType.BC:
        checks.wrong("dimensions", f"Not supported for BC: {rest[0]}.")
    if kind is ReportType.AUDIENCE:
        if not 1 <= len(rest) <= 2 or any(one not in AUDIENCES for one in rest):
            checks.wrong("dimensions", "One or two audience dimensions are needed.")
    elif kind is ReportType.BASIC:
        for one in rest:
            if one in AUDIENCES and one != Dimension.COUNTRY:
                checks.wrong("dimensions", f"{one} is a dimension of AUDIENCE reports.")
        if len(rest) > 1:
            checks.wrong("dimensions", "At most one breakdown.")
    if lifetime:
        if kind not in _LIFETIME:
            checks.wrong("query_lifetime", f"Not supported for {kind}.")
        if times or any(one in AUDIENCES for one in rest):
            checks.wrong("dimensions", "query_lifetime takes no time or audience dimension.")
    return Dimension(times[0]) if times else None


def _check_metrics(
    kind: ReportType, level: DataLevel, dimensions: Sequence[str], metrics: Sequence[str]
) -> None:
    for name in metrics:
        if name not in METRICS:
            checks.wrong("metrics", f"Not a valid metric: {name}.")
        if kind is ReportType.AUDIENCE and name in UNIQUE:
            checks.wrong("metrics", f"{name} is not available in AUDIENCE reports.")
        if name == "minis_name" and Dimension.MINIS not in dimensions:
            checks.wrong("metrics", "minis_name needs the dimension minis_id.")
        if name in ATTRIBUTES and _DEPTH[level] < _depth_of(name):
            checks.wrong("metrics", f"{name} is not available at {level}.")


def _depth_of(attribute: str) -> int:
    if attribute in _OF_ACCOUNT or attribute == "minis_name":
        return 0
    if attribute in _OF_CAMPAIGN:
        return 1
    return 3 if attribute in _OF_AD else 2


def _days(request: ReportParts, kind: ReportType, time: Dimension | None) -> tuple[date, date]:
    if request.query_lifetime:
        return _ALWAYS, _FOREVER
    first, last = request.start_date, request.end_date
    if first is None:
        checks.missing("start_date")
    if last is None:
        checks.missing("end_date")
    if last < first:
        checks.wrong("end_date", "It is before start_date.")
    most = {Dimension.DAY: MAX_DAYS, Dimension.HOUR: 1, None: MAX_SPAN}[time]
    days = (last - first).days + 1
    if days > most:
        said = f"The time span is {days} days, at most {most} with these dimensions."
        checks.wrong("end_date", said)
    return first, last
