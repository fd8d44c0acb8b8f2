"""Whether the service works: checks, /readyz, and notices to admins."""
