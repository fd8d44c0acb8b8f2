"""Conversions reported by advertisers, and subscriptions to webhooks (`business.yaml`)."""

from .models import *
from .operations import *
from .subscriptions import *
