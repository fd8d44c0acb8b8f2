"""Short import path for the parameter and result types of the Research API."""

from typing import TYPE_CHECKING

from .client.collecting.job import Collection as Collection
from .client.collecting.job import CollectionPlan as CollectionPlan
from .client.collecting.job import CollectionProgress as CollectionProgress
from .client.collecting.job import Refreshed as Refreshed
from .platform.products.research.query import Condition as Condition
from .platform.products.research.query import Operator as Operator
from .platform.products.research.query import VideoLength as VideoLength
from .platform.products.research.query import Where as Where

if TYPE_CHECKING:
    from .platform.products.research import *
    from .platform.products.research.query import Query as Query
    from .platform.products.research.shop import *
    from .platform.products.research.validation import *
else:
    from .platform import catalogue
    from .platform.exports import exported

    __getattr__, __dir__ = exported(
        __name__,
        lambda: catalogue.products_of("research"),
        {
            one.__name__: one
            for one in (
                *(Collection, CollectionPlan, CollectionProgress, Refreshed),
                *(Condition, Operator, VideoLength, Where),
            )
        },
    )
