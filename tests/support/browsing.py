"""A browser of few words: it reads forms, keeps cookies, and sends what a person would send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2


@dataclass
class Page(HTMLParser):
    """The page that came, with its only form."""

    answer: httpx2.Response
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    """Value of `decision` by label."""
    text: str = ""
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _button: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.answer.text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append((tag, said))
        if tag == "form":
            self.action = urljoin(str(self.answer.url), said.get("action") or "")
        elif tag == "input" and said.get("type") == "hidden":
            self.fields[said["name"] or ""] = said.get("value") or ""
        elif tag == "button":
            self._button = said.get("value")

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.buttons[data.strip()] = self._button
            self._button = None
        self.text += f" {data}"

    def links(self) -> list[str]:
        return [said["href"] or "" for tag, said in self.tags if tag == "a" and "href" in said]


@dataclass
class Browser:
    http: httpx2.Client

    def open(self, url: str) -> Page:
        return Page(self.http.get(url))

    def press(self, page: Page, button: str, **typed: str) -> Page:
        """Send the page's form by one of its buttons."""
        form = page.fields | typed | {"decision": page.buttons[button]}
        headers = {"origin": str(page.answer.url.join("/")).rstrip("/")}
        return Page(self.http.post(page.action, data=form, headers=headers))


@contextmanager
def browser() -> Iterator[Browser]:
    with httpx2.Client(timeout=30) as http:
        yield Browser(http)
