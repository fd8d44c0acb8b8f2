"""What an organisation's admins should know."""
