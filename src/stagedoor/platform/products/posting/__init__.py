"""Content Posting API: creator info, three inits, status, cancel (`posting.yaml`)."""

from .models import *
from .operations import *
