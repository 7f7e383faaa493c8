"""Lists of any view: filters, sorting, paging by key, columns, saved views, bulk operations and export."""
