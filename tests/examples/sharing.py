"""Examples of Share Kit."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import sharing
from stagedoor.platform.products.sharing import MediaType

from .example import Example
from .strategies import CHARACTERS, TEXT, WORDS, fields, maybe

EXAMPLES = (
    Example(
        sharing.SHARE,
        drawn=fields(
            key=st.text(CHARACTERS, min_size=1, max_size=20),
            bundle_id=st.text("0123456789abcdef", min_size=128, max_size=128),
            media_type=st.sampled_from(MediaType),
            media_paths=st.lists(WORDS, min_size=1, max_size=12).map(tuple),
            redirect_uri=TEXT.map(lambda text: f"https://app.example.com/{text}"),
            request_id=st.text(CHARACTERS, min_size=1, max_size=20),
            state=maybe(TEXT),
            api_version=maybe(TEXT),
        ),
    ),
)
