"""Clients that others make from the OpenAPI document do a whole post: Python and TypeScript."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from tests.connector.publishing.conftest import Studio
from tests.support import clients, media

pytestmark = [
    # the first of them may have to install its generator
    pytest.mark.timeout(600),
    pytest.mark.long,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
SOURCES = Path(clients.__file__).parent / "openapi"


@pytest.fixture
def document(studio: Studio, tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    path.write_bytes(studio.service.http.get("/openapi.json").content)
    return path


def run(*command: str | Path, stdin: str = "", cwd: Path) -> str:
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=120, cwd=cwd, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_python_client(
    studio: Studio, document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"package_name_override": "made_client", "post_hooks": []}))
    # `--fail-on-warning`: a route or a model that it had to leave out
    generator = Path(sys.executable).with_name("openapi-python-client")
    made = tmp_path / "made_client"
    run(
        *(generator, "generate", "--path", document, "--output-path", made, "--meta", "none"),
        *("--config", config, "--fail-on-warning"),
        cwd=tmp_path,
    )
    monkeypatch.syspath_prepend(tmp_path)

    def module(name: str) -> Any:
        return importlib.import_module(f"made_client.{name}")

    service = studio.service
    models, posts = module("models"), "api.posts"
    with module("client").AuthenticatedClient(service.url, service.token()) as client:

        def call(name: str, **values: Any) -> Any:
            return module(name).sync(client=client, **values)

        body = models.InitVideoUpload(
            title="By Python", privacy_level=models.PrivacyLevel.SELF_ONLY, mode=models.Mode.DIRECT
        )
        begun = call(f"{posts}.init_video_upload", body=body, orgid="acme")
        capability = begun.upload_url.rpartition("/")[2]
        sent = call(
            "api.media.upload_file",
            capability=capability,
            body=module("types").File(media.video()),
        )
        assert sent.complete
        asked = models.PublishIdBody(publish_id=begun.publish_id)
        call(f"{posts}.publish_video", body=asked, orgid="acme")
        studio.until(begun.publish_id, "published")
        post = call(f"{posts}.get_post", publish_id=begun.publish_id, orgid="acme")
        assert (post.title, post.state.value, post.failure) == ("By Python", "published", None)
        missing = call(f"{posts}.get_post", publish_id="no-such-post", orgid="acme")
        assert missing.error.code == "not_found"
    assert [one["status"] for one in studio.made()] == ["PUBLISH_COMPLETE"]


def test_a_typescript_client(studio: Studio, document: Path, clip: Path, tmp_path: Path) -> None:
    tools = clients.installed("openapi")
    for name in ("post.ts", "tsconfig.json", "package.json"):
        copyfile(SOURCES / name, tmp_path / name)
    modules = tools / "node_modules"
    (tmp_path / "node_modules").symlink_to(modules)
    # by default it takes a field of a request that has a default for one that must be sent
    options = ("-o", "api.d.ts", "--default-non-nullable", "false")
    run(modules / ".bin" / "openapi-typescript", document, *options, cwd=tmp_path)
    run(modules / ".bin" / "tsc", "-p", "tsconfig.json", cwd=tmp_path)
    service = studio.service
    asked = {"url": service.url, "token": service.token(), "org": "acme", "film": str(clip)}
    told = json.loads(
        run("node", SOURCES / "run.mjs", tmp_path, stdin=json.dumps(asked), cwd=tmp_path)
    )
    assert told["refused"] == "not_found"
    post = told["post"]
    assert (post["title"], post["state"], post["failure"]) == ("By TypeScript", "published", None)
    assert [one["status"] for one in studio.made()] == ["PUBLISH_COMPLETE"]
