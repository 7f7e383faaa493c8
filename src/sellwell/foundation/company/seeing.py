"""Who may see sums over rows of rooms above: those who may see the rows themselves, of all that is added up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sellwell.foundation.company.extensions import margin_verbs, sales_verbs

if TYPE_CHECKING:
    from sellwell.foundation.company.models import Department
    from sellwell.kernel.access import Actor


def may_see_margins(actor: Actor, company_id: UUID) -> bool:
    """Whether somebody sees the margins of the whole company: a right to one's own department's is not enough."""
    return all(_sees_all(actor, verb(), company_id) for _, verb in margin_verbs)


def may_see_sales(actor: Actor, company_id: UUID) -> bool:
    """Whether somebody sees the sales of the whole company."""
    return all(_sees_all(actor, verb(), company_id) for _, verb in sales_verbs)


def may_see_sales_of(actor: Actor, department: Department) -> bool:
    """Whether somebody sees all sales that a department's sum adds up: along its line, or below its path."""
    return all(_sees_whole(actor, verb(), department) for _, verb in sales_verbs)


def may_see_margins_of(actor: Actor, department: Department) -> bool:
    """The same for the margins of a department."""
    return all(_sees_whole(actor, verb(), department) for _, verb in margin_verbs)


def _sees_whole(actor: Actor, verb: str, department: Department) -> bool:
    return _sees_all(actor, verb, department.company_id) or _sees_department(actor, verb, department)


def _sees_all(actor: Actor, verb: str, company_id: UUID) -> bool:
    return any(
        cell.scope == "group" or (cell.scope == "company" and cell.post.company_id == company_id)
        for cell in actor.cells(verb)
    )


def _sees_department(actor: Actor, verb: str, department: Department) -> bool:
    own = [cell for cell in actor.cells(verb) if cell.post.company_id == department.company_id]
    if department.is_by_line:
        return any(
            cell.scope == "product_line" and cell.post.product_line == department.product_line for cell in own
        )
    return any(
        cell.scope == "department" and department.path.startswith(cell.post.department_path) for cell in own
    )
