"""Mail against a server on this machine."""
