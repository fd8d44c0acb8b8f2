"""The Research API over the world (`research.yaml`)."""
