"""Everything that apps, teams and AI agents need to work with TikTok."""
