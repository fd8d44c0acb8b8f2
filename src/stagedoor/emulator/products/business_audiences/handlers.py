"""The operations of custom audiences."""

from __future__ import annotations

from stagedoor.platform.products import business_audiences as declared

from ...calls import Handlers
from . import audiences, derived, files, sharing, streaming, uses

HANDLERS: Handlers = {
    declared.AUDIENCE_FILE_UPLOAD: files.upload,
    declared.AUDIENCE_CREATE: audiences.create,
    declared.AUDIENCE_UPDATE: audiences.update,
    declared.AUDIENCE_LIST: audiences.listed,
    declared.AUDIENCE_GET: audiences.details,
    declared.AUDIENCE_APPLY: uses.apply,
    declared.AUDIENCE_APPLY_LOG: uses.log,
    declared.AUDIENCE_DELETE: audiences.delete,
    declared.LOOKALIKE_CREATE: derived.lookalike,
    declared.LOOKALIKE_UPDATE: derived.refresh,
    declared.AUDIENCE_RULE_CREATE: derived.rule,
    declared.AUDIENCE_SHARE: sharing.share,
    declared.AUDIENCE_SHARE_CANCEL: sharing.end,
    declared.SEGMENT_AUDIENCE: streaming.manage,
    declared.SEGMENT_MAPPING: streaming.change,
}
