"""Credit accounts: opened by themselves, set by finance (clause 5.3.3)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Amount, Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import ZERO, Objection, Reason, T
from sellwell.selling.receivables import accounts
from sellwell.selling.receivables.models import CreditAccount
from sellwell.selling.receivables.policies import LIMIT_APPROVAL
from sellwell.selling.receivables.queries import CUSTOMER

NEGATIVE_LIMIT = Reason(
    "receivables.negative_limit", T("信用额度不能为负。", "A credit limit cannot be negative.")
)
ACCOUNT_EXISTS = Reason(
    "receivables.account_exists", T("该客户已有信用账户。", "The customer has a credit account already.")
)

Days = Annotated[int, Field(ge=0, le=365)]


class OpenAccount(Input):
    """Whose account is opened."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))  # type: ignore[valid-type]


def assess_open(row: None, given: OpenAccount, ctx: Context) -> Assessment:
    """One account per customer, with the default terms of the customer's grade."""
    objections: list[Objection] = []
    if CreditAccount.objects.filter(customer_id=given.customer).exists():
        objections.append(ACCOUNT_EXISTS.refuse("customer"))
    customer = CUSTOMER.objects.get(pk=given.customer)
    return Assessment(
        carry=(customer, *accounts.default_terms(ctx, customer.grade)), objections=tuple(objections)
    )


@operation(
    "receivables.open_account",
    T("开立信用账户", "Open credit account"),
    CreditAccount,
    input=OpenAccount,
    creates=True,
    parent="customer",
    assess=assess_open,
    clauses=["5.3.3"],
    help=T(
        "按客户等级的默认额度开立；首次确认订单时自动开立。",
        "With the default limit of the customer's grade; the first confirmed order opens it by itself.",
    ),
)
def open_account(row: None, given: OpenAccount, ctx: Context, assessment: Assessment) -> Effects:
    """The account, with the default terms of the customer's grade."""
    customer, limit, days = assessment.carry
    account = CreditAccount(
        company_id=ctx.company_id, customer=customer, credit_limit=limit, max_overdue_days=days
    )
    effects = Effects(result=account)
    effects.insert(account)
    return effects


class SetCredit(Input):
    """How far a customer may go."""

    credit_limit: Amount = field(T("信用额度", "Credit limit"))
    max_overdue_days: Days = field(T("允许逾期天数", "Days overdue tolerated"), 30)
    reason: ShortText = field(T("依据", "Grounds"), min_length=1)


def assess_credit(account: CreditAccount, given: SetCredit | None, ctx: Context) -> Assessment:
    """The new limit and by how much it is raised: what the approval route looks at."""
    if given is None:
        return Assessment()
    objections = [NEGATIVE_LIMIT.refuse("credit_limit")] if given.credit_limit < ZERO else []
    customer_id: UUID = account.customer_id
    content = {
        "customer": str(customer_id),
        "limit": given.credit_limit,
        "raise": given.credit_limit - account.credit_limit,
        "max_overdue_days": given.max_overdue_days,
    }
    return Assessment(content=content, objections=tuple(objections))


@operation(
    "receivables.set_credit",
    T("调整信用额度", "Set credit limit"),
    CreditAccount,
    input=SetCredit,
    assess=assess_credit,
    route=LIMIT_APPROVAL,
    clauses=["5.3.3", "5.3.5"],
    help=T(
        "调整客户的信用额度与允许逾期天数；提高较多时需审批。",
        "How far the customer may go; larger raises need approval.",
    ),
)
def set_credit(account: CreditAccount, given: SetCredit, ctx: Context, assessment: Assessment) -> Effects:
    """The new terms, reviewed today."""
    effects = Effects()
    effects.update(
        account,
        credit_limit=given.credit_limit,
        max_overdue_days=given.max_overdue_days,
        reviewed_on=ctx.today,
    )
    return effects
