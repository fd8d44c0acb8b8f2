"""A slow mail server doesn't keep a batch longer than its deadline."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from stagedoor.connector.smtp_settings import SmtpSettings
from stagedoor.connector.subscriptions import senders
from stagedoor.connector.subscriptions.subscription import (
    Channel,
    DeliveryState,
    EventDelivery,
    EventSubscription,
)


def test_the_mails_of_a_batch_have_one_deadline() -> None:
    """A mail server that never ends its answer, though each line of it comes in time."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"220 ready\r\n")
                while not stop.wait(0.05):
                    connection.sendall(b"250-more\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        smtp = SmtpSettings("127.0.0.1", "s@example.com", listener.getsockname()[1], "none")
        receiver = EventSubscription(
            "s1", Channel.EMAIL, "ada@example.com", ("*",), True, None, None, 1.0, "u1"
        )
        body = '{"organisation": "acme", "timestamp": "now", "data": {"message": "Look"}}'
        delivery = EventDelivery(
            "m1",
            "s1",
            "service.degraded",
            body,
            1.0,
            DeliveryState.WAITING,
            0,
            1.0,
            None,
            None,
            None,
        )
        ended = senders.mail(smtp, receiver, delivery, 1.0, time.monotonic() + 0.5)
        assert (ended.delivered, ended.status) == (False, None)
        stop.set()
        thread.join()
    late = senders.mail(smtp, receiver, delivery, 1.0, time.monotonic() - 1)
    assert "too slow" in str(late.error)
