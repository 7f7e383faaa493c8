"""How customers and what belongs to them are read."""

from sellwell.foundation.customers.views.depth import ACCOUNTS, TEAM, TITLES
from sellwell.foundation.customers.views.merges import MERGES, PAIRS, RUNS
from sellwell.foundation.customers.views.parties import ADDRESSES, CONTACTS, CUSTOMERS
