"""What one installation of the service says about itself, once for all of its processes."""
