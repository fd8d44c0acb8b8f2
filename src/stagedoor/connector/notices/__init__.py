"""Notices to an organisation's admins."""
