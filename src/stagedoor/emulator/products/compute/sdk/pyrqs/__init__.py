"""A stand-in for TikTok's package of this name, which queries the emulator."""
