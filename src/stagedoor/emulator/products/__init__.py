"""One folder for each product of the emulator. `product.py` describes a folder's declaration."""
