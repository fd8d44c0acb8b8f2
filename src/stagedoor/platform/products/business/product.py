"""Defaults of operations by their subject. All have ids `business.<id of the fact file>`."""

from __future__ import annotations

from dataclasses import replace

from ...operation import GIVEN, ApiProduct, Host, Resource, Subject, Surface
from ...protocols.business import BUSINESS
from . import limits

ADVERTISER = ApiProduct(
    name="business",
    protocol=BUSINESS,
    subject=Subject.ADVERTISER,
    resource=Resource.ADS,
    limits=limits.DEFAULT,
    host=Host.BUSINESS,
)
"""Calls with an advertiser's token. Pass `resource` for another than ADS."""
GRANTABLE_ADVERTISER = replace(ADVERTISER, surfaces=GIVEN)
"""The same, for operations that agents can be granted: each names its ad accounts."""
ACCOUNT_HOLDER = ApiProduct(
    name="business",
    protocol=BUSINESS,
    subject=Subject.ACCOUNT_HOLDER,
    resource=Resource.PROFILE,
    limits=limits.ACCOUNT,
    host=Host.BUSINESS,
)
"""Calls with an account holder's token. Pass the fitting `resource`."""
GRANTABLE_HOLDER = replace(ACCOUNT_HOLDER, surfaces=GIVEN)
"""The same, for operations that agents can be granted."""
APP = ApiProduct(
    name="business",
    protocol=BUSINESS,
    subject=Subject.APP,
    resource=Resource.AUTHORIZATION,
    limits=limits.DEFAULT,
    host=Host.BUSINESS,
)
"""Calls that the app authenticates by its id and secret."""

WITHOUT_TOOL = GIVEN - {Surface.TOOL}
"""The surfaces of grantable operations that take a file, for which a tool has no place, or more
arguments than a model reads in a list of tools."""
ONLY_CLIENT = frozenset({Surface.CLIENT})
