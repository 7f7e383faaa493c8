"""Where we are going: figures, targets, plans, pay, improvement, and the manual that all of it serves."""
