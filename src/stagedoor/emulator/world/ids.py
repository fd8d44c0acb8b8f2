"""Ids and tokens in TikTok's forms, from one seeded source (`oauth.yaml`, token_formats)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import string
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_ALNUM = string.ascii_letters + string.digits


def drawn(source: random.Random, count: int) -> Iterator[int]:
    """The numbers below `count` in random order, drawn lazily."""
    moved: dict[int, int] = {}
    for last in range(count - 1, -1, -1):
        number = source.randrange(last + 1)
        yield moved.get(number, number)
        moved[number] = moved.pop(last, last)


class Ids:
    """All randomness of the world; the same seed gives the same ids in the same order.

    `run` counts the runs over one state file: each run draws different ids; open_ids stay the same.
    """

    def __init__(self, seed: int, run: int = 0) -> None:
        self._random = random.Random(seed if not run else f"{seed}:{run}")
        self._log_random = random.Random(f"{seed}:{run}:log")
        """Of log ids alone, so that a request more or less changes no other id."""
        self._salt = seed
        self.run = run
        self._last = 0
        self._second = 0
        self._stamp = ""

    def copied(self) -> Ids:
        """A copy of this source, which draws the same values."""
        made = Ids(self._salt, self.run)
        made._random.setstate(self._random.getstate())
        made._last = self._last
        return made

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(_ALNUM, k=length))

    def number(self, now: float) -> str:
        """A unique 19-digit id whose upper bits are the Unix second, as in TikTok's ids."""
        candidate = (int(now) << 32) + self._random.getrandbits(32)
        self._last = max(self._last + 1, candidate)
        return str(self._last)

    def past_number(self, moment: float) -> str:
        """An id for an entity that is backdated to `moment`."""
        return str((int(moment) << 32) + self._random.getrandbits(32))

    def access_token(self) -> str:
        return f"act.{self._text(60)}!{self._random.randrange(1000, 9999)}.e1"

    def refresh_token(self) -> str:
        return f"rft.{self._text(60)}!{self._random.randrange(1000, 9999)}.e1"

    def client_token(self) -> str:
        return f"clt.2.{self._text(60)}"

    def code(self) -> str:
        """An authorization code. It contains `*` and `!`, so it always needs percent-escaping."""
        return f"{self._text(64)}*v!{self._random.randrange(1000, 9999)}.u1"

    def hexadecimal(self, length: int) -> str:
        """Lower-case hexadecimal digits, as in the tokens of TikTok API for Business."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"

    def qr_token(self) -> str:
        return "".join(self._random.choices(string.ascii_uppercase + string.digits, k=32))

    def client_key(self, sandbox: bool = False) -> str:
        tail = string.ascii_lowercase + string.digits
        body = "".join(self._random.choices(tail, k=14))
        return f"sbaw{body}" if sandbox else f"aw{body}"

    def client_secret(self) -> str:
        return self._text(32)

    def open_id(self, client_key: str, creator_id: str) -> str:
        """The creator's id for one app; it differs between apps."""
        return self._opaque(f"open:{client_key}:{creator_id}")

    def business_id(self, app_id: str, creator_id: str) -> str:
        """As `open_id`, in the form of TikTok API for Business: `-000` and 32 characters."""
        digest = hashlib.sha256(f"{self._salt}:business:{app_id}:{creator_id}".encode()).digest()
        return f"-000{base64.urlsafe_b64encode(digest)[:32].decode()}"

    def person_identifier(self, person_id: str) -> str:
        """The id of a comment's author, the same for all apps (`unique_identifier`)."""
        return self._opaque(f"person:{person_id}")

    def union_id(self, developer_id: str, creator_id: str) -> str:
        """The creator's id for all apps of one developer."""
        return self._opaque(f"union:{developer_id}:{creator_id}")

    def _opaque(self, text: str) -> str:
        digest = hashlib.sha256(f"{self._salt}:{text}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def number_of(self, text: str) -> str:
        """A fixed id derived from `text`, for a sound, an effect or a hashtag."""
        digest = hashlib.sha256(f"{self._salt}:number:{text}".encode()).digest()
        return str(7 * 10**18 + int.from_bytes(digest[:7], "big"))

    def shuffled(self, items: Iterable[T]) -> list[T]:
        listed = list(items)
        self._random.shuffle(listed)
        return listed

    def order(self, count: int) -> Iterator[int]:
        """The numbers below `count` in random order, drawn lazily."""
        return drawn(self._random, count)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def log_id(self, now: float) -> str:
        second = int(now)
        if second != self._second:
            self._second = second
            self._stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(second))
        return f"{self._stamp}{self._log_random.getrandbits(80):020X}"

    def signature(self, text: str) -> str:
        """A keyed signature of `text`, such as a link, that only this world can make."""
        key = f"signature:{self._salt}".encode()
        return base64.b64encode(hmac.digest(key, text.encode(), "sha1")).decode()
