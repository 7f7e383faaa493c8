"""What people see of activities: list and records, my day with its route, the week, who should hear from us, the feed."""

from sellwell.selling.activities.pages import day, feed, records, workbench

__all__ = ["day", "feed", "records", "workbench"]
