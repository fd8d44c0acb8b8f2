"""What holds for every test."""

from __future__ import annotations

from functools import cache

from httpx2._transports import default as transports

from tests.support.transactions import forbid_nesting

# reading the certificates takes 60 ms, each client and each httpx2.get() does it anew, and there
# are thousands of them here: one context serves all that ask for the same
transports.create_ssl_context = cache(transports.create_ssl_context)  # type: ignore[attr-defined]

forbid_nesting()
