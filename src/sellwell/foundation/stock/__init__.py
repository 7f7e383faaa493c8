"""Warehouses, stock on hand, movements, reservations, incoming supply and what can be promised when."""
