"""Sending one message: to a webhook, signed by the Standard Webhooks scheme, or by e-mail."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import httpx2
from standardwebhooks import Webhook

from stagedoor import __version__

from ..errors import ApiError
from ..fetching.guard import GuardedTransport
from ..settings import SmtpSettings
from .subscription import AttemptOutcome, EventDelivery, EventSubscription

SECONDS = 15.0
"""A receiver answers within this time, or the attempt has failed."""
_SMTP_SECONDS = 20.0
_SUBJECT = 150


def guarded_client(guard: GuardedTransport) -> httpx2.AsyncClient:
    """The HTTP client of `post`: it reaches only addresses that the guard allows."""
    return httpx2.AsyncClient(
        transport=guard, timeout=SECONDS, trust_env=False, follow_redirects=False
    )


async def post(
    http: httpx2.AsyncClient,
    subscription: EventSubscription,
    delivery: EventDelivery,
    secret: str,
    now: float,
) -> AttemptOutcome:
    """Send a message to a webhook. The body of the answer isn't read."""
    at = datetime.fromtimestamp(int(now), UTC)
    signature = Webhook(secret).sign(delivery.id, at, delivery.body)
    headers = {
        "content-type": "application/json",
        "user-agent": f"stagedoor/{__version__}",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": signature,
    }
    try:
        async with (
            asyncio.timeout(SECONDS),
            http.stream(
                "POST", subscription.target, content=delivery.body.encode(), headers=headers
            ) as answer,
        ):
            return _judged(answer)
    except TimeoutError:
        return AttemptOutcome(False, error=f"No answer came within {SECONDS:.0f} s.")
    except ApiError as error:
        return AttemptOutcome(False, error=error.message)
    except httpx2.HTTPError as error:
        # whose message may contain the whole URL
        return AttemptOutcome(False, error=f"The connection failed ({type(error).__name__}).")


def _judged(answer: httpx2.Response) -> AttemptOutcome:
    status = answer.status_code
    if 200 <= status < 300:
        return AttemptOutcome(True, status)
    if 300 <= status < 400:
        return AttemptOutcome(False, status, "It redirects, and redirects aren't followed.")
    after = answer.headers.get("retry-after", "")
    wait = min(86_400.0, float(after)) if after.isascii() and after.isdigit() else None
    return AttemptOutcome(False, status, f"It answered HTTP {status}.", status == 410, wait)


def mail(
    smtp: SmtpSettings,
    subscription: EventSubscription,
    delivery: EventDelivery,
    now: float,
    by: float,
) -> AttemptOutcome:
    """Send a notice by e-mail, before `by` of the monotonic clock."""
    left = by - time.monotonic()
    if left <= 0:
        return AttemptOutcome(False, error="The mail server was too slow to take all messages.")
    try:
        with _connected(smtp, left) as server:
            server.send_message(_message(smtp, subscription, delivery, now))
    except smtplib.SMTPResponseException as error:
        return AttemptOutcome(False, error.smtp_code, "The mail server refused the message.")
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return AttemptOutcome(
            False, codes[0] if codes else None, "The mail server refused the address."
        )
    except (OSError, smtplib.SMTPException) as error:
        return AttemptOutcome(
            False, error=f"The mail server isn't reached ({type(error).__name__})."
        )
    return AttemptOutcome(True, 250)


@contextmanager
def _connected(smtp: SmtpSettings, seconds: float) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server, which is cut after `seconds`: its own timeout is for each
    answer."""
    context = ssl.create_default_context()
    timeout = min(_SMTP_SECONDS, seconds)
    server: smtplib.SMTP
    if smtp.security == "tls":
        server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=timeout)

    def cut() -> None:
        with suppress(OSError):
            if server.sock is not None:
                server.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        with server:
            if smtp.security == "starttls":
                server.starttls(context=context)
            if smtp.user is not None:
                server.login(smtp.user, smtp.password or "")
            yield server
    finally:
        timer.cancel()


def _message(
    smtp: SmtpSettings, subscription: EventSubscription, delivery: EventDelivery, now: float
) -> EmailMessage:
    event = json.loads(delivery.body)
    text = str(event["data"].get("message", ""))
    made = EmailMessage()
    made["From"] = smtp.sender
    made["To"] = subscription.target
    made["Subject"] = " ".join(f"[{event['organisation']}] {text}".split())[:_SUBJECT]
    made["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    made["Message-ID"] = f"<{delivery.id}@{smtp.sender.rpartition('@')[2].rstrip('>')}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(
        f"{text}\n\n"
        f"Organisation: {event['organisation']}\n"
        f"Kind: {delivery.type}\n"
        f"About: {event['data'].get('subject', '')}\n"
        f"At: {event['timestamp']}\n"
    )
    return made
