"""All errors of the client, in one tree.

    StagedoorError
    ├── ConfigurationError       a key, a token or an extra is missing
    ├── InvalidRequest           refused here, before anything was sent
    │   └── IdentifiersRejected  rows of identifiers of customers are broken
    ├── MediaError
    │   ├── MediaUnreadable      the file isn't there, or can't be opened
    │   ├── MediaRejected        the file breaks TikTok's limits
    │   └── MediaChanged         the file changed or shrank while it was sent
    ├── ArchiveError
    │   ├── ArchiveUnreadable    the file isn't there, or isn't an archive
    │   ├── ArchiveBroken        the zip is damaged or incomplete
    │   ├── ArchiveLocked        the zip is encrypted
    │   ├── ArchiveUnsafe        a zip bomb, or names that lead outside it
    │   └── ArchiveMalformed     a file in it isn't JSON, or isn't UTF-8
    ├── LoginError               the callback doesn't belong to this login
    │   └── QrExpired            nobody allowed the login before the QR code expired
    ├── ShareResultInvalid       the result doesn't belong to this share
    ├── WebhookInvalid           not a webhook of TikTok's, or too old
    ├── TransportError
    │   ├── NotSent              nothing reached TikTok: safe to retry
    │   ├── AnswerLost           TikTok may have executed the request
    │   └── UnexpectedAnswer     the response isn't in TikTok's format
    ├── UploadError
    │   ├── UploadExpired        the upload_url is older than an hour
    │   └── UploadRefused        TikTok refused a chunk
    ├── PostError
    │   ├── PostFailed           failed for good, with TikTok's reason
    │   ├── StillProcessing      no final state within the given time
    │   └── OutcomeUnknown       may be published: check before a retry
    ├── VideoNotReady            a video for ads isn't processed within the given time
    ├── ReportFailed             TikTok couldn't prepare a report
    ├── CollectionError          collected data on the disk can't be used, or written
    ├── ExportError              a copy of a person's data isn't available
    │   ├── ExportOver           cancelled or expired: request another
    │   └── StillCollecting      not ready within the given time
    └── TikTokError              TikTok answered with an error code
        ├── TokenInvalid
        │   └── ReconnectRequired   can't be refreshed: the creator has to connect again
        ├── ScopeMissing
        ├── BadRequest
        ├── NotFound
        ├── WrongState
        ├── PolicyRefused
        ├── QuotaExceeded
        ├── RateLimited
        ├── ClientRejected
        ├── GrantInvalid
        ├── AccessDenied
        └── ServerError

The text of a `TikTokError` starts with TikTok's log_id, which its support asks for, and ends with
the remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from stagedoor.platform.errors import OPEN_PLATFORM
from stagedoor.platform.refusal import InvalidRequest, StagedoorError

__all__ = [
    "AccessDenied",
    "AnswerLost",
    "ArchiveBroken",
    "ArchiveError",
    "ArchiveLocked",
    "ArchiveMalformed",
    "ArchiveUnreadable",
    "ArchiveUnsafe",
    "BadRequest",
    "ClientRejected",
    "CollectionError",
    "ConfigurationError",
    "ExportError",
    "ExportOver",
    "GrantInvalid",
    "IdentifiersRejected",
    "InvalidRequest",
    "LoginError",
    "MediaChanged",
    "MediaError",
    "MediaRejected",
    "MediaUnreadable",
    "NotFound",
    "NotSent",
    "OutcomeUnknown",
    "PolicyRefused",
    "PostError",
    "PostFailed",
    "QrExpired",
    "QuotaExceeded",
    "RateLimited",
    "ReconnectRequired",
    "ReportFailed",
    "ScopeMissing",
    "ServerError",
    "ShareResultInvalid",
    "StagedoorError",
    "StillCollecting",
    "StillProcessing",
    "TikTokError",
    "TokenInvalid",
    "TransportError",
    "UnexpectedAnswer",
    "UploadError",
    "UploadExpired",
    "UploadRefused",
    "VideoNotReady",
    "WebhookInvalid",
    "WrongState",
]


class ConfigurationError(StagedoorError):
    """A key, a token or an optional part is missing; the message says which and how to get it."""


class IdentifiersRejected(InvalidRequest):
    """Rows of identifiers are broken. `problems` names the first rows, never what is in them.

    `broken_rows` is the number of all broken rows.
    """

    def __init__(self, problems: Sequence[tuple[str, str]], broken_rows: int) -> None:
        self.broken_rows = broken_rows
        rows = "1 row is" if broken_rows == 1 else f"{broken_rows:,} rows are"
        named = len({path.partition(" (")[0] for path, _ in problems})
        more = f", the first {named} of them" if broken_rows > named else ""
        super().__init__(f"{rows} broken{more}", problems)


class MediaError(StagedoorError):
    """A file can't be used."""


class MediaRejected(MediaError):
    """The file breaks TikTok's limits. `problems` name each limit and what was found."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__(f"{name}: {'; '.join(self.problems)}. Nothing was sent.")


class MediaUnreadable(MediaError):
    """The file isn't there, or it can't be opened."""


class MediaChanged(MediaError):
    """The file changed or shrank while it was sent. Nothing was published."""


class ArchiveError(StagedoorError):
    """An archive of a person's data can't be read. `name` is the name of its file."""

    def __init__(self, message: str, name: str) -> None:
        self.name = name
        super().__init__(message)


class ArchiveUnreadable(ArchiveError):
    """The file isn't there, can't be opened, or isn't an archive."""


class ArchiveBroken(ArchiveError):
    """The zip is damaged or incomplete."""


class ArchiveLocked(ArchiveError):
    """The zip is encrypted."""


class ArchiveUnsafe(ArchiveError):
    """The archive exceeds the limits, or contains names of files that lead outside it."""


class ArchiveMalformed(ArchiveError):
    """A file in the archive isn't JSON, or isn't UTF-8."""


class CollectionError(StagedoorError):
    """A folder or file of collected data can't be used or written. Nothing in it was changed."""


class LoginError(StagedoorError):
    """The callback doesn't belong to this login: forged, reused or malformed."""


class QrExpired(LoginError):
    """The QR code has expired: show a fresh one. A creator's refusal looks the same."""


class ShareResultInvalid(StagedoorError):
    """The result doesn't belong to this share: forged, of an older share, or malformed."""


class WebhookInvalid(StagedoorError):
    """The request isn't a webhook of TikTok's for this app, or it is too old."""


class TransportError(StagedoorError):
    """The network failed. The HTTP library's own error is the cause."""


class NotSent(TransportError):
    """The request didn't reach TikTok, so nothing was done."""


class AnswerLost(TransportError):
    """The request was sent, but no response came: TikTok may have executed it."""


class UnexpectedAnswer(TransportError):
    """The response can't be right, for example because a proxy in between sent it.

    It isn't in TikTok's format, or promises further pages that can't be requested.
    """

    def __init__(self, message: str, http_status: int) -> None:
        self.http_status = http_status
        super().__init__(message)


class UploadError(StagedoorError):
    """The bytes of a video could not be uploaded. Nothing was published."""


class UploadExpired(UploadError):
    """The upload_url is older than an hour."""


class UploadRefused(UploadError):
    """TikTok refused a chunk."""


class PostError(StagedoorError):
    """A post isn't published, or not yet. `publish_id` is TikTok's; None until init is answered."""

    def __init__(self, message: str, publish_id: str | None) -> None:
        self.publish_id = publish_id
        super().__init__(message)


class PostFailed(PostError):
    """TikTok failed the post for good. `reason` is its fail_reason.

    `retry` tells whether posting again can help, `remedy` what to do.
    """

    def __init__(self, publish_id: str, reason: str, retry: bool, remedy: str) -> None:
        self.reason = reason
        self.retry = retry
        self.remedy = remedy
        super().__init__(f"TikTok failed post {publish_id}: {reason}. {remedy}", publish_id)


class StillProcessing(PostError):
    """No final state within the given time. TikTok goes on with the post: ask for its status."""


class OutcomeUnknown(PostError):
    """TikTok may have accepted the post. A retry could publish twice: check the profile first."""


class VideoNotReady(StagedoorError):
    """A video for ads was uploaded, but isn't processed yet. TikTok goes on with it.

    `video_id` is TikTok's id of the video: ask for it later, and don't upload the file again.
    """

    def __init__(self, message: str, video_id: str) -> None:
        self.video_id = video_id
        super().__init__(message)


class ExportError(StagedoorError):
    """A copy of a person's data isn't available, or not yet. `request_id` is TikTok's."""

    def __init__(self, message: str, request_id: str) -> None:
        self.request_id = request_id
        super().__init__(message)


class ExportOver(ExportError):
    """The request was cancelled, or its archive has expired."""


class StillCollecting(ExportError):
    """Not ready within the given time. TikTok goes on: wait for the same request again."""


class ReportFailed(StagedoorError):
    """TikTok could not prepare a report, or its file could not be read. Ask for it again."""


class TikTokError(StagedoorError):
    """TikTok answered with an error.

    `code` and `message` are TikTok's, `remedy` is what you can do, `log_id` is the id that TikTok's
    support asks for, `http_status` the status of the response (not decisive), `operation` the
    declared id.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        log_id: str = "",
        http_status: int = 0,
        operation: str = "",
        retry_after: float | None = None,
        resets_at: float | None = None,
        remedy: str | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.log_id = log_id
        self.http_status = http_status
        self.operation = operation
        self.retry_after = retry_after
        self.resets_at = resets_at
        declared = OPEN_PLATFORM.known(code)
        if remedy is None:
            remedy = declared.remedy if declared else self._unknown(http_status)
        self.remedy = remedy
        super().__init__(str(self))

    def _unknown(self, http_status: int) -> str:
        """The remedy for a code that isn't declared."""
        if http_status >= 500:
            return "TikTok failed: try again later."
        return (
            "Stagedoor doesn't know this code: see TikTok's page of the call, or ask its support."
        )

    def __str__(self) -> str:
        # responses to logins and refreshes have no log_id
        head = f"{self.log_id}: {self.code}" if self.log_id else self.code
        said = f" ({self.message.rstrip('.')})" if self.message else ""
        told = f"{head}{said}. {self.remedy}".rstrip()
        if self.resets_at is None:
            return told
        return f"{told} That is {datetime.fromtimestamp(self.resets_at, UTC):%Y-%m-%d %H:%M} UTC."


class TokenInvalid(TikTokError):
    """The access token is missing, expired, revoked or of another kind."""


class ReconnectRequired(TokenInvalid):
    """The token can no longer be refreshed: the creator has to connect again."""


class ScopeMissing(TikTokError):
    """The creator, or TikTok's review, didn't grant the scope."""


class BadRequest(TikTokError):
    """The request is invalid; a retry fails in the same way."""


class NotFound(TikTokError):
    """TikTok doesn't know the id."""


class WrongState(TikTokError):
    """The request is valid, but not in the current state."""


class PolicyRefused(TikTokError):
    """TikTok's rules forbid the request for this app, account or post."""


class QuotaExceeded(TikTokError):
    """A quota over hours or days is used up. `resets_at` is in Unix seconds, if it is known."""


class RateLimited(TikTokError):
    """Too many requests. `retry_after` is in seconds, if it is known."""


class ClientRejected(TikTokError):
    """The app's key, secret or set-up is wrong."""


class GrantInvalid(TikTokError):
    """The code or refresh token was used before, has expired or was revoked."""


class AccessDenied(TikTokError):
    """A person or TikTok refused on the consent page."""


class ServerError(TikTokError):
    """TikTok failed; trying again later may help."""
