"""Display API: the creator's profile, own public videos, videos by id (`display.yaml`)."""

from .models import *
from .operations import *
