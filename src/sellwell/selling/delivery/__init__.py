"""Shipments, delivery notes, acceptance and returns."""
