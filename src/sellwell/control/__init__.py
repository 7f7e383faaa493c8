"""That it stays right: what customers and the market say, and what is checked."""
