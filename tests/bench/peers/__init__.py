"""Other programs that do the same work, measured beside ours. Each lives in an environment of its own, as a process of
its own; nothing of them is imported, installed or shipped with the product."""
