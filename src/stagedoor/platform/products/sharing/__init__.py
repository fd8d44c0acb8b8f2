"""Share Kit: what an app hands to TikTok's app, and what it hears back (`embed.yaml`, share_kit).

iOS opens a URL and gets one back; Android sends a bundle and gets one back. Nothing of it needs a
token: the person decides in TikTok's app.
"""

from .models import *
from .operations import *
