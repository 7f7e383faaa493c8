"""What people see of the manual: the book, a clause, the overview, bases, acknowledgements, variations."""

from sellwell.steering.manual.pages import department, lists, overview, reader, words

__all__ = ["department", "lists", "overview", "reader", "words"]
