"""What the house holds of people: the tables, their field groups, copies for people who ask, and how long it is kept."""
