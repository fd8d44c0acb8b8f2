"""Commercial Content API: ads shown in Europe, posts with a commercial label (`commercial.yaml`).

The app calls with its own token; no creator is involved. The docs' samples spell some names
differently from their tables, and both forms are parsed: `paid_by`, `buisness_id`,
`unique_user_seen`, `target`, `ad_videos`, an account nested under `tiktok_account`.
"""

from .answers import *
from .fields import *
from .models import *
from .operations import *
