"""What people see of intelligence: capture on a phone, items, competitors, points, meetings."""

from sellwell.control.intelligence.pages import competitors, items, live, meetings, points

__all__ = ["competitors", "items", "live", "meetings", "points"]
