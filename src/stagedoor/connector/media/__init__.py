"""Media: uploaded by capability URL, kept in one store, probed in child processes, served to
TikTok."""
