"""TikTok's products as groups of methods; each declared operation is bound here exactly once.

One module per product, imported when a client first uses the product.
"""
