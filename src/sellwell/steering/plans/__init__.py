"""What departments are about to do: the management cycle of each period, and plans that two departments sign together."""
