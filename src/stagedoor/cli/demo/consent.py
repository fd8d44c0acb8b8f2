"""Submits the consent page as a browser would: read the form, send it, follow the redirect."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from .processes import DemoFailed


class _Form(HTMLParser):
    """The first form of a page: its action, and its fields with their default values."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._select = ""
        self._pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        name, value = a.get("name", ""), a.get("value", "on")
        if tag == "form":
            self.action = a.get("action", "")
        elif tag == "select":
            self._select = name
            self.fields.append((name, ""))
        elif tag == "option" and self._select:
            index = next(i for i, (field, _) in enumerate(self.fields) if field == self._select)
            if "selected" in a or not self.fields[index][1]:
                self.fields[index] = (self._select, value)
        elif tag == "button" or (tag == "input" and a.get("type") == "submit"):
            if name and not self._pressed:
                self._pressed = True
                self.fields.append((name, value))
        elif tag == "input" and name and "disabled" not in a and _sent(a):
            self.fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())


def _sent(a: dict[str, str]) -> bool:
    return a.get("type") not in ("checkbox", "radio") or "checked" in a


def answer(url: str) -> str:
    """Open the consent page at `url` and press its first button; returns the redirect's address."""
    with httpx2.Client(timeout=30, trust_env=False) as browser:
        page = browser.get(url)
        form = _Form()
        form.feed(page.text)
        if not form.fields:
            raise DemoFailed(f"the consent page has no form: {' '.join(form.text)[:300]}")
        names = {name for name, _ in form.fields}
        data = {name: [v for n, v in form.fields if n == name] for name in names}
        sent = browser.post(urljoin(str(page.url), form.action), data=data)
    target: str | None = sent.headers.get("location")
    if target is None:
        raise DemoFailed(f"the consent page didn't redirect: HTTP {sent.status_code}")
    return target


def allow(url: str) -> None:
    """Submit the consent page and follow the redirect."""
    httpx2.get(answer(url), timeout=30, trust_env=False)
