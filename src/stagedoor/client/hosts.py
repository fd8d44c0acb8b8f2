"""TikTok's base addresses: the only setting that separates real TikTok from an emulator."""

from __future__ import annotations

from urllib.parse import urlsplit

from stagedoor.platform.addresses import is_whole
from stagedoor.platform.arguments import check_fields, passed_as
from stagedoor.platform.operation import BrowserPage, Host, Operation
from stagedoor.platform.records import frozen
from stagedoor.platform.refusal import InvalidRequest

BUSINESS_SANDBOX = "https://sandbox-ads.tiktok.com"
"""The sandbox of TikTok API for Business; it has its own ad accounts and tokens."""


@frozen
class Hosts:
    """Base addresses, without a trailing slash. The default is real TikTok."""

    api: str = Host.API.value
    www: str = Host.WWW.value
    business: str = Host.BUSINESS.value

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("api", "www", "business"):
            object.__setattr__(self, name, _base(name, getattr(self, name)))

    @classmethod
    def at(cls, base: str) -> Hosts:
        """All hosts at one address, such as an emulator's `http://127.0.0.1:8701`.

        Raises `InvalidRequest` for anything but a complete http or https address.
        """
        return cls(api=base, www=base, business=base)

    @classmethod
    def business_sandbox(cls) -> Hosts:
        """TikTok with the sandbox of TikTok API for Business, for an app's sandbox ad account."""
        return cls(business=BUSINESS_SANDBOX)

    def url(self, operation: Operation[..., object] | BrowserPage) -> str:
        """The address of an operation or page, without a query."""
        if operation.host is Host.BUSINESS:
            return self.business + operation.path
        base = self.www if operation.host is Host.WWW else self.api
        return base + operation.path

    def page_url(self, link: str) -> str:
        """The address at which a link to a page of TikTok's, such as a `share_url`, opens at these
        hosts; other links stay as they are."""
        path = link.removeprefix(Host.WWW.value)
        return self.www + path if path != link and path.startswith("/") else link

    opening = page_url
    """The former name of `page_url`."""


def _base(name: str, address: str) -> str:
    """The address without trailing slashes; raises `InvalidRequest` if it can't be a base URL."""
    if not is_whole(address, "http", "https") or "\\" in address:
        why = "must be a whole address, such as http://127.0.0.1:8701"
        raise InvalidRequest("Hosts()", [(name, why)])
    parts = urlsplit(address)
    if parts.query or parts.fragment or "@" in parts.netloc:
        why = "must be an address without credentials, query and fragment"
        raise InvalidRequest("Hosts()", [(name, why)])
    return address.rstrip("/")


passed_as(Hosts, 'Hosts, such as Hosts.at("http://127.0.0.1:8701")')
