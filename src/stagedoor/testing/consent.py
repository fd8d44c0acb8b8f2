"""Walks the consent page as a person with a browser does: read the form, change it, send it."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from .control import ControlRefused


class _Form(HTMLParser):
    """The first form of a page: its action, its fields with their default values, its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []
        self.boxes: list[str] = []
        """Names of the boxes that can be unticked."""
        self.text: list[str] = []
        self._select = ""
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        name, value = a.get("name", ""), a.get("value", "on")
        if tag == "style":
            self._style = True
        elif tag == "form":
            self.action = a.get("action", "")
        elif tag == "select":
            self._select = name
            self.fields.append((name, ""))
        elif tag == "option" and self._select:
            index = next(i for i, (field, _) in enumerate(self.fields) if field == self._select)
            if "selected" in a or not self.fields[index][1]:
                self.fields[index] = (self._select, value)
        elif tag == "button" or (tag == "input" and a.get("type") == "submit"):
            if name:
                self.buttons.append((name, value))
        elif tag == "input" and name and "disabled" not in a:
            self._input(a, name, value)

    def _input(self, a: dict[str, str], name: str, value: str) -> None:
        if a.get("type") == "checkbox":
            self.boxes.append(name)
        if a.get("type") not in ("checkbox", "radio") or "checked" in a:
            self.fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "style":
            self._style = False

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._style:
            self.text.append(data.strip())


def walk(
    browser: httpx2.Client,
    url: str,
    *,
    creator: str | None = None,
    deny: bool = False,
    untick: Iterable[str] = (),
) -> str:
    """Open the consent page at `url`, answer it, and return the address that it redirects to.

    The page's defaults allow everything as the first creator. `untick` names scopes or ids of ad
    accounts. Raises `ControlRefused` where the page shows an error, or has no such choice.
    """
    page = browser.get(url)
    form = _Form()
    form.feed(page.text)
    if not form.buttons:
        raise ControlRefused(f"the consent page has no form: {' '.join(form.text)[:300]}")
    fields = list(form.fields)
    for choice in untick:
        named = [box for box in form.boxes if box.partition(".")[2] == choice]
        if not named:
            known = ", ".join(box.partition(".")[2] for box in form.boxes) or "none"
            raise ControlRefused(f"untick: {choice!r} can't be unticked here; these can: {known}")
        fields = [one for one in fields if one[0] not in named]
    if creator is not None:
        if "creator" not in dict(fields):
            raise ControlRefused("creator: this page lets nobody choose a creator")
        fields = [("creator", creator) if name == "creator" else (name, v) for name, v in fields]
    fields.append(_button(form, deny))
    names = {name for name, _ in fields}
    data = {name: [v for n, v in fields if n == name] for name in names}
    sent = browser.post(urljoin(str(page.url), form.action), data=data)
    target: str | None = sent.headers.get("location")
    if target is None:
        said = _Form()
        said.feed(sent.text)
        raise ControlRefused(
            f"the consent page didn't redirect (HTTP {sent.status_code}): "
            f"{' '.join(said.text)[:300]}"
        )
    return urljoin(str(sent.url), target)


def _button(form: _Form, deny: bool) -> tuple[str, str]:
    if not deny:
        return form.buttons[0]
    for button in form.buttons:
        if button[1] == "deny":
            return button
    raise ControlRefused("deny: this page has no button for it")
