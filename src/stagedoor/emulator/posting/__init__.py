"""Content Posting: inits, caps, processing, status, cancel."""
