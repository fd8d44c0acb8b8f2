"""Defaults of operations by their subject. All have ids `business.<id of the fact file>`."""

from __future__ import annotations

from ...operation import Host, Product, Resource, Subject
from ...protocols.business import BUSINESS
from . import limits

ADVERTISER = Product(
    name="business",
    protocol=BUSINESS,
    subject=Subject.ADVERTISER,
    resource=Resource.ADS,
    limits=limits.DEFAULT,
    host=Host.BUSINESS,
)
"""Calls with an advertiser's token. Pass `resource` for another than ADS."""
ACCOUNT_HOLDER = Product(
    name="business",
    protocol=BUSINESS,
    subject=Subject.ACCOUNT_HOLDER,
    resource=Resource.PROFILE,
    limits=limits.ACCOUNT,
    host=Host.BUSINESS,
)
"""Calls with an account holder's token. Pass the fitting `resource`."""
APP = Product(
    name="business",
    protocol=BUSINESS,
    subject=Subject.APP,
    resource=Resource.AUTHORIZATION,
    limits=limits.DEFAULT,
    host=Host.BUSINESS,
)
"""Calls that the app authenticates by its id and secret."""
