"""The proxy door: TikTok's own paths, for clients that know nothing of Stagedoor."""
