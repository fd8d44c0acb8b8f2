"""Notices by e-mail, to a real mail server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from stagedoor.connector import settings as settings_module
from stagedoor.connector.errors import SettingsError
from stagedoor.connector.subscriptions import store
from tests.connector.subscriptions.conftest import DAY, Teller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SETTING = "/api/settings/notices"


class Inbox:
    """Takes every message, unless `refuse` is set."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return "451 Try again later"
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        assert envelope.rcpt_tos == [found["To"]]
        self.messages.append(found)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, environment: dict[str, str], inbox: tuple[Inbox, int]
) -> dict[str, str]:
    return environment | {
        "STAGEDOOR_SMTP_HOST": "127.0.0.1",
        "STAGEDOOR_SMTP_PORT": str(inbox[1]),
        "STAGEDOOR_SMTP_FROM": "stagedoor@example.com",
        "STAGEDOOR_SMTP_SECURITY": getattr(request, "param", "none"),
    }


def test_notices_are_mailed_to_the_organisations_admins(
    teller: Teller, inbox: tuple[Inbox, int]
) -> None:
    mails = inbox[0]
    body = {"emails": ["ada@example.com", "bo@example.com"], "events": ["integration.*"]}
    shown = teller.service.api("PUT", SETTING, body)
    assert [one["email"] for one in shown["addresses"]] == body["emails"]
    mails.refuse = True
    teller.tell("integration.expired", message="Mára's access ended\r\nBcc: eve@example.com")
    teller.tell("service.degraded")
    teller.tell("integration.expired", org="other")
    teller.pump()
    assert mails.messages == []
    mails.refuse = False
    teller.pump(6)
    assert {one["To"] for one in mails.messages} == set(body["emails"])
    first = mails.messages[0]
    assert first["Subject"] == "[acme] Mára's access ended Bcc: eve@example.com"
    assert first["Bcc"] is None
    assert "Kind: integration.expired" in first.get_content()
    teller.service.api("PUT", SETTING, {"emails": ["bo@example.com"]})
    teller.tell("service.degraded")
    teller.pump()
    assert [one["To"] for one in mails.messages[2:]] == ["bo@example.com"]
    none = {"emails": ["bo@example.com"], "events": []}
    assert teller.service.send("PUT", SETTING, none).status_code == 400
    for wrong in ("nobody", "a@b\r\nBcc: c@d", "a@b, c@d"):
        assert teller.service.send("PUT", SETTING, {"emails": [wrong]}).status_code == 400


def test_an_address_that_no_mail_reaches_is_refused(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller.service.api("PUT", SETTING, {"emails": ["root@localhost"]})  # for local use
    teller.service.api("PUT", SETTING, {"emails": []})
    monkeypatch.setattr(teller.service.services.destinations, "_private", False)
    for address in ("root@localhost", "ada@mail.internal", "ada@127.0.0.1", "ada@10.1.2.3"):
        refused = teller.service.send("PUT", SETTING, {"emails": ["ada@example.com", address]})
        assert refused.json()["error"]["code"] == "url_refused", address
        [problem] = refused.json()["error"]["detail"]["problems"]
        assert problem["path"] == "emails.1"
    for field in ("emails", "events"):
        twice = {"emails": ["ada@example.com"], "events": ["*"]}
        twice |= {field: twice[field] * 2}
        refused = teller.service.send("PUT", SETTING, twice)
        assert refused.json()["error"]["detail"]["problems"][0]["path"] == field
    assert teller.service.api("GET", SETTING)["addresses"] == []


def test_two_requests_at_once_make_one_subscription_of_an_address(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"emails": ["ada@example.com"]}
    teller.service.api("PUT", SETTING, body)
    # what the other request reads before the first one's commit
    monkeypatch.setattr(store, "listed", lambda *given: [])
    teller.service.api("PUT", SETTING, body)
    monkeypatch.undo()
    assert len(teller.service.api("GET", SETTING)["addresses"]) == 1


@pytest.mark.parametrize("environment", ["starttls"], indirect=True)
def test_nothing_is_mailed_in_the_clear_where_tls_is_asked_for(
    teller: Teller, inbox: tuple[Inbox, int]
) -> None:
    teller.service.api("PUT", SETTING, {"emails": ["ada@example.com"]})
    teller.tell("service.degraded")
    teller.pump()
    assert inbox[0].messages == []
    teller.advance(6 * DAY)
    teller.pump()
    [notice] = [
        one
        for one in teller.service.api("GET", "/api/notices")["notices"]
        if one["kind"] == "webhook.disabled"
    ]
    assert "PUT /api/settings/notices" in notice["message"]
    assert "replay" not in notice["message"]


@pytest.mark.parametrize("environment", ["tls"], indirect=True)
def test_settings_of_the_mail_server_are_checked(environment: dict[str, str]) -> None:
    for name, value in (
        ("FROM", ""),
        ("SECURITY", "ssl"),
        ("PORT", "0"),
        ("PORT", "x"),
    ):
        with pytest.raises(SettingsError, match=f"STAGEDOOR_SMTP_{name}"):
            settings_module.load(environ=environment | {f"STAGEDOOR_SMTP_{name}": value})
    clear = {"STAGEDOOR_SMTP_SECURITY": "none", "STAGEDOOR_SMTP_USER": "u"}
    with pytest.raises(SettingsError, match="in the clear"):
        settings_module.load(environ=environment | clear)
