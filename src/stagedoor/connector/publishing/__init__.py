"""Publishing: posts, their journal, and the workflow that publishes each post at most once."""
