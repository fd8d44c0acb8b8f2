"""Share Kit: shares from an app to TikTok's app, and the answers (`embed.yaml`, share_kit).

On iOS, request and answer are URLs; on Android, both are bundles. No token is needed: the person
decides in TikTok's app.
"""

from .models import *
from .operations import *
