"""Whether an agent's call goes through, and why."""
