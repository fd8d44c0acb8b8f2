"""Where TikTok is. The only thing that tells real TikTok from an emulator."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.platform.operation import Host, Operation, Page


@dataclass(frozen=True, slots=True)
class Hosts:
    """Base addresses, without a slash at the end. The default is real TikTok."""

    api: str = Host.API.value
    www: str = Host.WWW.value

    @classmethod
    def at(cls, base: str) -> Hosts:
        """All hosts at one address, such as an emulator's `http://127.0.0.1:8701`."""
        base = base.rstrip("/")
        return cls(api=base, www=base)

    def url(self, operation: Operation[..., object] | Page) -> str:
        base = self.www if operation.host is Host.WWW else self.api
        return base + operation.path
