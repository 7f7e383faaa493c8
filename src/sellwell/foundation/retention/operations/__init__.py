"""Every verb of retention: scores, playbooks, and what is done for a customer at risk."""

from sellwell.foundation.retention.operations import cases, playbooks

__all__ = ["cases", "playbooks"]
