"""Health of the service: checks, /readyz, and notices to admins."""
