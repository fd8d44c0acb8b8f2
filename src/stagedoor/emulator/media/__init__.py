"""Media on its way in: chunked uploads, downloads from URLs, and what the files really are."""
