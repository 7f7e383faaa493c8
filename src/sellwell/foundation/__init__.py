"""Who and what we sell to: company, catalog, stock, customers, pricing."""
