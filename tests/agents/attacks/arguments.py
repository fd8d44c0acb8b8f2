"""Arguments that one parser reads as harmless and the next parser as something else.

The senders have grants with conditions: fields that may be read, levels and hashtags of posts,
drafts alone. Requests that reach TikTok must stay within them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from stagedoor.platform.operation import Operation, Surface
from tests.examples.tools import TOOLS

from .actors import MINE
from .argument_values import BODIES, BROKEN, QUERIES
from .attack import Attack, Opens, Way
from .attack_environment import MEDIA, OPERATIONS, AttackEnvironment
from .keys import PROXIED
from .wire import Answer

KIND = "argument smuggling"
LISTED, INFO = OPERATIONS["display.video_list"], OPERATIONS["display.user_info"]
POSTED, PHOTOS = OPERATIONS["posting.video_init"], OPERATIONS["posting.content_init"]

QUIET, LOUD = "SELF_ONLY", "PUBLIC_TO_EVERYONE"
SOURCE = '"source_info": {"source": "PULL_FROM_URL", "video_url": "https://m.example.com/a.mp4"}'


def init(info: str, source: str = SOURCE, more: str = "") -> bytes:
    return f'{{"post_info": {{{info}}}, {source}{more}}}'.encode()


QUIETLY, LOUDLY = f'"privacy_level": "{QUIET}"', f'"privacy_level": "{LOUD}"'
LEVELS: tuple[bytes, ...] = (
    init(LOUDLY),
    init(f"{QUIETLY}, {LOUDLY}"),
    init(f'{QUIETLY}, "privacy\\u005flevel": "{LOUD}"'),
    init(QUIETLY, more=f', "post_info": {{{LOUDLY}}}'),
    init(QUIETLY, more=f', "post\\u005finfo": {{{LOUDLY}}}'),
    init(LOUDLY, more=f', "Post_Info": {{{QUIETLY}}}'),
    init(f'"privacy_level": ["{QUIET}", "{LOUD}"]'),
    init(f'"privacy_level": {{"value": "{LOUD}"}}'),
    init('"privacy_level": null'),
    init('"privacy_level": ""'),
    init('"privacy_level": 0'),
    init(""),
    init(f'"privacy_level": "{LOUD} "'),
    init(f'"privacy_level": "{QUIET}\\u0000{LOUD}"'),
    init(f'"Privacy_Level": "{QUIET}"'),
    init(f'{QUIETLY}, "post_info": {{{LOUDLY}}}'),
    init(QUIETLY, more=f', "privacy_level": "{LOUD}"'),
    init(LOUDLY, more=f', "post_info.privacy_level": "{QUIET}"'),
)
TEXTS = (
    "#other",
    "#drop #other",
    "#drop#other",
    "\uff03other",
    "#\u200bother",
    "##other",
    "#other.",
    "x#other",
    "#DROP #OTHER",
    "#d\u0072op2",
    "#drop\u0301",
    "#\u0064rop \\n#other",
    "#ot\u200dher",
    "#drop_other",
    "\u202e#rehto",
    "#\u00f6ther",
    "# other #other",
)
DIRECT: tuple[tuple[Operation[..., Any], bytes], ...] = (
    (POSTED, init(QUIETLY)),
    (POSTED, init(f'{QUIETLY}, "post_mode": "MEDIA_UPLOAD"')),
    (POSTED, init(QUIETLY, more=', "post_mode": "MEDIA_UPLOAD"')),
)
MODES = (
    '"post_mode": "DIRECT_POST"',
    '"post_mode": "MEDIA_UPLOAD", "post_mode": "DIRECT_POST"',
    '"post_mode": "MEDIA_UPLOAD", "post\\u005fmode": "DIRECT_POST"',
    '"post_mode": "DIRECT_POST", "Post_Mode": "MEDIA_UPLOAD"',
    '"post_mode": "direct_post"',
    '"post_mode": ["MEDIA_UPLOAD", "DIRECT_POST"]',
    '"post_mode": null',
    '"post_mode": "MEDIA_UPLOAD\\u0000DIRECT_POST"',
    "",
)
_PHOTOS = (
    '"media_type": "PHOTO", "post_info": {"title": "a", "privacy_level": "SELF_ONLY"}, '
    '"source_info": {"source": "PULL_FROM_URL", "photo_images": ["https://m.example.com/a.jpg"], '
    '"photo_cover_index": 0}'
)


def attacks(chance: random.Random) -> Iterator[Attack]:
    for query in QUERIES:
        yield _read(LISTED, f"the query {query!r}", query=query)
        if "title" in query:
            told = query.replace("title", "display_name").replace("fields=id", "fields=open_id")
            yield _narrow(told)
    for number, body in enumerate(BODIES):
        for query in ("fields=id", ""):
            name = f"body {number} beside {query or 'no query'}"
            yield _read(LISTED, name, query=query, body=body)
    for number, body in enumerate(LEVELS):
        yield _posts("poster", POSTED, f"a level, {number}", body)
    for text in TEXTS:
        said = f'{QUIETLY}, "title": {json.dumps(text)}'.replace("\\\\n", "\\n")
        yield _posts("poster", POSTED, f"the text {text!a}", init(said))
    for number, (operation, body) in enumerate(DIRECT):
        yield _posts("drafter", operation, f"a direct post, {number}", body)
    for mode in MODES:
        between = ", " if mode else ""
        body = f"{{{mode}{between}{_PHOTOS}}}".encode()
        yield _posts("drafter", PHOTOS, f"the mode {mode!r}", body)
    for body in BROKEN:
        yield _broken(LISTED, body)
    yield from _foreign(chance)
    for way in (Way.HTTP, Way.STDIO):
        yield from _by_tools(way, chance)


def _read(operation: Operation[..., Any], name: str, **said: Any) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, "reader", **said)

    return Attack(KIND, Way.PROXY, f"reader: {operation.id} with {name}", send, True)


def _narrow(query: str) -> Attack:
    """The same tricks where only `open_id` may be read, by the agent `narrow`."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(INFO, "narrow", query=query)

    return Attack(KIND, Way.PROXY, f"narrow: {INFO.id} with the query {query!r}", send, True)


def _posts(who: str, operation: Operation[..., Any], name: str, body: bytes) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, who, body=body)
        environment.run_due_jobs()

    return Attack(KIND, Way.PROXY, f"{who}: {operation.id} with {name}", send, True)


def _broken(operation: Operation[..., Any], body: bytes) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, body=body)

    name = f"{operation.id} with a body of {len(body)} bytes, {body[:24]!r}"
    return Attack(KIND, Way.PROXY, name, send)


FIELDS: tuple[Any, ...] = (
    ["id", "title"],
    ["title"],
    "id,title",
    ["id,title"],
    ["id", ["title"]],
    {"0": "title"},
    ["id", "TITLE"],
    ["id", " title"],
    ["id", "title\u0000"],
    ["*"],
    [],
    "title",
    None,
    [None, "title"],
    ["id", {"title": 1}],
)
"""Values for a tool's `fields`."""


def _message(name: str, arguments: str) -> bytes:
    """Return a call with its arguments as literal JSON, with a repeated name, say."""
    return (
        f'{{"jsonrpc": "2.0", "id": 9, "method": "tools/call", '
        f'"params": {{"name": "{name}", "arguments": {arguments}}}}}'
    ).encode()


_URL = f'"video_url": "{MEDIA}/a.mp4"'
_SHOTS = f'"photo_urls": ["{MEDIA}/a.jpg"]'
OPEN: tuple[tuple[str, str, str], ...] = (
    ("poster", "publish_video", f'{{{_URL}, {QUIETLY}, "title": "#drop", "again": true}}'),
    ("drafter", "publish_photos", f'{{{_SHOTS}, "as_draft": true, "again": true}}'),
)
"""Tool arguments that the grants of these agents allow: the controls of the attacks."""
TOOLED: tuple[tuple[str, str, str], ...] = (
    ("reader", "list_videos", '{"fields": ["id"], "fields": ["id", "title"]}'),
    ("reader", "list_videos", '{"fields": ["id"], "field\\u0073": ["id", "title"]}'),
    ("reader", "list_videos", '{"fields": ["id"], "Fields": ["title"]}'),
    ("reader", "list_videos", '{"fields": ["id"], "arguments": {"fields": ["title"]}}'),
    ("reader", "list_videos", '{"fields": ["id"], "account": "ridewithrio"}'),
    ("reader", "list_videos", '{"account": "maracooks", "account": "ridewithrio"}'),
    ("reader", "list_videos", '{"account": "maracooks", "acc\\u006funt": "ridewithrio"}'),
    ("reader", "list_videos", '{"account": ["maracooks", "ridewithrio"]}'),
    ("reader", "list_videos", '{"account": {"id": "ridewithrio"}}'),
    ("reader", "list_videos", '{"account": "maracooks", "integrationId": "ridewithrio"}'),
    ("reader", "list_videos", '{"_meta": {"account": "ridewithrio"}, "fields": ["id"]}'),
    ("reader", "list_videos", '{"approved": true, "fields": ["title"]}'),
    ("poster", "publish_video", f'{{{_URL}, "privacy_level": "{LOUD}"}}'),
    ("poster", "publish_video", f"{{{_URL}, {QUIETLY}, {LOUDLY}}}"),
    ("poster", "publish_video", f'{{{_URL}, {QUIETLY}, "post_info": {{{LOUDLY}}}}}'),
    ("poster", "publish_video", f'{{{_URL}, {QUIETLY}, "title": "#other"}}'),
    ("poster", "publish_video", f'{{{_URL}, {QUIETLY}, "title": "#drop", "title": "#other"}}'),
    ("poster", "publish_video", f'{{{_URL}, "privacy_level": ["{QUIET}", "{LOUD}"]}}'),
    ("poster", "publish_video", f"{{{_URL}}}"),
    ("poster", "posting_video_init", f'{{"post_info": {{{LOUDLY}}}, {SOURCE}}}'),
    ("poster", "posting_video_init", f'{{"post_info": {{{QUIETLY}}}, {SOURCE}, {LOUDLY}}}'),
    ("drafter", "publish_video", f"{{{_URL}, {QUIETLY}}}"),
    ("drafter", "publish_video", f'{{{_URL}, {QUIETLY}, "as_draft": true}}'),
    ("drafter", "publish_photos", f"{{{_SHOTS}, {QUIETLY}}}"),
    (
        "drafter",
        "publish_photos",
        f'{{{_SHOTS}, {QUIETLY}, "as_draft": "true"}}',
    ),
    (
        "drafter",
        "publish_photos",
        f'{{{_SHOTS}, {QUIETLY}, "as_draft": true, "as_draft": false}}',
    ),
    ("drafter", "posting_content_init", f"{{{MODES[1]}, {_PHOTOS}}}"),
)


def _told(way: Way, who: str, name: str, said: str, how: str = "as it may") -> Attack:
    def call(environment: AttackEnvironment) -> Iterator[Answer]:
        # a tool's media are fetched by Stagedoor, from where they are on this machine
        here = said.replace(MEDIA, environment.site.url) if name in TOOLS else said
        yield environment.send_message(way, _message(name, here), who)
        environment.run_due_jobs()

    return Attack(KIND, way, f"{who}: {name} {how}", call, True)


def _by_tools(way: Way, chance: random.Random) -> Iterator[Attack]:
    """The same attacks by tools, whose arguments are JSON."""
    for fields in FIELDS:
        for name in ("list_videos", "display_video_list"):

            def read(
                environment: AttackEnvironment, name: str = name, fields: Any = fields
            ) -> Iterator[Answer]:
                asked = {"fields": fields, "account": MINE}
                yield environment.call_tool(way, name, asked, "reader")

            yield Attack(KIND, way, f"reader: {name} with the fields {fields!r}", read, True)
    for number, (who, name, said) in enumerate(TOOLED):
        yield _told(way, who, name, said, f"in another way, {number}")
    for operation in (one for one in PROXIED if Surface.TOOL in one.surfaces):
        for extra, value in chance.sample(FOREIGN, 2):

            def foreign(
                environment: AttackEnvironment,
                operation: Operation[..., Any] = operation,
                extra: str = extra,
                value: str = value,
            ) -> Iterator[Answer]:
                yield environment.call_operation(way, operation, "nobody", **{extra: value})

            yield Attack(KIND, way, f"nobody: {operation.id} with {extra}={value}", foreign)


FOREIGN = (
    ("access_token", "act.other"),
    ("open_id", "other"),
    ("client_key", "globe-key"),
    ("account", "ridewithrio"),
    ("integrationId", "other"),
    ("approved", "true"),
    ("org", "globex"),
    ("orgid", "globex"),
    ("agent", "whole"),
    ("_method", "DELETE"),
    ("path", "/v2/video/list/"),
    ("callback", "https://evil.example.com/"),
)
"""Arguments that no operation declares: they may be ignored, but must have no effect."""


def _foreign(chance: random.Random) -> Iterator[Attack]:
    """Undeclared arguments for every operation, by an agent that may not do it."""
    for operation in PROXIED:
        for name, value in chance.sample(FOREIGN, 3):

            def send(
                environment: AttackEnvironment,
                operation: Operation[..., Any] = operation,
                name: str = name,
                value: str = value,
            ) -> Iterator[Answer]:
                query, body = environment.good_request(operation)
                if body.startswith(b"{"):
                    body = json.dumps({**json.loads(body), name: value}).encode()
                said = f"{query}&{name}={value}" if query else f"{name}={value}"
                yield environment.call_proxy(operation, "nobody", query=said, body=body)

            yield Attack(KIND, Way.PROXY, f"nobody: {operation.id} with {name}={value}", send)


def controls() -> Iterator[Attack]:
    def read(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(LISTED, "reader", query="fields=id,create_time", body=b"{}")

    def narrow(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(INFO, "narrow", query="fields=open_id")

    def post(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(
            POSTED, "poster", body=init(f'{QUIETLY}, "title": "New #drop"')
        )
        environment.run_due_jobs()

    def draft(environment: AttackEnvironment) -> Iterator[Answer]:
        body = f'{{"post_mode": "MEDIA_UPLOAD", {_PHOTOS}}}'.encode()
        yield environment.call_proxy(PHOTOS, "drafter", MINE, body=body)
        environment.run_due_jobs()

    for name, send, opens in (
        ("reader: the fields that it may", read, Opens.REACHES),
        ("narrow: the field that it may", narrow, Opens.REACHES),
        ("poster: what it may post", post, Opens.PUBLISHES),
        ("drafter: a draft", draft, Opens.PUBLISHES),
    ):
        yield Attack(KIND, Way.PROXY, name, send, True, opens)
    for way in (Way.HTTP, Way.STDIO):

        def tool(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            yield environment.call_tool(
                way, "list_videos", {"fields": ["id"], "account": MINE}, "reader"
            )

        yield Attack(KIND, way, "reader: the fields that it may", tool, True)
        for who, name, said in OPEN:
            yield replace(_told(way, who, name, said), opens=Opens.PUBLISHES)
