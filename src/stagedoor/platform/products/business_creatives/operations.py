"""The operations of videos and images for ads."""

from __future__ import annotations

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Retry
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.product import GRANTABLE_ADVERTISER, ONLY_CLIENT, WITHOUT_TOOL
from .answers import (
    AdImage,
    AdImagePage,
    AdImages,
    AdVideoPage,
    AdVideos,
    NameCheck,
    StartedUpload,
    UploadedFile,
    UploadedVideos,
    UploadPart,
    VideoCovers,
)
from .choices import MAX_FORM, MAX_IMAGE, MAX_PAGE, MAX_TEMPORARY, MAX_VIDEO
from .models import (
    CoverQuery,
    ImageQuery,
    ImageRename,
    ImageSearch,
    ImageUpload,
    NameQuery,
    TemporaryUpload,
    UploadFinish,
    UploadStart,
    UploadTransfer,
    VideoQuery,
    VideoRename,
    VideoSearch,
    VideoUpload,
)

_READ_IMAGES, _WRITE_IMAGES = AnyOf(("600",)), AnyOf(("601",))
_READ_VIDEOS, _WRITE_VIDEOS, _COVERS = AnyOf(("610",)), AnyOf(("611",)), AnyOf(("612",))

_MD5 = case(40900, "MD5 mismatch")
_EMPTY = case(40906, "the file is empty")
_LARGE = case(40907, "too large")
_NO_FILE = case(40905, "the file, video or image isn't there")
_EXPIRED = case(40910, "the file_id is older than 24 hours")
_NAME = case(40911, "duplicate name")
_TYPE = case(40908, "type")

FILE_VIDEO_UPLOAD = GRANTABLE_ADVERTISER.operation(
    "file_video_upload",
    "POST",
    f"{PREFIX}/file/video/ad/upload/",
    request=VideoUpload,
    response=UploadedVideos,
    summary="Upload a video for ads",
    action="Upload videos for ads",
    effect=OperationEffect.WRITE,
    scopes=_WRITE_VIDEOS,
    max_body=MAX_VIDEO + MAX_FORM,
    surfaces=WITHOUT_TOOL,
    errors=(
        *COMMON,
        _MD5,
        case(40902, "url fetch timed out"),
        case(40903, "url not reachable"),
        _NO_FILE,
        _EMPTY,
        _LARGE,
        _TYPE,
        _EXPIRED,
        _NAME,
        case(40916, "content"),
    ),
    source="business-ads.yaml file_video_upload",
)

FILE_VIDEO_INFO = GRANTABLE_ADVERTISER.operation(
    "file_video_info",
    "GET",
    f"{PREFIX}/file/video/ad/info/",
    request=VideoQuery,
    response=AdVideos,
    summary="Read videos of an ad account",
    action="Read videos for ads",
    scopes=_READ_VIDEOS,
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml file_video_info",
)

FILE_VIDEO_SEARCH = GRANTABLE_ADVERTISER.operation(
    "file_video_search",
    "GET",
    f"{PREFIX}/file/video/ad/search/",
    request=VideoSearch,
    response=AdVideoPage,
    summary="Search the videos of an ad account",
    action="Read videos for ads",
    scopes=_READ_VIDEOS,
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml file_video_search",
)

FILE_VIDEO_SUGGESTCOVER = GRANTABLE_ADVERTISER.operation(
    "file_video_suggestcover",
    "GET",
    f"{PREFIX}/file/video/suggestcover/",
    request=CoverQuery,
    response=VideoCovers,
    summary="Get covers that TikTok suggests for a video",
    action="Read videos for ads",
    scopes=_COVERS,
    retry=Retry.SAFE,
    errors=(*COMMON, case(40002, "the video isn't processed yet")),
    source="business-ads.yaml file_video_suggestcover",
)

FILE_VIDEO_UPDATE = GRANTABLE_ADVERTISER.operation(
    "file_video_update",
    "POST",
    f"{PREFIX}/file/video/ad/update/",
    request=VideoRename,
    response=Empty,
    summary="Rename a video",
    action="Upload videos for ads",
    effect=OperationEffect.WRITE,
    scopes=_WRITE_VIDEOS,
    errors=(*COMMON, _NO_FILE),
    source="business-ads.yaml file_video_update",
)

FILE_IMAGE_UPLOAD = GRANTABLE_ADVERTISER.operation(
    "file_image_upload",
    "POST",
    f"{PREFIX}/file/image/ad/upload/",
    request=ImageUpload,
    response=AdImage,
    summary="Upload an image for ads",
    action="Upload images for ads",
    effect=OperationEffect.WRITE,
    scopes=_WRITE_IMAGES,
    max_body=MAX_IMAGE + MAX_FORM,
    surfaces=WITHOUT_TOOL,
    errors=(
        *COMMON,
        _MD5,
        case(40904, "content or format not allowed"),
        _NO_FILE,
        _EMPTY,
        _LARGE,
        _EXPIRED,
        _NAME,
        case(40912, "url not usable"),
        case(40913, "fetch timed out"),
    ),
    source="business-ads.yaml file_image_upload",
)

FILE_IMAGE_INFO = GRANTABLE_ADVERTISER.operation(
    "file_image_info",
    "GET",
    f"{PREFIX}/file/image/ad/info/",
    request=ImageQuery,
    response=AdImages,
    summary="Read images of an ad account",
    action="Read images for ads",
    scopes=_READ_IMAGES,
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml file_image_info",
)

FILE_IMAGE_SEARCH = GRANTABLE_ADVERTISER.operation(
    "file_image_search",
    "GET",
    f"{PREFIX}/file/image/ad/search/",
    request=ImageSearch,
    response=AdImagePage,
    summary="Search the images of an ad account",
    action="Read images for ads",
    scopes=_READ_IMAGES,
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml file_image_search",
)

FILE_IMAGE_UPDATE = GRANTABLE_ADVERTISER.operation(
    "file_image_update",
    "POST",
    f"{PREFIX}/file/image/ad/update/",
    request=ImageRename,
    response=Empty,
    summary="Rename an image",
    action="Upload images for ads",
    effect=OperationEffect.WRITE,
    scopes=_WRITE_IMAGES,
    errors=(*COMMON, _NO_FILE),
    source="business-ads.yaml file_image_update",
)

FILE_NAME_CHECK = GRANTABLE_ADVERTISER.operation(
    "file_name_check",
    "GET",
    f"{PREFIX}/file/name/check/",
    request=NameQuery,
    response=NameCheck,
    summary="Check whether names of files are taken",
    action="Read videos for ads",
    scopes=AnyOf(("7176833266039685122",)),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-ads.yaml file_name_check",
)

FILE_START_UPLOAD = GRANTABLE_ADVERTISER.operation(
    "file_start_upload",
    "POST",
    f"{PREFIX}/file/start/upload/",
    request=UploadStart,
    response=StartedUpload,
    summary="Start the upload of a file in parts",
    action="Upload videos for ads",
    effect=OperationEffect.WRITE,
    surfaces=ONLY_CLIENT,
    errors=(*COMMON, _LARGE),
    confidence="medium",
    source="business-ads.yaml file_start_upload",
)

FILE_TRANSFER_UPLOAD = GRANTABLE_ADVERTISER.operation(
    "file_transfer_upload",
    "POST",
    f"{PREFIX}/file/transfer/upload/",
    request=UploadTransfer,
    response=UploadPart,
    summary="Upload one part of a file",
    action="Upload videos for ads",
    effect=OperationEffect.WRITE,
    max_body=MAX_TEMPORARY + MAX_FORM,
    surfaces=ONLY_CLIENT,
    errors=(*COMMON, _MD5, _NO_FILE, _EMPTY, _LARGE),
    confidence="medium",
    source="business-ads.yaml file_transfer_upload",
)

FILE_FINISH_UPLOAD = GRANTABLE_ADVERTISER.operation(
    "file_finish_upload",
    "POST",
    f"{PREFIX}/file/finish/upload/",
    request=UploadFinish,
    response=UploadedFile,
    summary="Finish the upload of a file in parts",
    action="Upload videos for ads",
    effect=OperationEffect.WRITE,
    surfaces=ONLY_CLIENT,
    errors=(*COMMON, _NO_FILE, case(40914, "parts are missing")),
    confidence="medium",
    source="business-ads.yaml file_finish_upload",
)

FILE_TEMPORARILY_UPLOAD = GRANTABLE_ADVERTISER.operation(
    "file_temporarily_upload",
    "POST",
    f"{PREFIX}/file/temporarily/upload/",
    request=TemporaryUpload,
    response=UploadedFile,
    summary="Upload a file that later uploads can name",
    action="Upload videos for ads",
    effect=OperationEffect.WRITE,
    max_body=MAX_TEMPORARY + MAX_FORM,
    surfaces=ONLY_CLIENT,
    errors=(
        *COMMON,
        _MD5,
        case(40902, "url fetch timed out"),
        case(40903, "url not reachable"),
        _EMPTY,
        _LARGE,
        _TYPE,
    ),
    confidence="medium",
    source="business-ads.yaml file_temporarily_upload",
)
