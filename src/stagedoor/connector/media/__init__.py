"""Media: taken in by capability, kept in one store, probed apart, handed out to TikTok."""
