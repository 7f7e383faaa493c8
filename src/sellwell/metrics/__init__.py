"""Figures: the dictionary, the engines, and analysis that knows no room."""
