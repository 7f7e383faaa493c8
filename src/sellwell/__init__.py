"""Sellwell (畅销): a company's written sales standard as running software."""

__version__ = "0.1.0"
