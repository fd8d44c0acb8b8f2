"""The REST proxy: TikTok's own paths, for clients that know nothing of Stagedoor."""
