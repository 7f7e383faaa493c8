"""Industry profiles: which kinds of products, documents, units and taxes a company deals in, from day to day."""
