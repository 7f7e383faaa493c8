"""Market intelligence in a closed loop, competitors with battle cards, points for what was right, meetings that repeat."""
