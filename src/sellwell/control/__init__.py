"""That it stays right: voice, intelligence, complaints, quality, incidents, risk, records."""
