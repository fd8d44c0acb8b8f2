"""JWTs: every way in which one can be wrong, with a shared secret and with served keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from stagedoor.connector.errors import Forbidden, ServiceUnavailable, Unauthenticated
from stagedoor.connector.settings import JwtSettings
from stagedoor.connector.tenants.roles import Caller, Role
from stagedoor.connector.tenants.tokens import Verifier, mint

SECRET = "a-shared-secret-that-is-long-enough-for-hs256-and-512-" + "x" * 20
NOW = 1_800_000_000.0


class Stopped:
    def now(self) -> float:
        return NOW


def claims(**changed: Any) -> dict[str, Any]:
    good = {"orgid": "acme", "sub": "u1", "role": "member", "exp": NOW + 60}
    return {name: value for name, value in (good | changed).items() if value is not ...}


def signed(algorithm: str = "HS256", key: Any = SECRET, kid: str | None = None, **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm, headers={"kid": kid} if kid else None)


def by_hand(header: dict[str, Any], body: dict[str, Any], key: bytes) -> str:
    """A token as a forger makes it, which no library would."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, body)
    ]
    mac = hmac.new(key, b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


@pytest.fixture
def shared() -> Verifier:
    return Verifier(JwtSettings(secret=SECRET), "embedded", Stopped())


def test_a_good_token_names_its_caller(shared: Verifier) -> None:
    assert shared.caller(signed(), "acme") == Caller("acme", "u1", Role.MEMBER)


def test_what_stagedoor_token_mints_is_taken() -> None:
    settings = JwtSettings(issuer="me", audience="you")
    text = mint(settings, SECRET, org="acme", user="u1", role=Role.ADMIN, now=NOW, seconds=60)
    assert Verifier(settings, SECRET, Stopped()).caller(text, "acme").role is Role.ADMIN


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda: "", id="none"),
        pytest.param(lambda: "a.b.c", id="no JWT"),
        pytest.param(lambda: "x" * 20_000, id="huge"),
        pytest.param(lambda: signed(key="another-secret-of-at-least-32-bytes!"), id="forged"),
        pytest.param(lambda: signed()[:-4] + "AAAA", id="signature altered"),
        pytest.param(lambda: signed(exp=NOW - 31), id="expired"),
        pytest.param(lambda: signed(exp=...), id="no exp"),
        pytest.param(lambda: signed(exp=None), id="exp null"),
        pytest.param(lambda: signed(nbf=NOW + 31), id="not yet valid"),
        pytest.param(lambda: signed(orgid=...), id="no organisation"),
        pytest.param(lambda: signed(orgid=""), id="empty organisation"),
        pytest.param(lambda: signed(orgid=["acme"]), id="organisation is a list"),
        pytest.param(lambda: signed(sub=...), id="no user"),
        pytest.param(lambda: signed(role=...), id="no role"),
        pytest.param(lambda: signed(role="root"), id="unknown role"),
        pytest.param(lambda: signed("HS512"), id="another HMAC"),
        pytest.param(lambda: jwt.encode(claims(), "", "none"), id="alg none"),
        pytest.param(
            lambda: by_hand({"alg": "None", "typ": "JWT"}, claims(), b""), id="alg None by hand"
        ),
        pytest.param(
            lambda: by_hand({"alg": "RS256", "typ": "JWT"}, claims(), SECRET.encode()),
            id="says RS256, signed by HMAC",
        ),
        pytest.param(
            lambda: by_hand({"typ": "JWT"}, claims(), SECRET.encode()), id="names no algorithm"
        ),
    ],
)
def test_a_bad_token_is_refused(shared: Verifier, bad: Callable[[], str]) -> None:
    text = bad()
    with pytest.raises(Unauthenticated) as refused:
        shared.caller(text, "acme")
    assert not text or text not in str(refused.value)


def test_a_token_just_over_is_taken_because_clocks_differ(shared: Verifier) -> None:
    assert shared.caller(signed(exp=NOW - 5), "acme").user == "u1"


def test_another_organisations_token_is_refused(shared: Verifier) -> None:
    with pytest.raises(Forbidden):
        shared.caller(signed(), "other")


@pytest.mark.parametrize("header", [None, ""])
def test_the_header_must_be_there(shared: Verifier, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        shared.caller(signed(), header)


def test_issuer_and_audience_are_checked_where_they_are_set() -> None:
    settings = JwtSettings(secret=SECRET, issuer="me", audience="you")
    strict = Verifier(settings, "", Stopped())
    assert strict.caller(signed(iss="me", aud="you"), "acme").user == "u1"
    for wrong in ({}, {"iss": "me"}, {"aud": "you"}, {"iss": "x", "aud": "you"}):
        with pytest.raises(Unauthenticated):
            strict.caller(signed(**wrong), "acme")


def test_the_claims_names_are_settings() -> None:
    settings = JwtSettings(SECRET, org_claim="tenant", user_claim="uid", role_claim="as")
    text = signed(tenant="acme", uid="u7", **{"as": "viewer"})
    caller = Verifier(settings, "", Stopped()).caller(text, "acme")
    assert caller == Caller("acme", "u7", Role.VIEWER)


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: Any) -> bytes:
    return bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


@pytest.fixture(scope="module")
def jwks_url() -> Iterator[str]:
    """Keys served over HTTP, as an identity provider does."""
    keys = [
        json.loads(RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "r1", "alg": "RS256"},
        json.loads(ECAlgorithm.to_jwk(EC_KEY.public_key())) | {"kid": "e1", "alg": "ES256"},
        {"kty": "oct", "kid": "o1", "k": base64.urlsafe_b64encode(b"k" * 32).decode()},
    ]
    body = json.dumps({"keys": keys}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()


@pytest.fixture
def served(jwks_url: str) -> Verifier:
    return Verifier(JwtSettings(secret=SECRET, jwks_url=jwks_url), "embedded", Stopped())


@pytest.mark.parametrize(
    ("algorithm", "key", "kid"), [("RS256", RSA_KEY, "r1"), ("ES256", EC_KEY, "e1")]
)
def test_served_keys_verify(served: Verifier, algorithm: str, key: Any, kid: str) -> None:
    assert served.caller(signed(algorithm, key, kid), "acme").org == "acme"


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda: signed("RS256", STRANGER, "r1"), id="forged"),
        pytest.param(lambda: signed("RS256", RSA_KEY, "nobody"), id="unknown key"),
        pytest.param(lambda: signed("RS256", RSA_KEY), id="names no key"),
        pytest.param(lambda: signed("RS512", RSA_KEY, "r1"), id="another algorithm"),
        pytest.param(lambda: signed("PS256", RSA_KEY, "r1"), id="another padding"),
        pytest.param(lambda: signed("ES256", EC_KEY, "r1"), id="of the other key"),
        pytest.param(lambda: signed(), id="the shared secret"),
        pytest.param(lambda: signed(kid="r1"), id="the shared secret under a key's name"),
        pytest.param(
            lambda: by_hand({"alg": "HS256", "typ": "JWT", "kid": "r1"}, claims(), _pem(RSA_KEY)),
            id="the public key as HMAC secret",
        ),
        pytest.param(
            lambda: by_hand({"alg": "HS256", "typ": "JWT", "kid": "o1"}, claims(), b"k" * 32),
            id="a served symmetric key",
        ),
        pytest.param(
            lambda: by_hand({"alg": "none", "typ": "JWT", "kid": "r1"}, claims(), b""), id="none"
        ),
        pytest.param(lambda: signed("RS256", RSA_KEY, "r1", exp=NOW - 31), id="expired"),
    ],
)
def test_with_served_keys_a_bad_token_is_refused(served: Verifier, bad: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated):
        served.caller(bad(), "acme")


def test_without_the_keys_nobody_comes_in(jwks_url: str) -> None:
    settings = replace(JwtSettings(), jwks_url="http://127.0.0.1:9/jwks.json")
    with pytest.raises(ServiceUnavailable):
        Verifier(settings, SECRET, Stopped()).caller(signed("RS256", RSA_KEY, "r1"), "acme")
