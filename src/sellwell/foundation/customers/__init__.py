"""Parties, customers, contacts and addresses: who we sell to, one base for all channels."""
