"""How teams, tax titles and bank accounts are read. Account numbers are masked for those without the right."""

from __future__ import annotations

from sellwell.foundation.customers.models import BankAccount, TaxTitle, TeamMember, TeamRole
from sellwell.kernel.personal_values import mask_bank
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

BANK = {"bank": T("完整银行账号", "Whole account numbers")}


def _customer() -> Column:
    return Column(
        "customer",
        T("客户", "Customer"),
        "ref",
        path="customer__party__name",
        ref="customers.customer",
        ref_path="customer_id",
        filterable=True,
    )


def _accounts() -> list[Column]:
    return [
        Column(
            "account_masked",
            T("银行账号（脱敏）", "Account (masked)"),
            envelope=lambda r: r.account,
            mask=mask_bank,
        ),
        Column(
            "account", T("银行账号", "Account"), envelope=lambda r: r.account, group="bank", in_list=False
        ),
    ]


TEAM = view(
    "customers.team",
    T("客户团队", "Customer teams"),
    TeamMember,
    [
        Column("user", T("成员", "Member"), "person", path="user", filterable=True),
        _customer(),
        Column("role", T("分工", "Role"), "state", path="role", states=TeamRole, filterable=True),
        Column("share", T("份额（%）", "Share (%)"), "quantity", path="share"),
        Column("since", T("自", "Since"), "date", path="since", filterable=True),
        Column("until", T("至（不含）", "Until (exclusive)"), "date", path="until", filterable=True),
    ],
    url="customer-teams",
    help=T("负责人之外协同跟进客户的人。", "Who looks after customers beside their owners."),
    related=("customer__party", "user"),
    order=("-id",),
    label=lambda m: m.user.name,
    clauses=("1.3.2", "1.4.2"),
)

TITLES = view(
    "customers.tax_titles",
    T("开票抬头", "Tax titles"),
    TaxTitle,
    [
        Column("title", T("发票抬头", "Title"), path="title"),
        _customer(),
        Column("tax_number", T("纳税人识别号", "Tax number"), "code", path="tax_number"),
        Column("address", T("地址", "Address"), path="address", in_list=False),
        Column("phone", T("电话", "Phone"), path="phone", in_list=False),
        Column("bank", T("开户银行", "Bank"), path="bank"),
        *_accounts(),
        Column("is_default", T("默认", "Default"), "bool", path="is_default", filterable=True),
        Column("is_retired", T("已停用", "Out of use"), "bool", path="is_retired", filterable=True),
    ],
    url="tax-titles",
    help=T("客户的发票抬头、税号与开户行。", "How customers' invoices are made out."),
    groups=BANK,
    related=("customer__party",),
    order=("-id",),
    label=lambda t: t.title or "—",
    clauses=("1.4.2",),
)

ACCOUNTS = view(
    "customers.bank_accounts",
    T("银行账户", "Bank accounts"),
    BankAccount,
    [
        Column("holder", T("户名", "Holder"), path="holder"),
        _customer(),
        Column("bank", T("开户银行", "Bank"), path="bank"),
        *_accounts(),
        Column("is_retired", T("已停用", "Out of use"), "bool", path="is_retired", filterable=True),
    ],
    url="customer-bank-accounts",
    help=T("客户付款或退款的账户。", "Accounts that customers pay from or are paid back to."),
    groups=BANK,
    related=("customer__party",),
    order=("-id",),
    label=lambda a: f"{a.bank} {a.account_last4}".strip() or "—",
    clauses=("1.4.2",),
)
