"""Settings of the mail server that sends notices: STAGEDOOR_SMTP_*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import SettingsError

_SMTP_PORTS = {"starttls": "587", "tls": "465", "none": "25"}


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server that sends notices."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    """`starttls`, `tls`, or `none`."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_settings(values: Mapping[str, str]) -> SmtpSettings | None:
    """The mail server of STAGEDOOR_SMTP_*; None without a host. Raises `SettingsError`."""
    host, sender = values.get("STAGEDOOR_SMTP_HOST"), values.get("STAGEDOOR_SMTP_FROM")
    if not host:
        return None
    if not sender or sender.count("@") != 1 or not sender.isprintable():
        raise SettingsError(
            "STAGEDOOR_SMTP_FROM must be the address that notices come from, such as "
            "stagedoor@example.com, where STAGEDOOR_SMTP_HOST is set"
        )
    security = values.get("STAGEDOOR_SMTP_SECURITY") or "starttls"
    if security not in _SMTP_PORTS:
        raise SettingsError("STAGEDOOR_SMTP_SECURITY must be starttls, tls or none")
    user, password = values.get("STAGEDOOR_SMTP_USER"), values.get("STAGEDOOR_SMTP_PASSWORD")
    if user and security == "none":
        raise SettingsError(
            "STAGEDOOR_SMTP_SECURITY=none would send STAGEDOOR_SMTP_PASSWORD in the clear: use "
            "starttls or tls"
        )
    port = values.get("STAGEDOOR_SMTP_PORT") or _SMTP_PORTS[security]
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise SettingsError("STAGEDOOR_SMTP_PORT must be a port, such as 587")
    return SmtpSettings(host, sender, int(port), security, user or None, password or None)
