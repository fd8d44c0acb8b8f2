"""The folder of the package `pyrqs`, which scripts and notebooks import."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""To be put on the import path (`PYTHONPATH`) of a notebook."""
