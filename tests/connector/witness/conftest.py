"""Posts made by hand, as the tests of publishing have them."""

from tests.connector.publishing.conftest import environment, hands

__all__ = ["environment", "hands"]
