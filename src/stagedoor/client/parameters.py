"""Parameters that several methods share: their types, bounds and descriptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from stagedoor.platform.arguments import AtLeast, Says

from .progress import OnProgress
from .source import Media

FieldNames = Annotated[
    Sequence[str], Says("which fields of each item to read; the others are None in the result")
]
Limit = Annotated[int | None, AtLeast(0), Says("at most this many items; None: all of them")]
PageSize = Annotated[int, AtLeast(1), Says("how many items to ask for in one request")]
BeforeSeconds = Annotated[
    int | None, AtLeast(0), Says("only what happened before this moment, in Unix seconds")
]
Handle = Annotated[str, Says("a handle without @")]
PublishId = Annotated[str, Says("the post's id at TikTok, from its init")]
RequestId = Annotated[str, Says("the id of the request for a person's data")]
ChunkBytes = Annotated[
    int, AtLeast(1), Says("the chunk size wished for, in bytes; it gives way to TikTok's rules")
]
StreamSize = Annotated[
    int | None, AtLeast(1), Says("the size in bytes, needed for a stream that can't seek")
]
Check = Annotated[
    bool, Says("probe the file against TikTok's limits before anything is sent (needs PyAV)")
]
Wait = Annotated[
    float | None,
    AtLeast(0),
    Says("how many seconds to wait for the final state; None: return without waiting"),
]
WaitPublic = Annotated[bool, Says("wait for the public post's id as well")]
OnProgressOrNone = Annotated[
    OnProgress | None, Says("a function that is called with `Progress` values")
]
PhotoUrls = Annotated[
    Sequence[str], Says("https addresses of the photos, each verified for the app, in their order")
]
Cover = Annotated[int, AtLeast(0), Says("which photo is the cover, counted from 0")]
Copies = Annotated[
    Sequence[Media] | None,
    Says("the same photos as local files, each of which is checked before anything is sent"),
]
State = Annotated[
    str | None, Says("your own unguessable text that comes back with the code; one is made if None")
]
