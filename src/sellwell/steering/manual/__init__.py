"""The manual that runs: clauses in versions, their bases, who has read them, and how far practice keeps them."""
