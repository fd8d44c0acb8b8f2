"""A server that takes uploads as fast as it can: `python -m benchmarks.sink PORT`.

It reads every byte of a body into the same buffer, counts them, and answers when the last one has
arrived. It also knows the few calls that a post consists of, with canned answers.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading

from stagedoor.platform import media, posting

BUFFER = 1 << 16
"""Stays in the processor's cache: of the sizes tried, the one that curl is fastest with."""
RECEIVED = "/received"
"""Gives the number of body bytes that PUTs have brought so far, and sets it to 0."""
UPLOAD = media.UPLOAD_PATHS[0]

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_OK = {"code": "ok", "message": "", "log_id": "20261120155200A1B2C3D4E5F60718293A"}


def answers(port: int) -> dict[str, object]:
    """The data of each call that a post needs besides its bytes."""
    return {
        posting.CREATOR_INFO.path: {
            "creator_username": "first.creator",
            "creator_nickname": "First Creator",
            "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
            "comment_disabled": False,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": 600,
        },
        posting.VIDEO_INIT.path: {
            "publish_id": "v_pub_file~v2-1.7400000000000000000",
            "upload_url": f"http://127.0.0.1:{port}{UPLOAD}?upload_id=1&upload_token=1",
        },
        posting.STATUS.path: {"status": "PUBLISH_COMPLETE"},
    }


class Sink:
    def __init__(self, port: int) -> None:
        self._answers = answers(port)
        self._received = 0
        self._lock = threading.Lock()

    def serve(self, connection: socket.socket) -> None:
        """Answer one connection's requests until it closes."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = memoryview(bytearray(BUFFER))
        waiting = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in waiting:
                    size = connection.recv_into(buffer)
                    if not size:
                        return
                    waiting += bytes(buffer[:size])
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                method, target, _ = head.split(b" ", 2)
                found = _LENGTH.search(head)
                length = int(found[1]) if found else 0
                left = length - len(waiting)
                waiting = waiting[length:]
                while left > 0:
                    size = connection.recv_into(buffer, min(BUFFER, left))
                    if not size:
                        return
                    left -= size
                connection.sendall(self._reply(method, target.decode(), length))

    def _reply(self, method: bytes, target: str, length: int) -> bytes:
        path = target.partition("?")[0]
        body: object = {}
        if method == b"PUT":
            with self._lock:
                self._received += length
        elif path == RECEIVED:
            with self._lock:
                body, self._received = self._received, 0
        elif path in self._answers:
            body = {"data": self._answers[path], "error": _OK}
        text = json.dumps(body).encode()
        status = "201 Created" if method == b"PUT" else "200 OK"
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
        return f"{head}content-length: {len(text)}\r\n\r\n".encode() + text


def main(port: int) -> None:
    sink = Sink(port)
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=sink.serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]))
