"""Departments, people and the posts they hold; who is accountable, and the hand-over of a leaver's work."""
