"""Changing what an agent was given: by routes, with a preview of what the change would mean."""
