"""What requests name of an account, and where a run on real TikTok gets it from.

The examples name things of the emulator's seeded world: its videos, campaigns, people. Before an
example is sent to real TikTok, each of these is replaced by one of the account's own: for a read by
what an environment variable says, what a write of this run made, or what another read told; for a
write by what a write made, or else what a variable says. So a write reaches nothing that was there
before, unless it was named, and nothing that was there before is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.operation import Operation, OperationEffect
from stagedoor.platform.products import (
    business,
    business_accounts,
    business_ads,
    business_audiences,
    business_comments,
    business_creatives,
    business_creators,
    business_marketplace,
    commercial,
    display,
    embed,
    oauth,
    portability,
    posting,
    research,
)
from stagedoor.platform.products.research import shop, validation
from tests.examples import example_of

from .credentials import Unreachable, variable

Told = tuple[Operation[..., Any], str]
"""An operation, and the path in its answer's data where it tells of such things."""
_BUSINESS = "/open_api/v1.3/"


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of requests, by its name in the singular, in some operations."""

    name: str
    within: str
    """The operation's id, or the beginning of the operations' paths."""
    found: Told | None = None
    """A read that tells of some: it is asked without this field."""
    made: tuple[Told, ...] = ()
    """Writes that make one."""
    variable: str = ""
    """The environment variable without its prefix; default: the name."""
    form: str = "{}"
    """How the value is written in the field."""
    is_account: bool = False
    """The field is replaced in examples that are refused, too: it names the account of the call."""

    @property
    def environment(self) -> str:
        return variable(self.variable or self.name)

    def is_told_by(self, operation: Operation[..., Any]) -> bool:
        """Whether the operation itself tells of such things: it needs none."""
        return self.found is not None and self.found[0] is operation


ACCOUNT_VIDEO = (business_accounts.BUSINESS_VIDEO_LIST, "videos.item_id")
CAMPAIGN = (business_ads.CAMPAIGN_GET, "list.campaign_id")
NEW_CAMPAIGN = ((business_ads.CAMPAIGN_CREATE, "campaign_id"),)
AUDIENCE = (business_audiences.AUDIENCE_LIST, "list.audience_id")
NEW_AUDIENCE = (
    (business_audiences.AUDIENCE_CREATE, "custom_audience_id"),
    (business_audiences.AUDIENCE_RULE_CREATE, "custom_audience_id"),
)
AD_VIDEO = (business_creatives.FILE_VIDEO_SEARCH, "list.video_id")
AD_IMAGE = (business_creatives.FILE_IMAGE_SEARCH, "list.image_id")
MARKET_CAMPAIGN = (business_creators.TTO_CAMPAIGN_GET, "campaigns.campaign_id")
NEW_MARKET_CAMPAIGN = ((business_creators.TTO_CAMPAIGN_CREATE, "campaign_id"),)
NEW_ORDER = ((business_marketplace.TCM_ORDER_CREATE, "orders.order_id"),)
CENTER = (business.BC_GET, "list.bc_info.bc_id")
AD_ACCOUNT = (business.OAUTH2_ADVERTISER_GET, "list.advertiser_id")
RESEARCHED = (research.VIDEO_QUERY, "videos.username")

REFERENCES = (
    # Login Kit, Display, Content Posting and Data Portability API, oEmbed
    Reference("token", oauth.QR_CHECK.id, made=((oauth.QR_START, "token"),), variable="qr_token"),
    Reference("video_id", "/v2/video/", (display.VIDEO_LIST, "videos.id"), variable="own_video_id"),
    Reference("publish_id", "/v2/post/", made=((posting.INBOX_VIDEO_INIT, "publish_id"),)),
    Reference("photo_image", "/v2/post/", variable="media_url", form="{}/a.jpg"),
    Reference("request_id", "/v2/user/data/", made=((portability.DATA_ADD, "request_id"),)),
    Reference(
        "url", embed.OEMBED_VIDEO.id, (display.VIDEO_LIST, "videos.share_url"), variable="post_url"
    ),
    Reference(
        "url",
        embed.OEMBED_PROFILE.id,
        (display.USER_INFO, "user.profile_web_link"),
        variable="profile_url",
    ),
    # Research and Commercial Content API
    Reference("username", "/v2/research/", RESEARCHED),
    Reference("username", research.LIKED_VIDEOS.id, variable="liker"),
    Reference("video_id", "/v2/research/", (research.VIDEO_QUERY, "videos.id")),
    Reference("playlist_id", "/v2/research/", (research.VIDEO_QUERY, "videos.playlist_id")),
    Reference("shop_name", "/v2/research/"),
    Reference("shop_id", "/v2/research/", (shop.SHOP, "shop_data.shop_id")),
    Reference("product_id", "/v2/research/", (shop.PRODUCT, "product_data.product_id")),
    Reference("task_id", "/v2/research/", made=((validation.VALIDATION_CREATE, "task_id"),)),
    Reference(
        "ad_id", "/v2/research/adlib/", (commercial.AD_QUERY, "ads.ad.id"), variable="library_ad_id"
    ),
    # TikTok API for Business: accounts
    Reference("advertiser_id", _BUSINESS, AD_ACCOUNT, is_account=True),
    Reference("business_id", _BUSINESS, is_account=True),
    Reference("creator_id", _BUSINESS, variable="business_id", is_account=True),
    Reference("bc_id", _BUSINESS, CENTER),
    Reference("asset_id", _BUSINESS, AD_ACCOUNT, variable="advertiser_id"),
    Reference("callback_url", _BUSINESS),
    # ads
    Reference("campaign_id", _BUSINESS, CAMPAIGN, NEW_CAMPAIGN),
    Reference(
        "adgroup_id",
        _BUSINESS,
        (business_ads.ADGROUP_GET, "list.adgroup_id"),
        ((business_ads.ADGROUP_CREATE, "adgroup_id"),),
    ),
    Reference(
        "ad_id",
        _BUSINESS,
        (business_ads.AD_GET, "list.ad_id"),
        ((business_ads.AD_CREATE, "ad_ids"),),
    ),
    Reference(
        "filter_value",
        f"{_BUSINESS}report/",
        CAMPAIGN,
        NEW_CAMPAIGN,
        variable="campaign_id",
        form='["{}"]',
    ),
    Reference("identity_id", _BUSINESS),
    Reference("tiktok_item_id", _BUSINESS, variable="item_id"),
    # audiences
    Reference("custom_audience_id", _BUSINESS, AUDIENCE, NEW_AUDIENCE),
    Reference("source_audience_id", _BUSINESS, None, NEW_AUDIENCE, variable="custom_audience_id"),
    Reference(
        "audience_id",
        _BUSINESS,
        made=((business_audiences.SEGMENT_AUDIENCE, "audience_id"),),
        variable="segment_audience_id",
    ),
    Reference(
        "file_path", _BUSINESS, made=((business_audiences.AUDIENCE_FILE_UPLOAD, "file_path"),)
    ),
    Reference("event_source_id", _BUSINESS),
    # videos and images for ads
    Reference(
        "video_id",
        f"{_BUSINESS}file/",
        AD_VIDEO,
        ((business_creatives.FILE_VIDEO_UPLOAD, "video_id"),),
        variable="ad_video_id",
    ),
    Reference("video_name", f"{_BUSINESS}file/", AD_VIDEO, variable="ad_video_name"),
    Reference(
        "image_id",
        f"{_BUSINESS}file/",
        AD_IMAGE,
        ((business_creatives.FILE_IMAGE_UPLOAD, "image_id"),),
    ),
    # accounts and comments
    Reference("item_id", _BUSINESS, ACCOUNT_VIDEO),
    Reference("video_id", f"{_BUSINESS}business/", ACCOUNT_VIDEO, variable="item_id"),
    Reference(
        "comment_id",
        _BUSINESS,
        (business_comments.COMMENT_LIST, "comments.comment_id"),
        ((business_comments.COMMENT_CREATE, "comment_id"),),
    ),
    Reference("video_url", _BUSINESS, variable="media_url", form="{}/a.mp4"),
    Reference("photo_image", _BUSINESS, variable="media_url", form="{}/a.jpg"),
    # creator marketplace
    Reference(
        "tto_tcm_account_id", _BUSINESS, (business_creators.TTO_ACCOUNTS, "tto_tcm_account_ids")
    ),
    Reference(
        "handle_name", _BUSINESS, (business_creators.TTO_CREATOR_DISCOVER, "creators.handle_name")
    ),
    Reference(
        "campaign_id",
        f"{_BUSINESS}tto/",
        MARKET_CAMPAIGN,
        NEW_MARKET_CAMPAIGN,
        variable="tto_campaign_id",
    ),
    Reference("video_id", f"{_BUSINESS}tto/", variable="item_id"),
    Reference("video_id", f"{_BUSINESS}tcm/", variable="ordered_video_id"),
    Reference(
        "tcm_account_id",
        _BUSINESS,
        (business_marketplace.TCM_ACCOUNTS, "tcm_account_ids"),
        variable="tto_tcm_account_id",
    ),
    Reference(
        "handle_name",
        f"{_BUSINESS}tcm/",
        (business_marketplace.TCM_CREATOR_DISCOVER, "creators.handle_name"),
    ),
    Reference("order_id", _BUSINESS, made=NEW_ORDER, variable="tcm_order_id"),
    Reference("v2_order_id", _BUSINESS, made=NEW_ORDER, variable="tcm_order_id"),
    Reference("tto_invite_link", _BUSINESS),
    Reference("link_request_id", _BUSINESS),
)


def reference_of(operation: Operation[..., Any], name: str) -> Reference | None:
    """The reference of a field of the operation's requests; None: the field names nothing of an
    account.

    Of several the one with the longest `within` counts.
    """
    singular = name.removesuffix("s") if name.endswith(("_ids", "_names", "_paths")) else name
    singular = "photo_image" if name == "photo_images" else singular
    means = [
        one
        for one in REFERENCES
        if one.name == singular
        and (operation.path.startswith(one.within) or operation.id == one.within)
    ]
    return max(means, key=lambda one: len(one.within), default=None)


Replace = Callable[[str, Any], Any]
"""From a field's name and its value, of which lists are wholes, to the value in its place."""
DROPPED: Any = object()
"""In the place of a value: the field is left out."""


def replaced(value: Any, replace: Replace, name: str = "") -> Any:
    """The request's values with each leaf replaced, in dicts, models and lists at any depth."""
    if isinstance(value, Mapping):
        made = {n: replaced(part, replace, n) for n, part in value.items()}
        return {n: part for n, part in made.items() if part is not DROPPED}
    if isinstance(value, BaseModel):
        names = [n for n in type(value).model_fields if n in value.model_fields_set]
        given = {n: getattr(value, n) for n in names}
        made = replaced(given, replace)
        return type(value).model_construct(_fields_set=set(made), **_defaults(value) | made)
    if isinstance(value, list | tuple) and not all(isinstance(one, str) for one in value):
        return tuple(replaced(one, replace, name) for one in value)
    return replace(name, value)


def _defaults(value: BaseModel) -> dict[str, Any]:
    return {
        name: info.get_default(call_default_factory=True, validated_data={})
        for name, info in type(value).model_fields.items()
        if not info.is_required()
    }


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The names and values of all leaves of a request's values."""
    found: list[tuple[str, Any]] = []

    def keep(leaf: str, one: Any) -> Any:
        found.append((leaf, one))
        return one

    replaced(value, keep, name)
    return iter(found)


def at_path(data: Any, path: str) -> list[str]:
    """The texts at a path of an answer's data, through lists, each once."""
    parts = [data]
    for name in path.split("."):
        parts = [one.get(name) for one in _flat(parts) if isinstance(one, Mapping)]
    texts = [str(one) for one in _flat(parts) if one not in (None, "")]
    return list(dict.fromkeys(texts))


def _flat(parts: Sequence[Any]) -> Iterator[Any]:
    for one in parts:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def may_be_named(operation: Operation[..., Any], reference: Reference) -> bool:
    """Whether a variable can name it: what is deleted is only ever what the run made."""
    deletes = operation.effect is OperationEffect.WRITE and example_of(operation).ends
    return not (deletes and reference.made)


class References:
    """The things of one account that requests of a run name."""

    def __init__(
        self,
        environment: Mapping[str, str],
        ask: Callable[[Operation[..., Any]], Any],
        may_write: bool,
    ) -> None:
        """`ask` gives the data of an operation's answer in this run, and None if it was refused;
        it raises `Unreachable`."""
        self._environment, self._ask, self._may_write = environment, ask, may_write
        self.makers: dict[str, set[str]] = {}
        """The ids of the writes that made what an operation's request names, by its id."""

    def of(self, operation: Operation[..., Any], reference: Reference, most: int = 1) -> list[str]:
        """Up to `most` values, as they are written in the field. Raises `Unreachable`."""
        if operation.effect is OperationEffect.READ:
            values = self.named(reference) or self._made(operation, reference)
            if not values and reference.found is not None:
                values = at_path(self._ask(reference.found[0]), reference.found[1])
        else:
            values = self._made(operation, reference)
            if not values and may_be_named(operation, reference):
                values = self.named(reference)
        if not values:
            raise Unreachable(self._missing(operation, reference))
        return [reference.form.format(one) for one in values[:most]]

    def values(self) -> list[str]:
        """The texts of the environment that are named by some reference."""
        return [one for reference in REFERENCES for one in self.named(reference)]

    def named(self, reference: Reference) -> list[str]:
        """The values that the environment names."""
        text = self._environment.get(reference.environment, "")
        return [one.strip() for one in text.split(",") if one.strip()]

    def _made(self, operation: Operation[..., Any], reference: Reference) -> list[str]:
        for maker, path in reference.made:
            if maker.effect is OperationEffect.READ or self._may_write:
                try:
                    if values := at_path(self._ask(maker), path):
                        self.makers.setdefault(operation.id, set()).add(maker.id)
                        return values
                except Unreachable:
                    continue
        return []

    def _missing(self, operation: Operation[..., Any], reference: Reference) -> str:
        ways = [f"no {reference.name}"]
        if reference.found is not None and operation.effect is OperationEffect.READ:
            ways.append(f"{reference.found[0].id} told of none")
        makers = " or ".join(one.id for one, _ in reference.made)
        if makers and self._may_write:
            ways.append(f"{makers} made none")
        elif makers:
            ways.append(f"pass --writes, so that {makers} makes one")
        if may_be_named(operation, reference):
            ways.append(f"set {reference.environment}")
        return "; ".join(ways)
