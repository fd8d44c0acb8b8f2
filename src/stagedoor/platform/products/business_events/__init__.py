"""Conversions reported by advertisers, and subscriptions to webhooks (`business.yaml`)."""

from .deliveries import *
from .models import *
from .operations import *
from .subscriptions import *
