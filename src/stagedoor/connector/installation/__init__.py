"""Facts about one installation of the service, shared by all of its processes."""
