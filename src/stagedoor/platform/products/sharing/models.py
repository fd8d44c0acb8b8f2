"""Requests and answers of Share Kit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from ...bounds import MAX_LISTED, AtMost
from ...model import Answer, CommaList, Request
from ...reasons import formed
from ...vocabulary import MediaType as MediaType
from ...vocabulary import Outcome as Outcome

MAX_IMAGES = 35
"""The docs' number; a comment in the iOS SDK says 12."""
MAX_VIDEOS_IOS = 12
MAX_VIDEOS_ANDROID = 35
MIN_IMAGES_ANDROID = 2
MAX_ASPECT = 2.2
"""The maximum ratio of a picture's longer side to its shorter side (iOS)."""
MAX_SECONDS_IOS = 600
SECONDS_ANDROID = (1, 360)
MAX_FRAME_ANDROID = 1_100
"""Maximum pixels of a frame's side."""
ANDROID_VIDEO = ".mp4"
ANDROID_PACKAGES = ("com.zhiliaoapp.musically", "com.ss.android.ugc.trill")
SDK_NAME = "tiktok_sdk_share"
_BUNDLE = formed("^[0-9a-f]{128}$", "should be a SHA-512 hash: 128 characters of 0 to 9 and a to f")


class ShareFormat(IntEnum):
    """GREEN_SCREEN takes exactly one image or video."""

    NORMAL = 0
    GREEN_SCREEN = 1


class MessageType(IntEnum):
    """The type of an Android bundle: request or response."""

    AUTH_REQUEST = 1
    AUTH_RESPONSE = 2
    SHARE_REQUEST = 3
    SHARE_RESPONSE = 4


class ShareState(IntEnum):
    """The final state of a share, as TikTok's number; `remedy` says what to do."""

    outcome: Outcome
    remedy: str

    def __new__(cls, value: int, outcome: Outcome, remedy: str) -> ShareState:
        member = int.__new__(cls, value)
        member._value_ = value
        member.outcome = outcome
        member.remedy = remedy
        return member

    SUCCESS = 20000, Outcome.SHARED, "Nothing is left to do."
    UNKNOWN = 20001, Outcome.FAILED, "Try again; TikTok gives no reason."
    PARAMS_INVALID = 20002, Outcome.FAILED, "Correct the request: a field is missing or wrong."
    NOT_PERMITTED = (
        20003,
        Outcome.FAILED,
        "See that the app has Share Kit and is live, or is its sandbox.",
    )
    NOT_LOGGED_IN = 20004, Outcome.FAILED, "Ask the person to sign in to TikTok first."
    NO_ALBUM_PERMISSION = 20005, Outcome.FAILED, "Ask the person to let TikTok see their photos."
    NETWORK = 20006, Outcome.FAILED, "Try again when the phone is online."
    VIDEO_LENGTH = 20007, Outcome.FAILED, "Make the video longer or shorter."
    PHOTO_REQUIREMENT = 20008, Outcome.FAILED, "Share as many photos, and in such form, as allowed."
    TIME_STAMP = 20009, Outcome.FAILED, "Set the phone's clock, then make the request anew."
    PROCESSING_MEDIA = 20010, Outcome.FAILED, "TikTok couldn't process the media: try another file."
    VIDEO_RESOLUTION = 20011, Outcome.FAILED, "Use another size or shape of the video."
    VIDEO_FORMAT = 20012, Outcome.FAILED, "Use a video in MP4."
    CANCELLED = 20013, Outcome.CANCELLED, "The person turned back: offer it again later."
    UPLOAD_RUNNING = 20014, Outcome.FAILED, "Wait until the other upload has ended."
    SAVED_AS_DRAFT = 20015, Outcome.DRAFT, "It waits in the person's drafts in TikTok."
    POSTING_FAILED = 20016, Outcome.FAILED, "Posting failed or isn't allowed to this person."
    NOT_INSTALLED = 20019, Outcome.FAILED, "Offer the person to install TikTok."
    ICLOUD_FAILED = 21001, Outcome.FAILED, "Download the media from iCloud to the phone first."
    INTERNAL_PARAMS = 21002, Outcome.FAILED, "Make the request anew; report it if it stays."
    MEDIA_MISSING = 21003, Outcome.FAILED, "See that the media are still on the phone."
    UPGRADE_TIKTOK = 22000, Outcome.FAILED, "Ask the person to update TikTok."
    OTHER_USER = 22001, Outcome.FAILED, "Another person is signed in to TikTok."
    NO_DM_PERMISSION = 22002, Outcome.FAILED, "The app may not share to messages."
    DM_FAILED = 22003, Outcome.FAILED, "Sharing to a message failed: try again."
    DM_PARAMETER = 22004, Outcome.FAILED, "A parameter of the message is missing."
    DM_SCHEMA = 22005, Outcome.FAILED, "The message's form is wrong."


class IosError(IntEnum):
    """`error_code` of an iOS answer, which is coarser than `share_state`."""

    NONE = 0
    COMMON = -1
    CANCELLED = -2
    FAILED = -3
    DENIED = -4
    UNSUPPORTED = -5
    MISSING_PARAMS = 10005
    UNKNOWN = 100000


class AndroidError(Enum):
    """`errorCode` and `subErrorCode` of an Android answer, with outcome and remedy."""

    code: int
    sub: int
    outcome: Outcome
    remedy: str

    def __new__(cls, code: int, sub: int, outcome: Outcome, remedy: str) -> AndroidError:
        member = object.__new__(cls)
        member._value_ = (code, sub)
        member.code, member.sub = code, sub
        member.outcome, member.remedy = outcome, remedy
        return member

    NONE = 0, 0, Outcome.SHARED, ShareState.SUCCESS.remedy
    UNKNOWN = -1, -1, Outcome.FAILED, "Try again; sharing was refused or failed without a reason."
    CANCELLED = -2, -2, Outcome.CANCELLED, ShareState.CANCELLED.remedy
    PARAMS_INVALID = -3, 20002, Outcome.FAILED, ShareState.PARAMS_INVALID.remedy
    CERTIFICATE = (
        -3,
        10011,
        Outcome.FAILED,
        "Register the certificate that the app is signed with in the developer portal.",
    )
    NO_ALBUM_PERMISSION = -4, 20005, Outcome.FAILED, ShareState.NO_ALBUM_PERMISSION.remedy
    DRAFT_OR_REFUSED = (
        -4,
        20016,
        Outcome.UNCLEAR,
        "It was saved as a draft, or the person may not post: the drafts in TikTok show which.",
    )
    PHOTO_REQUIREMENT = -5, 20008, Outcome.FAILED, ShareState.PHOTO_REQUIREMENT.remedy
    PHOTO_PROCESSING = -5, 20010, Outcome.FAILED, ShareState.PROCESSING_MEDIA.remedy
    VIDEO_FORMAT = -5, 20012, Outcome.FAILED, ShareState.VIDEO_FORMAT.remedy
    NETWORK = -12, 20006, Outcome.FAILED, ShareState.NETWORK.remedy


SHARE_STATES: Mapping[int, ShareState] = {int(state): state for state in ShareState}
IOS_ERRORS: Mapping[int, IosError] = {int(error): error for error in IosError}
ANDROID_ERRORS: Mapping[tuple[int, int], AndroidError] = {
    (error.code, error.sub): error for error in AndroidError
}


def hashed_bundle_id(bundle_id: str) -> str:
    """The id that an iOS app sends: the SHA-512 of its bundle id, in hex."""
    return hashlib.sha512(bundle_id.encode()).hexdigest()


class IosShare(Request):
    """A share request on iOS, as the URL that TikTok's app opens. `media_paths` are PHAsset local
    identifiers.

    `key` is the client key, `bundle_id` the hash of the app's own; `redirect_uri` is a universal
    link of the app.
    """

    key: Annotated[str, Field(min_length=1)]
    bundle_id: Annotated[str, Field(pattern=_BUNDLE)]
    media_type: MediaType
    media_paths: Annotated[CommaList, Field(min_length=1), AtMost(MAX_LISTED)]
    redirect_uri: str
    request_id: Annotated[str, Field(min_length=1)]
    share_format: ShareFormat = ShareFormat.NORMAL
    state: str | None = None
    sdk_name: str = SDK_NAME
    api_version: str | None = None
    third_app_version: str | None = None

    @field_validator("redirect_uri")
    @classmethod
    def _is_universal_link(cls, uri: str) -> str:
        if not uri.startswith("https://") or len(uri) == len("https://"):
            raise ValueError("is no universal link: it must begin with https://")
        return uri

    @model_validator(mode="after")
    def _within_limits(self) -> IosShare:
        count = len(self.media_paths)
        most = MAX_IMAGES if self.media_type is MediaType.IMAGE else MAX_VIDEOS_IOS
        _check_count(count, 1, most, self.share_format)
        return self


class AndroidShare(Request):
    """A share request on Android, sent as a bundle. `media_paths` are content URIs or files."""

    client_key: Annotated[str, Field(min_length=1)]
    package_name: Annotated[str, Field(min_length=1)]
    media_type: MediaType
    media_paths: Annotated[tuple[str, ...], Field(min_length=1), AtMost(MAX_LISTED)]
    share_format: ShareFormat = ShareFormat.NORMAL
    state: str | None = None
    result_activity: str | None = None
    """The full path of the activity; None: `TikTokEntryActivity` in the app's own package."""

    @model_validator(mode="after")
    def _within_limits(self) -> AndroidShare:
        count = len(self.media_paths)
        if self.media_type is MediaType.IMAGE:
            _check_count(count, MIN_IMAGES_ANDROID, MAX_IMAGES, self.share_format)
        else:
            _check_count(count, 1, MAX_VIDEOS_ANDROID, self.share_format)
            for path in self.media_paths:
                if not path.lower().endswith(ANDROID_VIDEO):
                    raise ValueError(f"videos must be {ANDROID_VIDEO}")
        return self


def _check_count(count: int, least: int, most: int, share_format: ShareFormat) -> None:
    if share_format is ShareFormat.GREEN_SCREEN:
        if count != 1:
            raise ValueError("a green screen takes exactly one image or video")
    elif not least <= count <= most:
        raise ValueError(f"{count} media are shared, TikTok takes {least} to {most}")


class BundleKey:
    """Key names in an Android bundle."""

    STATE = "_aweme_open_sdk_params_state"
    CLIENT_KEY = "_aweme_open_sdk_params_client_key"
    CALLER_PACKAGE = "_aweme_open_sdk_params_caller_package"
    CALLER_ENTRY = "_aweme_open_sdk_params_caller_local_entry"
    SHARE_FORMAT = "_aweme_open_sdk_params_share_format"
    TYPE = "_aweme_open_sdk_params_type"
    ERROR_CODE = "_aweme_open_sdk_params_error_code"
    ERROR_MSG = "_aweme_open_sdk_params_error_msg"
    SUB_ERROR_CODE = "_aweme_open_sdk_params_sub_error_code"
    IMAGES = "AWEME_EXTRA_IMAGE_MESSAGE_PATH"
    VIDEOS = "AWEME_EXTRA_VIDEO_MESSAGE_PATH"


def bundle(share: AndroidShare) -> dict[str, object]:
    """Encode an Android share request as a bundle."""
    images = share.media_type is MediaType.IMAGE
    found: dict[str, object | None] = {
        BundleKey.TYPE: int(MessageType.SHARE_REQUEST),
        BundleKey.CLIENT_KEY: share.client_key,
        BundleKey.CALLER_PACKAGE: share.package_name,
        BundleKey.CALLER_ENTRY: share.result_activity,
        BundleKey.SHARE_FORMAT: int(share.share_format),
        BundleKey.STATE: share.state,
        BundleKey.IMAGES if images else BundleKey.VIDEOS: list(share.media_paths),
    }
    return {name: value for name, value in found.items() if value is not None}


def unbundled(sent: Mapping[str, object]) -> AndroidShare:
    """Parse the request in a bundle; ValidationError where it breaks a limit."""
    images = sent.get(BundleKey.IMAGES)
    facts = {
        "client_key": sent.get(BundleKey.CLIENT_KEY),
        "package_name": sent.get(BundleKey.CALLER_PACKAGE),
        "result_activity": sent.get(BundleKey.CALLER_ENTRY),
        "share_format": sent.get(BundleKey.SHARE_FORMAT, ShareFormat.NORMAL),
        "state": sent.get(BundleKey.STATE),
        "media_type": MediaType.IMAGE if images else MediaType.VIDEO,
        "media_paths": images or sent.get(BundleKey.VIDEOS) or (),
    }
    return AndroidShare.model_validate(facts)


class IosAnswer(Answer):
    """Query of the answer's URL; newer apps send `error_code`, older apps `errCode`."""

    request_id: str = ""
    response_id: str = ""
    state: str = ""
    error_code: int | None = None
    errCode: int | None = None
    error_description: str = ""
    share_state: int | None = None
