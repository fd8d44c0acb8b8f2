"""Short import path for the parameter and result types of TikTok API for Business."""

from typing import TYPE_CHECKING

from .client.business_login import AdvertiserConnection as AdvertiserConnection
from .client.report_files import SavedReport as SavedReport
from .client.report_rows import ReportRow as ReportRow
from .platform.operation import Tier as Tier

if TYPE_CHECKING:
    from .platform.files import FileContent as FileContent
    from .platform.products.business import *
    from .platform.products.business_accounts import *
    from .platform.products.business_ads import *
    from .platform.products.business_audiences import *
    from .platform.products.business_comments import *
    from .platform.products.business_creatives import *
    from .platform.products.business_creators import *
    from .platform.products.business_events import *
    from .platform.products.business_marketplace import *
    from .platform.products.business_reports import *
    from .platform.products.business_spark import *
else:
    from .platform import catalogue
    from .platform.exports import exported

    __getattr__, __dir__ = exported(
        __name__,
        lambda: catalogue.products_of("business"),
        {one.__name__: one for one in (AdvertiserConnection, ReportRow, SavedReport, Tier)},
    )
