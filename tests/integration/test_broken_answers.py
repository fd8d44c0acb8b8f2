"""An answer that isn't TikTok's ends as one typed error, and no secret comes to light with it."""

from __future__ import annotations

import logging
import pickle
import ssl
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from stagedoor import AsyncTikTok, Hosts, QrLogin, RetryPolicy, TikTok, Tokens, begin_login, errors
from stagedoor.emulator import Emulator
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.products.posting import VideoInitiated
from stagedoor.platform.protocols.open_api import OPEN_API_FILE
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.examples import NOTHING_BEGUN, Seeded, values_of
from tests.support.broken_server import BROKEN, Server, saying

SECRETS = (
    "hushSecretOfTheApp0123456789",
    "hushAccess9876543210",
    "hushRefresh1234567890",
    "hushCode5555555555",
    "hushVerifier4444444444",
    "hushUpload7777777777",
    "hushQr3333333333",
)
SECRET, ACCESS, REFRESH, CODE, VERIFIER, UPLOAD, QR = SECRETS
NO_PATIENCE = RetryPolicy(attempts=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with saying() as running:
        yield running


TLS = ssl.create_default_context()
"""Made once, since it takes long."""


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=5, verify=TLS) as client:
        yield client


@pytest.fixture(scope="module")
def values() -> dict[str, dict[str, Any]]:
    """The arguments of each operation, with secrets that can be recognised."""
    emulator = Emulator()
    seeded = Seeded(emulator.world, replace(NOTHING_BEGUN, qr_token=QR))
    passed = {one.id: values_of(one, seeded) for one in OPERATIONS}
    emulator.close()
    for one in passed.values():
        if "client_secret" in one:
            one["client_secret"] = SECRET
    passed["oauth.token_code"] |= {"code": CODE, "code_verifier": VERIFIER}
    passed["oauth.token_refresh"]["refresh_token"] = REFRESH
    passed["oauth.revoke"]["token"] = f"act.{ACCESS}"
    return passed


OPERATIONS = [
    one
    for one in catalogue.operations().values()
    if one.protocol not in (UPLOAD_TRANSFER, OPEN_API_FILE)
]


def settings(server: Server, operation: Operation[..., Any] | None = None) -> dict[str, Any]:
    own = operation is not None and operation.subject is Subject.APP
    common = {"hosts": Hosts.at(server.url), "retry": NO_PATIENCE, "pacer": None, "timeout": 5}
    if own:
        return common | {"access_token": f"clt.{ACCESS}"}
    tokens = Tokens(access_token=f"act.{ACCESS}", refresh_token=f"rft.{REFRESH}")
    return common | {"client_key": "key", "client_secret": SECRET, "tokens": tokens}


PASSES = frozenset(
    {
        ("oauth.revoke", name)
        for name in ("an empty body", "204", "no envelope", "no error", "a null error", "huge")
    }
    | {("research.validation_result", name) for name in ("an empty body", "204", "a number")}
)
"""The accepted answers there: no word or any object without error, and any list of ids."""

FOREIGN = (errors.TransportError, errors.TikTokError)


class Watch:
    """Looks for secrets in everything that an error and the log tell."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        self.caplog = caplog

    def end(self, told: str, error: BaseException | None, kinds: tuple[type, ...]) -> None:
        if error is not None:
            assert isinstance(error, kinds), f"{told}: {error!r}"
        for place, text in self._told(error):
            for secret in SECRETS:
                assert secret not in text, f"{told}: {place}: {text[:3_000]}"
        self.caplog.clear()

    def _told(self, error: BaseException | None) -> Iterator[tuple[str, str]]:
        for record in self.caplog.records:
            yield record.name, record.getMessage() + repr(record.args)
        if error is not None:
            yield "traceback", "".join(traceback.format_exception(error))
        while error is not None:
            yield type(error).__name__, f"{error} {error!r} {error.args!r}"
            if isinstance(error, errors.StagedoorError):
                yield "attributes", repr(vars(error))
                yield "pickled", repr(pickle.dumps(error))
            error = error.__cause__ or error.__context__


@pytest.fixture
def watch(caplog: pytest.LogCaptureFixture) -> Watch:
    return Watch(caplog)


def raised(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as error:
        return error
    return None


each_breakage = pytest.mark.parametrize("name", BROKEN)


@each_breakage
def test_a_broken_answer_is_one_typed_error(
    server: Server,
    http: httpx2.Client,
    values: dict[str, dict[str, Any]],
    watch: Watch,
    name: str,
) -> None:
    """Each operation gets every fourth of them, and one operation of each shape gets all; in the
    drill all get all."""
    turn = list(BROKEN).index(name)
    for number, operation in enumerate(OPERATIONS):
        if (number + turn) % 4 == 0 or operation in FEW or (operation.id, name) in PASSES:
            broken(server, http, values, watch, name, operation)


@pytest.mark.drill
@each_breakage
def test_every_broken_answer_of_every_operation_is_one_typed_error(
    server: Server,
    http: httpx2.Client,
    values: dict[str, dict[str, Any]],
    watch: Watch,
    name: str,
) -> None:
    for operation in OPERATIONS:
        broken(server, http, values, watch, name, operation)


def broken(
    server: Server,
    http: httpx2.Client,
    values: dict[str, dict[str, Any]],
    watch: Watch,
    name: str,
    operation: Operation[..., Any],
) -> None:
    server.says = BROKEN[name]
    tiktok = TikTok(**settings(server, operation), http=http)
    error = raised(partial(tiktok.call, operation, **values[operation.id]))
    assert (error is None) == ((operation.id, name) in PASSES), (operation.id, error)
    watch.end(f"{operation.id}: {name}", error, FOREIGN)


@each_breakage
def test_it_is_the_same_one_with_coroutines(
    server: Server,
    http: httpx2.Client,
    values: dict[str, dict[str, Any]],
    watch: Watch,
    name: str,
) -> None:
    server.says = BROKEN[name]

    async def ask() -> None:
        async with httpx2.AsyncClient(trust_env=False, timeout=5, verify=TLS) as coroutines:
            for operation in FEW:
                passed = values[operation.id]
                tiktok = AsyncTikTok(**settings(server, operation), http=coroutines)
                error: Exception | None = None
                try:
                    await tiktok.call(operation, **passed)
                except Exception as found:
                    error = found
                watch.end(f"{operation.id}: {name}", error, FOREIGN)
                other = TikTok(**settings(server, operation), http=http)
                same = await anyio.to_thread.run_sync(
                    raised, partial(other.call, operation, **passed)
                )
                watch.end(f"{operation.id}: {name}", same, FOREIGN)
                assert type(error) is type(same), operation.id
                assert str(error) == str(same), operation.id

    anyio.run(ask)


FEW = [
    next(one for one in OPERATIONS if one.protocol is protocol and one.subject is subject)
    for protocol, subject in dict.fromkeys((one.protocol, one.subject) for one in OPERATIONS)
]
"""One of each shape and kind of credentials."""


def flows(server: Server, folder: Path) -> dict[str, Callable[[TikTok], Any]]:
    """The flows of several calls, each with a secret in it."""
    back = "https://app.example.com/callback/"
    login = begin_login("key", back, ["user.info.basic"], state="s", hosts=Hosts.at(server.url))
    link = f"{server.url}/video/?upload_id=1&upload_token={UPLOAD}"
    started = VideoInitiated(publish_id="p", upload_url=link)
    qr = QrLogin(url="aweme://x", token=QR, ticket=f"{QR}-t", state="s", scopes=("a",))
    film = folder / "film.mp4"
    film.write_bytes(b"x" * 100)
    return {
        "a login": lambda t: t.oauth.finish_login(
            replace(login, code_verifier=VERIFIER), f"{back}?state=s&code={CODE}"
        ),
        "a forged login": lambda t: t.oauth.finish_login(login, f"{back}?state=x&code={CODE}"),
        "a login elsewhere": lambda t: t.oauth.finish_login(login, f"http://[/?code={CODE}"),
        "a refresh": lambda t: t.oauth.refresh(),
        "a goodbye": lambda t: t.oauth.disconnect(),
        "a client token": lambda t: t.oauth.client_token(),
        "a QR login": lambda t: t.oauth.qr_begin(["user.info.basic"]),
        "a QR check": lambda t: t.oauth.qr_check(qr),
        "a QR wait": lambda t: t.oauth.qr_wait(qr, timeout=0.01),
        "an upload": lambda t: t.posts.send_video(started, film, chunk_size=100),
        "a download": lambda t: t.portability.download("1", folder / "data.zip"),
        "a walk": lambda t: list(t.videos.all()),
        "a research walk": lambda t: list(t.research.all_followers(username="maracooks")),
    }


@each_breakage
def test_a_flow_ends_with_one_typed_error(
    server: Server, http: httpx2.Client, watch: Watch, tmp_path: Path, name: str
) -> None:
    server.says = BROKEN[name]
    for flow, call in flows(server, tmp_path).items():
        error = raised(partial(call, TikTok(**settings(server), http=http)))
        watch.end(f"{flow}: {name}", error, (errors.StagedoorError,))
        done = flow == "a goodbye" and ("oauth.revoke", name) in PASSES
        assert error is not None or done or flow == "an upload", flow
    assert not (tmp_path / "data.zip").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"], "no half of a download"


def test_a_redirect_is_not_followed(server: Server, http: httpx2.Client) -> None:
    """A redirect would carry the token to its target."""
    server.says = BROKEN["a redirect in a circle"]
    before = server.got
    tiktok = TikTok(**settings(server), http=http)
    with pytest.raises(errors.UnexpectedAnswer):
        tiktok.user.info()
    assert server.got == before + 1
