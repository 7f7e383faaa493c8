"""Evidence for the clauses that the organisation answers for."""

from sellwell.foundation.company.evidence.duties import (
    duty_conflicts,
    people_without_a_statement,
    positions_vacant,
    positions_without_a_scorecard,
)
from sellwell.foundation.company.evidence.people import (
    documents,
    documents_in_nobodys_list,
    documents_without_an_active_person,
    hand_overs,
    open_states,
    people_without_a_role,
    refused_by_the_matrix,
    roles_without_a_person,
)
from sellwell.foundation.company.evidence.structure import (
    approval_hours,
    departments_without_a_goal,
    headcount_gap,
    heads_and_layers,
    lines_agree,
    reviews_overdue,
    spans_outside,
)

__all__ = [
    "approval_hours",
    "departments_without_a_goal",
    "documents",
    "documents_in_nobodys_list",
    "documents_without_an_active_person",
    "duty_conflicts",
    "hand_overs",
    "headcount_gap",
    "heads_and_layers",
    "lines_agree",
    "open_states",
    "people_without_a_role",
    "people_without_a_statement",
    "positions_vacant",
    "positions_without_a_scorecard",
    "refused_by_the_matrix",
    "reviews_overdue",
    "roles_without_a_person",
    "spans_outside",
]  # fmt: skip
