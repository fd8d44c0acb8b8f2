"""Examples of the Data Portability API."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import portability
from stagedoor.platform.products.portability import STATUS_FIELDS, Category, DataFormat

from .example import Example, Seeded, Values
from .strategies import NUMBER, fields, some

_LIMITS = ((1000, 60),)


def _begun(seeded: Seeded) -> Values:
    return {"request_id": seeded.begun.request_id}


EXAMPLES = (
    Example(
        portability.DATA_ADD,
        request=lambda _: {"data_format": "json", "category_selection_list": ("profile",)},
        drawn=fields(
            data_format=st.sampled_from(DataFormat),
            category_selection_list=st.lists(st.sampled_from(Category), min_size=1).map(tuple),
        ),
        effect=portability.DATA_DOWNLOAD,
        limits=_LIMITS,
    ),
    Example(
        portability.DATA_CHECK,
        request=_begun,
        drawn=fields(fields=some(STATUS_FIELDS), request_id=NUMBER),
        limits=_LIMITS,
    ),
    Example(
        portability.DATA_CANCEL,
        request=_begun,
        ends=True,
        drawn=fields(request_id=NUMBER),
        effect=portability.DATA_CHECK,
        limits=_LIMITS,
    ),
    Example(
        portability.DATA_DOWNLOAD, request=_begun, drawn=fields(request_id=NUMBER), limits=_LIMITS
    ),
)
