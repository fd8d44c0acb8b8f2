"""Secrets in texts: the one mask for every log, recorded request and error message.

A capability URL gives access to everybody who has it, so its path is as secret as a token. Each
kind is declared here, and the routes take their paths from the declaration.
"""

from __future__ import annotations

import logging
import re
from typing import Final

UPLOAD: Final = "/upload/"
"""The upload of one file to the service."""
PULL: Final = "/media/"
"""A file that TikTok downloads from the service."""
AGENT_UPLOAD: Final = "/agents/upload/"
"""As TikTok's upload_url, for agents."""
APPROVAL: Final = "/agents/approve/"
"""The page on which a person approves an agent's call."""
REPORT_FILE: Final = "/report-files/"
"""The file of a report task, on the emulator."""
QR_CODE: Final = "/_emulator/qr/"
"""A login by QR code, on the emulator."""
QR_SCAN: Final = "/scan/"
"""The creator's phone at such a code, on the emulator."""
CAPABILITY_PATHS: Final = (UPLOAD, PULL, AGENT_UPLOAD, APPROVAL, REPORT_FILE, QR_CODE, QR_SCAN)

# the last part of a path will do: an address may have a prefix, and be cut
_ABOVE = "|".join(
    f"(?<=/{re.escape(part)}/)"
    for part in sorted({path.strip("/").rpartition("/")[2] for path in CAPABILITY_PATHS})
)
_SECRET = re.compile(
    r"(act\.|rft\.|clt\.)[^\s\"'&]+"
    r"|\bsd[aor]_[\w-]+"
    r"|\bwhsec_[\w+/=-]+"
    r"|(?<=Bearer )[^\s\"']+"
    rf"|(?:{_ABOVE})[^\s\"'/?]+"
    # an access token of TikTok API for Business, and an authorization code (oauth.yaml)
    r"|(?<=/)[0-9a-f]{40}(?![\w-])"
    r"|\b\w{40,}(?:\*|%2[Aa])v(?:!|%21)\d+\.\w+"
    r"|(?<=[?&_]token=)[^\s\"'&]+"
    r"|(?<=[?&]code=)[^\s\"'&]+"
    r"|(?<=[?&]state=)[^\s\"'&]+"
    r"|(?<=[?&_]secret=)[^\s\"'&]+"
    r"|(?<=[?&]auth_code=)[^\s\"'&]+"
    r"|(?<=[?&-]signature=)[^\s\"'&]+"
    r"|(?i:(?<=access-token: )|(?<=access-token': ')|(?<=access-token\": \"))[^\s\"',]+"
)
MASK: Final = "***"


def masked(text: str) -> str:
    """Return `text` without tokens, codes, signatures and capabilities."""
    return _SECRET.sub(MASK, text)


class FittingArguments(logging.Filter):
    """Joins arguments that don't fit their message to its text: a handler would report the failure
    by printing them, and no mask would see them."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.getMessage()
        except (TypeError, ValueError, KeyError):
            record.msg, record.args = f"{record.msg} {record.args}", ()
        return True


class WithoutSecrets(FittingArguments):
    """Masks secrets in messages and tracebacks, for loggers whose handler isn't known."""

    def filter(self, record: logging.LogRecord) -> bool:
        super().filter(record)
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = masked(_FORMATTER.formatException(record.exc_info))
        return True


_FORMATTER = logging.Formatter()
