"""The OpenAPI document of the service, and the page that shows it."""

from collections.abc import Callable, Mapping
from typing import Any

PathItems = Callable[[], Mapping[str, Mapping[str, Any]]]
"""Gives path items of the document for routes in front of the framework, by their paths."""
