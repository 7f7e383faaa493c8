"""Evidence for the clauses that the organisation answers for."""

from sellwell.foundation.company.evidence.duties import (
    duty_conflicts,
    people_without_a_statement,
    positions_vacant,
)
from sellwell.foundation.company.evidence.people import (
    documents,
    documents_without_an_active_person,
    open_states,
    people_without_a_role,
    refused_by_the_matrix,
    roles_without_a_person,
)

__all__ = [
    "documents", "documents_without_an_active_person", "duty_conflicts", "open_states", "people_without_a_role",
    "people_without_a_statement", "positions_vacant", "refused_by_the_matrix", "roles_without_a_person",
]  # fmt: skip
