"""What people see of customers: records and lists, possible duplicates, merging."""

from sellwell.foundation.customers.pages import depth, duplicates, merges, record
