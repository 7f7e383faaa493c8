"""What people see of the manual: the book, a clause, the overview, bases, acknowledgements, variations."""
