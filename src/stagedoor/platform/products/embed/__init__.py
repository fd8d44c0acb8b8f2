"""Public, token-free embedding: oEmbed, the players and what they say, markup (`embed.yaml`)."""

from .models import *
from .operations import *
