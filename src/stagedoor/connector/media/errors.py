"""Errors for callers that upload or fetch media."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError, Conflict, ObjectNotFound, ServiceUnavailable


class UploadUnknown(ObjectNotFound):
    """No such capability, or one for another purpose."""

    code = "upload_unknown"


class UploadUrlExpired(ApiError):
    """The capability has expired."""

    code, http = "upload_expired", 410


class UploadComplete(Conflict):
    """The file is complete already."""

    code = "upload_complete"


class OutOfOrder(Conflict):
    """The range doesn't begin where the stored bytes end; `detail` has `received` and `size`."""

    code = "upload_out_of_order"

    def __init__(self, message: str, received: int, size: int | None) -> None:
        detail: dict[str, Any] = {"received": received, "size": size}
        super().__init__(message, detail=detail)


class BadUpload(ApiError):
    """The request's headers and body contradict each other; nothing of it was kept."""

    code, http = "invalid_upload", 400


class StoreFull(ApiError):
    """The store is full; files that were stored before stay."""

    code, http, retryable = "storage_full", 507, True

    def __init__(self) -> None:
        super().__init__(
            "The media store is full. What was received before is kept: make room, "
            "then go on where the upload stands.",
            retry_after=60,
        )


class ShareTaken(ApiError):
    """Other open uploads of the organisation have reserved its share of the space."""

    code, http, retryable = "storage_share_taken", 507, True

    def __init__(self) -> None:
        super().__init__(
            "Other uploads of this organisation that are under way need its share of the media "
            "store: let them end, then send this one.",
            retry_after=60,
        )


class UploadTooSlow(ApiError):
    """The client kept an upload open without sending."""

    code, http, retryable = "upload_too_slow", 408, True

    def __init__(self, size: int, seconds: float) -> None:
        super().__init__(
            f"An upload must send at least {size:,} bytes in {seconds:g} s. What was received of "
            "a body with a length is kept: ask with HEAD where it stands, and go on there.",
            retry_after=1,
        )


class StoreForeign(ServiceUnavailable):
    """The media store that this process sees isn't the one that belongs to the database."""

    code = "storage_foreign"

    def __init__(self, why: str) -> None:
        super().__init__(why, retry_after=30)


class StoreRefused(ApiError):
    """The media store answers, but refuses the service until a setting or the store is changed.

    `reason` is the store's message, and `todo` what to do about it: for operators.
    """

    code, http = "storage_refused", 503

    def __init__(self, reason: str, todo: str) -> None:
        self.reason = reason
        self.todo = todo
        super().__init__(
            "The media store refuses the service. What was received before is kept. Trying again "
            "is of no use before an administrator has looked at the store's settings: the "
            "service's log has the reason."
        )


class StoreFailed(ApiError):
    """The media store doesn't answer; `reason` is for operators."""

    code, http, retryable = "storage_unavailable", 503, True

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__(
            "The media store doesn't answer. What was received before is kept: try again in a "
            "moment.",
            retry_after=10,
        )


class MediaGone(ApiError):
    """A medium's bytes are no longer in the store."""

    code, http = "media_gone", 410


STORE_ERRORS = (StoreFull, ShareTaken, StoreForeign, StoreRefused, StoreFailed)
"""The errors of routes that need the media store."""
UPLOAD_ERRORS = (
    UploadUnknown,
    UploadUrlExpired,
    UploadComplete,
    OutOfOrder,
    BadUpload,
    UploadTooSlow,
    *STORE_ERRORS,
)
"""The errors of an upload by its capability."""
