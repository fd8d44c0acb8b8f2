"""The fields of ads and advertisers, computed from the world."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from stagedoor.platform.products.commercial import AGE_BANDS, GENDERS, AdStatus

from ... import cdn, links
from ...calls import AdmittedCall
from ...world import Video
from .state import Advertiser, LibraryAd


def day_of(moment: float) -> str:
    return time.strftime("%Y%m%d", time.gmtime(moment))


def shown_day(call: AdmittedCall, moment: float) -> str | int:
    day = day_of(moment)
    return int(day) if call.world.settings.commercial_dates == "number" else day


def rounded(people: int) -> str:
    """A rounded number such as `11K`, `2M`; `0K` below 1,000 (`commercial.yaml`, reach_strings)."""
    for unit, size in (("B", 1_000_000_000), ("M", 1_000_000)):
        if people >= size:
            return f"{people // size}{unit}"
    return f"{people // 1_000}K"


def last_shown(call: AdmittedCall, ad: LibraryAd) -> float:
    return call.now if ad.last_shown is None else ad.last_shown


def ad(call: AdmittedCall, found: LibraryAd, detail: bool) -> dict[str, Callable[[], Any]]:
    """All fields of an ad by their names in `fields`, computed on demand."""
    world = call.world
    posts = [world.videos[one] for one in found.video_ids if one in world.videos]
    runs = found.last_shown is None
    return {
        "id": lambda: int(found.id),
        "first_shown_date": lambda: shown_day(call, found.first_shown),
        "last_shown_date": lambda: shown_day(call, last_shown(call, found)),
        "status": lambda: AdStatus.ACTIVE if runs else AdStatus.INACTIVE,
        "status_statement": lambda: "This ad is running." if runs else "This ad has ended.",
        "videos": lambda: [_video(call, post) for post in posts if not post.photos],
        "image_urls": lambda: [
            cdn.cover_url(world, call.base_url, post, call.now) for post in posts if post.photos
        ],
        "reach": lambda: _reach(call, found, detail),
        "title": lambda: found.title,
        "external_url": lambda: found.external_url,
        "download_url": lambda: found.download_url,
        "call_to_action": lambda: found.call_to_action,
        "advertising_objective": lambda: found.objective,
        "rejection_info": lambda: _rejection(found),
    }


def advertiser(call: AdmittedCall, found: Advertiser) -> dict[str, Callable[[], Any]]:
    creator = call.world.creators.get(found.creator_id or "")

    def account(value: Callable[[Any], Any]) -> Callable[[], Any]:
        return lambda: None if creator is None else value(creator)

    return {
        "business_id": lambda: int(found.id),
        "business_name": lambda: found.name,
        "paid_for_by": lambda: found.paid_for_by,
        "country_code": lambda: found.country,
        "follower_count": account(lambda c: c.followers),
        "avatar_url": account(lambda c: cdn.avatar_url(call.world, call.base_url, c)),
        "profile_url": account(links.profile),
    }


_ACCOUNT = ("follower_count", "avatar_url", "profile_url")


def of_advertiser(call: AdmittedCall, found: Advertiser, names: Iterable[str]) -> dict[str, Any]:
    settings = call.world.settings
    told = chosen(advertiser(call, found), names)
    if settings.commercial_account == "nested":
        inner = {name: told.pop(name) for name in _ACCOUNT if name in told}
        if inner:
            told["tiktok_account"] = inner
    if "paid_for_by" in told:
        told[settings.commercial_payer] = told.pop("paid_for_by")
    if settings.commercial_sample_names and "business_id" in told:
        told["buisness_id"] = told.pop("business_id")
    return told


def of_group(call: AdmittedCall, found: LibraryAd, names: Iterable[str]) -> dict[str, Any]:
    told = chosen({"targeting_info": lambda: _targeting(found)}, names)
    if call.world.settings.commercial_sample_names and told:
        return {"target": told["targeting_info"]}
    return told


def chosen(fields: dict[str, Callable[[], Any]], names: Iterable[str]) -> dict[str, Any]:
    """The requested fields; fields without a value are left out."""
    made = {name: fields[name]() for name in dict.fromkeys(names)}
    return {name: value for name, value in made.items() if value is not None}


def group(names: Iterable[str], prefix: str) -> list[str]:
    """The names below `prefix`, such as `ad.`."""
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def _video(call: AdmittedCall, post: Video) -> dict[str, str]:
    return {
        "url": cdn.media_url(call.world, call.base_url, post),
        "cover_image_url": cdn.cover_url(call.world, call.base_url, post, call.now),
    }


def _reach(call: AdmittedCall, found: LibraryAd, detail: bool) -> dict[str, Any]:
    name = "unique_users_seen"
    if call.world.settings.commercial_sample_names and not detail:
        name = "unique_user_seen"
    told: dict[str, Any] = {name: rounded(found.seen_by)}
    if detail:
        told["unique_users_seen_by_country"] = {
            code: rounded(people) for code, people in found.reach.items()
        }
    return told


def _rejection(found: LibraryAd) -> dict[str, Any] | None:
    if found.takedown is None:
        return None
    return {
        "reasons": found.takedown.reasons,
        "affected_countries": found.takedown.countries,
        "reporting_source": found.takedown.source,
        "automated_notice": found.takedown.automated_notice,
    }


def _targeting(found: LibraryAd) -> dict[str, Any]:
    wish = found.targeting
    return {
        "number_of_users_targeted": rounded(wish.users),
        "country": list(found.reach),
        "age": {band: band in wish.ages for band in AGE_BANDS},
        "gender": {name: name in wish.genders for name in GENDERS},
        "audience_targeting": "Yes" if wish.audience else "No",
        "video_interactions": wish.video_interactions,
        "creator_interactions": wish.creator_interactions,
        "interest": wish.interest,
    }
