"""Public embedding without tokens: oEmbed, the players' messages, markup (`embed.yaml`)."""

from .models import *
from .operations import *
