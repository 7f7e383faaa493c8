"""Who is about to leave, and what was done about it: scores, playbooks with a hold-out group, interventions (clause 4.2.5)."""
