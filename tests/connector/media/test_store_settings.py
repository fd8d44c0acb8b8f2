"""How a media store is reached, and what it is told apart by when it refuses or is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stagedoor.connector import settings as settings_module
from stagedoor.connector.container import Container
from stagedoor.connector.media.errors import StoreFailed, StoreRefused
from stagedoor.connector.media.storage import Storage
from stagedoor.connector.settings import SettingsError
from stagedoor.connector.startup import prepare
from stagedoor.connector.store_settings import store_options
from tests.connector.conftest import Service
from tests.connector.media.test_s3 import BUCKET, POST, S3, s3
from tests.connector.publishing.conftest import CALL
from tests.support import media

__all__ = ["s3"]
KEYS = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "something"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def prepared(services: Container) -> None:
    """Run the checks of a process's start."""
    storage = services.media.storage
    prepare(services.settings, services.database, services.keys, services.clock, storage)


@contextmanager
def refusing(status: int, code: str) -> Iterator[str]:
    """A store that answers everything like this."""
    body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def store(endpoint: str, bucket: str = BUCKET) -> Storage:
    values = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1", **KEYS}
    return Storage(f"s3://{bucket}/media", Path("/nowhere"), store_options(values))


def test_an_address_with_http_works_as_the_docs_list_it(s3: S3) -> None:
    store(s3.url).try_write()
    assert s3.keys() == []


@pytest.mark.parametrize(
    ("status", "code", "todo"),
    [
        (403, "InvalidAccessKeyId", "AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
        (403, "AccessDenied", "write"),
        (404, "NoSuchBucket", "STAGEDOOR_MEDIA_URL"),
        (400, "AuthorizationHeaderMalformed", "AWS_REGION"),
        (301, "PermanentRedirect", "AWS_REGION"),
    ],
)
def test_a_store_that_refuses_for_good_says_what_to_change(
    status: int, code: str, todo: str
) -> None:
    with refusing(status, code) as url, pytest.raises(StoreRefused) as refused:
        store(url).try_write()
    assert todo in refused.value.todo
    assert refused.value.retryable is False


def test_a_store_that_is_down_or_has_trouble_is_a_passing_outage() -> None:
    with pytest.raises(StoreFailed) as down:
        store("http://127.0.0.1:9").try_write()
    assert down.value.retryable is True
    with refusing(503, "SlowDown") as url, pytest.raises(StoreFailed):
        store(url).try_write()


@sqlite_only
def test_a_refusal_ends_the_start_and_an_outage_does_not(
    environment: dict[str, str], s3: S3, caplog: pytest.LogCaptureFixture
) -> None:
    environment |= {"STAGEDOOR_MEDIA_URL": "s3://no-such-bucket", **KEYS}
    for endpoint, refused in ((s3.url, True), ("http://127.0.0.1:9", False)):
        settings = settings_module.load(environ=environment | {"AWS_ENDPOINT_URL": endpoint})
        services = Container.build(settings)
        try:
            if refused:
                with pytest.raises(SettingsError, match="STAGEDOOR_MEDIA_URL"):
                    prepared(services)
            else:
                caplog.clear()
                prepared(services)
                assert "AWS_ENDPOINT_URL" in caplog.text
        finally:
            services.close()


@pytest.fixture
def refusing_store(environment: dict[str, str]) -> Iterator[None]:
    with refusing(403, "AccessDenied") as url:
        environment |= {"STAGEDOOR_MEDIA_URL": "s3://bucket", "AWS_ENDPOINT_URL": url, **KEYS}
        yield


@sqlite_only
def test_uploaders_and_operators_are_told_of_a_lasting_refusal(
    refusing_store: None, service_without_worker: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service = service_without_worker
    service.connect()
    url = service.api("POST", f"{CALL}/init-video-upload", POST)["uploadUrl"]
    refused = service.http.put(url, content=media.video())
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["retryable"]) == (
        503,
        "storage_refused",
        False,
    )
    assert "AccessDenied: No." in caplog.text
    assert "AccessDenied" not in refused.text
    assert "refuses the service" in service.services.readiness.media()
    assert service.services.readiness.database() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "minio:9000"),
        ("AWS_ENDPOINT_URL_S3", "//minio"),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("STAGEDOOR_MEDIA_URL", "bucket/folder"),
        ("STAGEDOOR_MEDIA_URL", "https://bucket.example.com"),
        ("STAGEDOOR_TIKTOK_URL", "127.0.0.1:8701"),
        ("STAGEDOOR_PUBLIC_URL", "app.example.com"),
        ("STAGEDOOR_PULL_URL", "media.example.com"),
        ("STAGEDOOR_CLOCK", "127.0.0.1:8701/_emulator/clock"),
        ("STAGEDOOR_JWT_JWKS_URL", "jwks.json"),
        ("STAGEDOOR_CORS_ORIGINS", "https://app.example.com/"),
        ("STAGEDOOR_CORS_ORIGINS", "app.example.com"),
        ("STAGEDOOR_DATABASE_URL", "mysql://a/b"),
        ("STAGEDOOR_DATABASE_URL", "sqlite://"),
        ("STAGEDOOR_DATABASE_URL", "sqlite:///:memory:"),
        ("STAGEDOOR_DATABASE_URL", "postgresql://a:b@host:port/c"),
    ],
)
def test_what_can_be_seen_without_trying_is_refused_by_name(name: str, value: str) -> None:
    fine = {"STAGEDOOR_MEDIA_URL": "s3://bucket/media", "AWS_ENDPOINT_URL": "http://minio:9000"}
    settings = settings_module.load(environ=fine | KEYS)
    assert dict(settings.store_options)["aws_endpoint"] == "http://minio:9000"
    assert "something" not in repr(settings)
    with pytest.raises(SettingsError, match=name):
        settings_module.load(environ=fine | KEYS | {name: value})
