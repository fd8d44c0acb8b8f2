"""Share Kit for a backend: requests that an app's front end passes on, and parsing of results.

On iOS the app opens a URL and TikTok opens one of the app's; on Android a bundle goes each way.
"""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from stagedoor.platform.arguments import check_fields, checked
from stagedoor.platform.products import sharing
from stagedoor.platform.products.sharing import (
    ANDROID_ERRORS,
    IOS_ERRORS,
    MAX_ASPECT,
    MAX_FRAME_ANDROID,
    MAX_SECONDS_IOS,
    SECONDS_ANDROID,
    SHARE_STATES,
    AndroidError,
    AndroidShare,
    BundleKey,
    IosAnswer,
    IosError,
    IosShare,
    MediaType,
    MessageType,
    Outcome,
    ShareFormat,
    ShareState,
)
from stagedoor.platform.wire import encode

from .errors import InvalidRequest, ShareResultInvalid
from .hosts import Hosts

__all__ = [
    "AndroidError",
    "IosError",
    "MediaType",
    "Outcome",
    "Share",
    "ShareFormat",
    "ShareResult",
    "ShareState",
    "Shared",
    "android_share",
    "ios_share",
    "read_android_result",
    "read_ios_result",
]


@dataclass(frozen=True, slots=True)
class Shared:
    """One image or video on the phone. Its known facts are checked against TikTok's limits.

    `path` is a PHAsset local identifier on iOS, a content URI or file on Android.
    """

    path: str
    seconds: float | None = None
    width: int | None = None
    height: int | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Share:
    """A prepared share: `url` for iOS or `bundle` for Android.

    `state` and, where the result names one, `request_id` tie the result to this share.
    """

    state: str
    request_id: str = ""
    url: str = ""
    bundle: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ShareResult:
    """The result of a share. `code` is TikTok's own number, None if the result had no known one.

    `error` is the coarser code: `IosError`, or Android's pair.
    """

    outcome: Outcome
    code: ShareState | int | None
    error: IosError | AndroidError | tuple[int, int] | int
    remedy: str
    message: str = ""

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.SHARED


@checked
def ios_share(
    client_key: str,
    bundle_id: str,
    media: Sequence[Shared | str],
    media_type: MediaType,
    redirect_uri: str,
    *,
    green_screen: bool = False,
    state: str | None = None,
    hosts: Hosts | None = None,
) -> Share:
    """The URL that an iOS app opens to share images or videos.

    `bundle_id` is the app's own, unhashed; `redirect_uri` a universal link of the app. Raises
    `InvalidRequest` if a documented limit is exceeded.
    """
    shown = _all_shared(media)
    problems = [problem for index, one in enumerate(shown) for problem in _ios_problems(index, one)]
    state = state or secrets.token_urlsafe(16)
    request_id = str(uuid.uuid4())
    try:
        request = IosShare(
            key=client_key,
            bundle_id=sharing.hashed_bundle_id(bundle_id),
            media_type=media_type,
            media_paths=_without_commas(shown),
            redirect_uri=redirect_uri,
            request_id=request_id,
            share_format=_format(green_screen),
            state=state,
        )
    except InvalidRequest as error:
        problems += error.problems
    if problems:
        raise InvalidRequest(sharing.SHARE.id, problems)
    query = encode(sharing.SHARE, request).query
    return Share(state, request_id, url=f"{(hosts or Hosts()).url(sharing.SHARE)}?{query}")


@checked
def android_share(
    client_key: str,
    package_name: str,
    media: Sequence[Shared | str],
    media_type: MediaType,
    *,
    green_screen: bool = False,
    state: str | None = None,
    result_activity: str | None = None,
) -> Share:
    """The bundle that an Android app sends to share images or videos.

    Raises `InvalidRequest` if a documented limit is exceeded.
    """
    shown = _all_shared(media)
    problems = [
        problem
        for index, one in enumerate(shown)
        for problem in _android_problems(index, one, media_type)
    ]
    state = state or secrets.token_urlsafe(16)
    try:
        request = AndroidShare(
            client_key=client_key,
            package_name=package_name,
            media_type=media_type,
            media_paths=tuple(one.path for one in shown),
            share_format=_format(green_screen),
            state=state,
            result_activity=result_activity,
        )
    except InvalidRequest as error:
        problems += error.problems
    if problems:
        raise InvalidRequest("share.android", problems)
    return Share(state, bundle=sharing.bundle(request))


@checked
def read_ios_result(share: Share, url: str) -> ShareResult:
    """Parse the share's result from the URL that TikTok opened.

    Raises `ShareResultInvalid` if the URL doesn't belong to this share.
    """
    try:
        answer = IosAnswer.model_validate(dict(parse_qsl(urlsplit(url).query)))
    except ValueError:
        raise ShareResultInvalid("what came back can't be read as a share's result") from None
    _check_state(share, answer.state)
    if answer.request_id and answer.request_id != share.request_id:
        raise ShareResultInvalid("the result belongs to another request")
    number = answer.error_code if answer.error_code is not None else answer.errCode
    if number is None and answer.share_state is None:
        raise ShareResultInvalid("the result says neither share_state nor error_code")
    error = IOS_ERRORS.get(number or 0, number or 0)
    state = None
    if answer.share_state is not None:
        state = SHARE_STATES.get(answer.share_state, answer.share_state)
    if isinstance(state, ShareState):
        return ShareResult(state.outcome, state, error, state.remedy, answer.error_description)
    if state is None and error is IosError.NONE:
        done = ShareState.SUCCESS
        return ShareResult(done.outcome, None, error, done.remedy, answer.error_description)
    cancelled = error is IosError.CANCELLED
    like = ShareState.CANCELLED if cancelled else ShareState.UNKNOWN
    return ShareResult(like.outcome, state, error, like.remedy, answer.error_description)


@checked
def read_android_result(share: Share, bundle: Mapping[str, object]) -> ShareResult:
    """Parse the share's result from the bundle that the app's activity received.

    Raises `ShareResultInvalid` if the bundle doesn't belong to this share.
    """
    try:
        kind = int(str(bundle.get(BundleKey.TYPE, MessageType.SHARE_RESPONSE.value)))
        code = int(str(bundle[BundleKey.ERROR_CODE]))
        sub = int(str(bundle.get(BundleKey.SUB_ERROR_CODE, code)))
    except (KeyError, ValueError):
        raise ShareResultInvalid("the bundle can't be read as a share's result") from None
    if kind != MessageType.SHARE_RESPONSE:
        raise ShareResultInvalid("the bundle is no share's result")
    _check_state(share, str(bundle.get(BundleKey.STATE) or ""))
    message = str(bundle.get(BundleKey.ERROR_MSG) or "")
    detail = SHARE_STATES.get(sub)
    pair = ANDROID_ERRORS.get((code, sub))
    if pair is not None:
        return ShareResult(pair.outcome, detail, pair, pair.remedy, message)
    if detail is not None:
        return ShareResult(detail.outcome, detail, (code, sub), detail.remedy, message)
    like = {0: AndroidError.NONE, -2: AndroidError.CANCELLED}.get(code, AndroidError.UNKNOWN)
    return ShareResult(like.outcome, detail, (code, sub), like.remedy, message)


def _all_shared(media: Sequence[Shared | str]) -> list[Shared]:
    return [Shared(one) if isinstance(one, str) else one for one in media]


def _without_commas(media: Sequence[Shared]) -> tuple[str, ...]:
    for index, one in enumerate(media):
        if "," in one.path or not one.path:
            raise InvalidRequest(
                sharing.SHARE.id, [(f"media.{index}.path", "is empty or has a comma in it")]
            )
    return tuple(one.path for one in media)


def _format(green_screen: bool) -> ShareFormat:
    return ShareFormat.GREEN_SCREEN if green_screen else ShareFormat.NORMAL


def _ios_problems(index: int, one: Shared) -> list[tuple[str, str]]:
    found = []
    if one.seconds is not None and one.seconds > MAX_SECONDS_IOS:
        found.append((f"media.{index}.seconds", f"is more than {MAX_SECONDS_IOS}"))
    if one.width and one.height:
        ratio = max(one.width, one.height) / min(one.width, one.height)
        if ratio > MAX_ASPECT:
            found.append((f"media.{index}", f"is longer than {MAX_ASPECT} times its other side"))
    return found


def _android_problems(index: int, one: Shared, kind: MediaType) -> list[tuple[str, str]]:
    if kind is MediaType.IMAGE:
        return []
    found = []
    least, most = SECONDS_ANDROID
    if one.seconds is not None and not least <= one.seconds <= most:
        found.append((f"media.{index}.seconds", f"isn't from {least} to {most}"))
    for name in ("width", "height"):
        if (getattr(one, name) or 0) > MAX_FRAME_ANDROID:
            found.append((f"media.{index}.{name}", f"is more than {MAX_FRAME_ANDROID} pixels"))
    return found


def _check_state(share: Share, state: str) -> None:
    if not hmac.compare_digest(state.encode(errors="replace"), share.state.encode()):
        raise ShareResultInvalid(
            "the state doesn't belong to this share: it may be forged, or of an older one"
        )
