"""How each step is done: standard operating procedures in versions, shown where the step is done, reviewed in a cycle."""
