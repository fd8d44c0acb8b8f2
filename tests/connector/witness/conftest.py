"""Posts made by hand, as the tests of publishing have them."""

from tests.connector.publishing.conftest import environment, pumped

__all__ = ["environment", "pumped"]
