"""Deal registration: who works on a possible deal is protected for a time; who claims the same deal is ruled upon."""
