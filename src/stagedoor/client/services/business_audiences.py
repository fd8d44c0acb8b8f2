"""Custom audiences of ad accounts."""

from __future__ import annotations

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_audiences import AudienceQuery, CustomAudience

from .. import audiences
from ..service import Call, M, Service, Steps, Walk
from ..walks import Walked


class AllAudiences(Walked[CustomAudience], AudienceQuery):
    """All audiences that the ad account may use, newest first; pages are fetched on demand."""


class Audiences(Service[M]):
    """Custom audiences of an ad account: customers, rules, lookalikes, streaming."""

    upload = Steps(audiences.upload, declared.AUDIENCE_FILE_UPLOAD, declared.AUDIENCE_CREATE)
    change_people = Steps(
        audiences.change_people, declared.AUDIENCE_FILE_UPLOAD, declared.AUDIENCE_UPDATE
    )
    upload_file = Call(declared.AUDIENCE_FILE_UPLOAD)
    create = Call(declared.AUDIENCE_CREATE)
    update = Call(declared.AUDIENCE_UPDATE)
    list = Call(declared.AUDIENCE_LIST)
    all_audiences = Walk(declared.AUDIENCE_LIST, AllAudiences)
    get = Call(declared.AUDIENCE_GET)
    delete = Call(declared.AUDIENCE_DELETE)
    apply = Call(declared.AUDIENCE_APPLY)
    apply_log = Call(declared.AUDIENCE_APPLY_LOG)
    create_lookalike = Call(declared.LOOKALIKE_CREATE)
    refresh_lookalikes = Call(declared.LOOKALIKE_UPDATE)
    create_rule = Call(declared.AUDIENCE_RULE_CREATE)
    share = Call(declared.AUDIENCE_SHARE)
    end_sharing = Call(declared.AUDIENCE_SHARE_CANCEL)
    manage_streamed = Call(declared.SEGMENT_AUDIENCE)
    map_streamed = Call(declared.SEGMENT_MAPPING)
    stream = Steps(audiences.stream, declared.SEGMENT_MAPPING)
