"""URL properties of an app: the addresses from which TikTok pulls media."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

from pydantic import Field

from ...model import Answer, Empty, Request, says
from ...operation import OperationEffect, Retry
from ...vocabulary import UrlPropertyStatus as UrlPropertyStatus
from ..business.common import COMMON_APP, PREFIX, AppOrTokenRequest, case
from ..business.product import APP


class UrlPropertyType(IntEnum):
    """A domain with its subdomains, or all addresses that begin with a prefix."""

    DOMAIN = 1
    PREFIX = 2


class UrlPropertyMeta(Request):
    """A URL property."""

    property_type: Annotated[int, Field(ge=1, le=2), says("1 for a domain, 2 for a prefix")]
    url: Annotated[str, says("a domain without scheme, or an https prefix that ends in /")]


class UrlPropertyRequest(AppOrTokenRequest):
    """The URL property to add, check or delete."""

    url_property_meta: Annotated[UrlPropertyMeta, says("the URL property")]


class UrlPropertyQuery(AppOrTokenRequest):
    """The app whose URL properties are listed."""


class UrlPropertyInfo(Answer):
    """A URL property and the outcome of its last check."""

    property_type: Annotated[int | None, says("1: a domain, 2: a prefix")] = None
    url: str | None = None
    property_status: Annotated[int | None, says("1: verified, 2: failed, 0: not checked")] = None
    signature: Annotated[str | None, says("for a DNS TXT record, or for the file")] = None
    file_name: Annotated[str | None, says("the file to serve below the prefix")] = None


class UrlPropertyAnswer(Answer):
    """One URL property."""

    url_property_info: UrlPropertyInfo = UrlPropertyInfo()


class UrlPropertyList(Answer):
    """All URL properties of an app."""

    url_property_info_list: tuple[UrlPropertyInfo, ...] = ()


PROPERTY_ADD = APP.operation(
    "property_add",
    "POST",
    f"{PREFIX}/business/property/add/",
    request=UrlPropertyRequest,
    response=UrlPropertyAnswer,
    summary="Add a URL property, and get what proves that it is yours",
    action="Manage URL properties",
    effect=OperationEffect.WRITE,
    errors=COMMON_APP,
    confidence="medium",
    source="business-accounts.yaml property_add",
)

PROPERTY_VERIFY = APP.operation(
    "property_verify",
    "POST",
    f"{PREFIX}/business/property/verify/",
    request=UrlPropertyRequest,
    response=UrlPropertyAnswer,
    summary="Have TikTok check the proof of a URL property",
    action="Manage URL properties",
    effect=OperationEffect.WRITE,
    errors=(*COMMON_APP, case(40007, "unknown URL property")),
    confidence="medium",
    source="business-accounts.yaml property_verify",
)

PROPERTY_DELETE = APP.operation(
    "property_delete",
    "POST",
    f"{PREFIX}/business/property/delete/",
    request=UrlPropertyRequest,
    response=Empty,
    summary="Delete a URL property",
    action="Manage URL properties",
    effect=OperationEffect.WRITE,
    errors=(*COMMON_APP, case(40007, "unknown URL property")),
    confidence="medium",
    source="business-accounts.yaml property_delete",
)

PROPERTY_LIST = APP.operation(
    "property_list",
    "GET",
    f"{PREFIX}/business/property/list/",
    request=UrlPropertyQuery,
    response=UrlPropertyList,
    summary="List the app's URL properties",
    action="Manage URL properties",
    retry=Retry.SAFE,
    errors=COMMON_APP,
    confidence="medium",
    source="business-accounts.yaml property_list",
)
