"""Contracts: drafted from a quotation, approved, signed, with the quantity that is left to order."""
