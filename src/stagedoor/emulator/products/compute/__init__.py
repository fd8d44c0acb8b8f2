"""The Virtual Compute Environment of the Research Tools: sampled queries and reviewed scripts.

Off unless the emulator was started with `--allow-scripts`.
"""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "compute", control=("/_emulator/compute",), timers=("script",), state=True
)
