"""Where we are going: analytics, targets, plans, performance, improvement, and the manual itself."""
