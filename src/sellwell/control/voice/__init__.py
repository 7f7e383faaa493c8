"""Voice: what customers say - questionnaires, surveys, interviews, studies - and what follows from it."""
