"""How a customer's invoices are made out, and the bank accounts that it pays from. Account numbers are sealed (clause 1.4.2)."""

from __future__ import annotations

import unicodedata
from typing import Any

from sellwell.foundation.customers import queries
from sellwell.foundation.customers.models import BankAccount, Customer, TaxTitle
from sellwell.foundation.customers.operations.inputs import Text40, Text80, Uscc
from sellwell.foundation.customers.operations.places import OfCustomer
from sellwell.foundation.customers.rules.accounts import (
    IN_USE_NO_MORE,
    read_account,
    tax_number_objection,
)
from sellwell.kernel import personal
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Name, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, T


def sealed_account(subject: Any, account: str) -> dict[str, Any]:
    """The columns of an account number: the envelope, and the digits that people tell accounts apart by."""
    return {"account": personal.seal(subject, account), "account_last4": account[-4:]}


class TitleData(Input):
    """A tax title. When one is changed, an empty account keeps the one there is."""

    title: Name = field(T("发票抬头", "Title"))
    tax_number: Uscc = field(T("纳税人识别号", "Tax number"), "")
    address: ShortText = field(T("地址", "Address"), "")
    phone: Text40 = field(T("电话", "Phone"), "")
    bank: Text80 = field(T("开户银行", "Bank"), "")
    account: Text40 = field(
        T("银行账号", "Account number"),
        "",
        help=T("加密保存，只显示末四位", "Encrypted; only the last four digits are shown"),
    )
    is_default: bool = field(T("默认抬头", "Default"), False)


class AddTitle(TitleData, OfCustomer):
    """One more tax title of a customer."""


def assess_title(row: TaxTitle | None, given: TitleData | None, ctx: Context) -> Assessment:
    """The tax number proves itself, the account is a number."""
    if given is None:
        return Assessment()
    customer = row.customer if row is not None else queries.customer(given.customer)  # type: ignore[attr-defined]
    number = unicodedata.normalize("NFKC", given.tax_number).upper().replace(" ", "")
    found = [one.at("tax_number") for one in [tax_number_objection(number)] if one is not None]
    account = read_account(given.account) if given.account else ""
    if isinstance(account, Objection):
        found.append(account.at("account"))
    if row is not None and row.is_retired:
        found.append(IN_USE_NO_MORE.refuse())
    return Assessment(
        content={"customer": str(customer.pk)}, carry=(customer, number, account), objections=tuple(found)
    )


def _values(given: TitleData, customer: Customer, number: str, account: str) -> dict[str, Any]:
    values = {
        "title": given.title, "tax_number": number, "address": given.address, "phone": given.phone, "bank": given.bank,
    }  # fmt: skip
    return values | (sealed_account(customer.party_id, account) if account else {})


@operation(
    "customers.add_tax_title",
    T("添加开票抬头", "Add a tax title"),
    TaxTitle,
    help=T(
        "登记客户的开票抬头：名称、税号、地址电话、开户行及账号；可有多个，其一为默认。",
        "How invoices are made out: name, tax number, address, bank and account. There may be several, one is the default.",
    ),
    input=AddTitle,
    creates=True,
    parent="customer",
    assess=assess_title,
    clauses=["1.4.2"],
)
def add_tax_title(row: None, given: AddTitle, ctx: Context, assessment: Assessment) -> Effects:
    """The title; the first one of a customer is the default."""
    effects = Effects()
    customer, number, account = assessment.carry
    defaults = list(TaxTitle.objects.select_related("customer").filter(customer=customer, is_default=True))
    is_default = given.is_default or not defaults
    if is_default:
        for other in defaults:
            effects.update(other, is_default=False)
    effects.result = title = TaxTitle(
        id=new_id(), company_id=customer.company_id, customer=customer, is_default=is_default,
        **_values(given, customer, number, account),
    )  # fmt: skip
    effects.insert(title)
    return effects


@operation(
    "customers.change_tax_title",
    T("修改开票抬头", "Change tax title"),
    TaxTitle,
    help=T(
        "修改开票抬头；已开的发票不变。", "Changes a tax title; invoices already issued stay as they are."
    ),
    input=TitleData,
    assess=assess_title,
    clauses=["1.4.2"],
)
def change_tax_title(title: TaxTitle, given: TitleData, ctx: Context, assessment: Assessment) -> Effects:
    """The title's columns; at most one title of a customer is the default."""
    effects = Effects(result=title)
    customer, number, account = assessment.carry
    if given.is_default and not title.is_default:
        others = TaxTitle.objects.select_related("customer").filter(customer=customer, is_default=True)
        for other in others.exclude(pk=title.pk):
            effects.update(other, is_default=False)
    effects.update(
        title, is_default=given.is_default or title.is_default, **_values(given, customer, number, account)
    )
    return effects


def assess_retire(row: TaxTitle | BankAccount, given: Any, ctx: Context) -> Assessment:
    """What is out of use already stays so."""
    found = (IN_USE_NO_MORE.refuse(),) if row.is_retired else ()
    return Assessment(content={"customer": str(row.customer_id)}, objections=found)


@operation(
    "customers.retire_tax_title",
    T("停用开票抬头", "Retire tax title"),
    TaxTitle,
    help=T("不再用此抬头开票。", "No more invoices are made out with this title."),
    assess=assess_retire,
    danger=True,
    clauses=["1.4.2"],
)
def retire_tax_title(title: TaxTitle, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Out of use; the row stays."""
    effects = Effects(result=title)
    effects.update(title, is_retired=True, is_default=False)
    return effects


# --- bank accounts -----------------------------------------------------------------------------------------------------


class AddAccount(OfCustomer):
    """An account that the customer pays from or is paid back to."""

    holder: Name = field(T("户名", "Holder"))
    bank: Text80 = field(T("开户银行", "Bank"), min_length=1)
    account: Text40 = field(
        T("银行账号", "Account number"),
        min_length=1,
        help=T("加密保存，只显示末四位", "Encrypted; only the last four digits are shown"),
    )


def assess_account(row: None, given: AddAccount, ctx: Context) -> Assessment:
    """The account is a number."""
    customer = queries.customer(given.customer)
    account = read_account(given.account)
    found = (account.at("account"),) if isinstance(account, Objection) else ()
    return Assessment(content={"customer": str(customer.pk)}, carry=(customer, account), objections=found)


@operation(
    "customers.add_bank_account",
    T("添加银行账户", "Add a bank account"),
    BankAccount,
    help=T(
        "登记客户付款或退款的账户；账号加密保存。",
        "Enters an account that the customer pays from; its number is encrypted.",
    ),
    input=AddAccount,
    creates=True,
    parent="customer",
    assess=assess_account,
    clauses=["1.4.2"],
)
def add_bank_account(row: None, given: AddAccount, ctx: Context, assessment: Assessment) -> Effects:
    """The account, found again by its fingerprint when money comes in."""
    effects = Effects()
    customer, account = assessment.carry
    effects.result = made = BankAccount(
        id=new_id(), company_id=customer.company_id, customer=customer, holder=given.holder, bank=given.bank,
        account_blind=personal.blind(account, "bank"), **sealed_account(customer.party_id, account),
    )  # fmt: skip
    effects.insert(made)
    return effects


@operation(
    "customers.retire_bank_account",
    T("停用银行账户", "Retire bank account"),
    BankAccount,
    help=T("不再使用此账户。", "This account is used no more."),
    assess=assess_retire,
    danger=True,
    clauses=["1.4.2"],
)
def retire_bank_account(row: BankAccount, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Out of use; the row stays."""
    effects = Effects(result=row)
    effects.update(row, is_retired=True)
    return effects
