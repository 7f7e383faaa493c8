"""The command line: one thin adapter. It knows the registry and no room."""
