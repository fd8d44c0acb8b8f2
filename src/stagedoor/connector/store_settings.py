"""The settings of an S3-compatible store: AWS's own variable names, from the environment or
`.env`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from stagedoor.platform.addresses import is_whole

from .errors import SettingsError

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""The first one that is set is used."""
_OTHERS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
    "AWS_SKIP_SIGNATURE",
    "AWS_UNSIGNED_PAYLOAD",
    "AWS_CHECKSUM_ALGORITHM",
    "AWS_SERVER_SIDE_ENCRYPTION",
    "AWS_SSE_KMS_KEY_ID",
    "AWS_SSE_BUCKET_KEY_ENABLED",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_METADATA_ENDPOINT",
)

Options = tuple[tuple[str, str], ...]


def media_url(text: str | None) -> str | None:
    """Check STAGEDOOR_MEDIA_URL. Raises `SettingsError`."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("s3", "s3a") or not parts.netloc:
        raise SettingsError(
            "STAGEDOOR_MEDIA_URL must be a bucket of an S3-compatible store such as "
            "s3://bucket/folder; leave it out for a folder in the data directory"
        )
    return text


def store_options(values: Mapping[str, str]) -> Options:
    """The options of the store, by obstore's names. Raises `SettingsError`."""
    found = {name.lower(): values[name] for name in _OTHERS if values.get(name)}
    endpoint = next((name for name in _ENDPOINTS if values.get(name)), None)
    if endpoint is not None:
        found["aws_endpoint"] = _address(endpoint, values[endpoint])
    if ("aws_access_key_id" in found) != ("aws_secret_access_key" in found):
        raise SettingsError(
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both, or neither"
        )
    return tuple(found.items())


def _address(name: str, text: str) -> str:
    if not is_whole(text, "http", "https"):
        raise SettingsError(
            f"{name} must be an address with http:// or https://, such as http://minio:9000; it is "
            f"{text[:100]!r}"
        )
    return text.rstrip("/")
