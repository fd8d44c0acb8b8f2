"""TikTok's products as groups of methods; each declared operation is bound here exactly once.

One module per product, imported when a client first uses the product. `Login` is what the product
`oauth` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor import lazy_exports

if TYPE_CHECKING:
    from ..login import Login as Login
    from .business import Advertisers as Advertisers
    from .business import BusinessOAuth as BusinessOAuth
    from .business_accounts import Accounts as Accounts
    from .business_ads import AdGroups as AdGroups
    from .business_ads import Ads as Ads
    from .business_ads import Campaigns as Campaigns
    from .business_ads import Identities as Identities
    from .business_audiences import Audiences as Audiences
    from .business_comments import Comments as Comments
    from .business_creatives import Creatives as Creatives
    from .business_creators import Creators as Creators
    from .business_events import Events as Events
    from .business_events import Subscriptions as Subscriptions
    from .business_marketplace import Marketplace as Marketplace
    from .business_reports import Reports as Reports
    from .business_spark import SparkPosts as SparkPosts
    from .commercial import Commercial as Commercial
    from .display import User as User
    from .display import Videos as Videos
    from .embed import Embeds as Embeds
    from .oauth import OAuth as OAuth
    from .portability import Portability as Portability
    from .posting import Posts as Posts
    from .research import Research as Research

_HOMES = {
    "Accounts": "business_accounts",
    "AdGroups": "business_ads",
    "Ads": "business_ads",
    "Advertisers": "business",
    "Audiences": "business_audiences",
    "BusinessOAuth": "business",
    "Campaigns": "business_ads",
    "Comments": "business_comments",
    "Commercial": "commercial",
    "Creatives": "business_creatives",
    "Creators": "business_creators",
    "Embeds": "embed",
    "Events": "business_events",
    "Identities": "business_ads",
    "Login": ".login",
    "Marketplace": "business_marketplace",
    "OAuth": "oauth",
    "Portability": "portability",
    "Posts": "posting",
    "Reports": "business_reports",
    "Research": "research",
    "SparkPosts": "business_spark",
    "Subscriptions": "business_events",
    "User": "display",
    "Videos": "display",
}

if not TYPE_CHECKING:  # type checkers see only the imports above
    __getattr__, __dir__ = lazy_exports.of(__name__, _HOMES)
