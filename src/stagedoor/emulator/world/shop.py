"""TikTok Shop: shops, what they sell, and what buyers say."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Shop:
    id: str
    name: str
    region: str
    performance: int = 90
    """A score up to 100."""


@dataclass(slots=True)
class Product:
    id: str
    shop_id: str
    name: str
    description: str = ""
    prices: list[str] = field(default_factory=list)
    """Amounts with their currency: `20.79EUR`."""
    sold: int = 0
    ratings: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])
    """How many buyers gave one star, two, up to five; not all of them wrote a review."""


@dataclass(slots=True)
class Review:
    id: str
    product_id: str
    stars: int
    text: str
    created: float
    likes: int = 0
