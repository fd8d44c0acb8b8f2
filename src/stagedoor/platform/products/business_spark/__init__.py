"""Creators' posts that ad accounts use in ads, by codes (`business-spark.yaml`)."""

from .models import *
from .operations import *
