"""TikTok's products as groups of methods; each declared operation stands here once.

One module per product, imported when a client is first asked for it.
"""
