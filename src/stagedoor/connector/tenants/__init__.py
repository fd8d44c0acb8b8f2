"""Who is asking, and for which organisation."""
