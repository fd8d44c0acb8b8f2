"""One folder for each product of the local TikTok. `product.py` says what a folder declares."""
