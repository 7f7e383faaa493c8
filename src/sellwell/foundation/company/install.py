"""A fresh database becomes a company: departments, one person for each role, the current posting period.

This is the one place that writes rows outside the door, since nobody is there yet who could act. One ledger entry,
`company.install`, marks it; rows without an entry of their own stem from it. All names are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from sellwell.foundation.company import directory
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Company, Department, Person
from sellwell.kernel import generations, ledger, search, system
from sellwell.kernel.door import see_companies
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import PostingPeriod, User
from sellwell.kernel.operations import Assessment, Context, Operation
from sellwell.kernel.values import Reason, Refusal, T

NOT_FRESH = Reason(
    "company.not_fresh",
    T(
        "数据库中已有公司，不能再次安装。",
        "There is a company in this database already; it cannot be installed again.",
    ),
)

COMPANY = {
    "code": "HENGDA",
    "name": "衡达云川工业设备有限公司",
    "name_en": "Hengda Yunchuan Industrial Equipment Co., Ltd.",
    "uscc": "91310115MA1K000016",
    "address": "云川市衡达路 88 号（虚构）",
    "phone": "000-00000000",
    "bank": "云川示范银行",
    "bank_account": "0000000000000000",
}

# code, names, kind, region; the first is above all others
DEPARTMENTS = (
    ("HQ", T("总部", "Headquarters"), "function", ""),
    ("EAST", T("华东大区", "East region"), "regional", "华东"),
    ("SOUTH", T("华南大区", "South region"), "regional", "华南"),
    ("NORTH", T("华北大区", "North region"), "regional", "华北"),
    ("WEST", T("西部大区", "West region"), "regional", "西部"),
    ("ONLINE", T("电商部", "Online sales"), "customer", ""),
    ("CHANNEL", T("渠道部", "Channel sales"), "customer", ""),
    ("MKT", T("市场部", "Marketing"), "function", ""),
    ("SERVICE", T("客服部", "Customer service"), "function", ""),
    ("LEGAL", T("法务部", "Legal"), "function", ""),
    ("FIN", T("财务部", "Finance"), "function", ""),
    ("WH", T("仓储物流部", "Warehouse and logistics"), "function", ""),
    ("QA", T("质量部", "Quality"), "function", ""),
    ("HR", T("人力资源部", "Human resources"), "function", ""),
)

# role: (name, department)
PEOPLE = {
    RoleCode.REP: ("林晓舟", "EAST"),
    RoleCode.ACCOUNT_MANAGER: ("沈亦安", "EAST"),
    RoleCode.REGIONAL_MANAGER: ("顾长衡", "EAST"),
    RoleCode.SALES_MANAGER: ("陆承远", "HQ"),
    RoleCode.MARKETING: ("苏念禾", "MKT"),
    RoleCode.SERVICE: ("叶知秋", "SERVICE"),
    RoleCode.LEGAL: ("方守正", "LEGAL"),
    RoleCode.FINANCE: ("钱若渠", "FIN"),
    RoleCode.WAREHOUSE: ("石满仓", "WH"),
    RoleCode.QUALITY: ("严知微", "QA"),
    RoleCode.HR: ("何悦心", "HR"),
    RoleCode.EXECUTIVE: ("江望川", "HQ"),
    RoleCode.AUDITOR: ("明镜台", "HQ"),
    RoleCode.ADMINISTRATOR: ("管理员", "HQ"),
}
HEADS = {
    "EAST": RoleCode.REGIONAL_MANAGER,
    "HQ": RoleCode.EXECUTIVE,
    "FIN": RoleCode.FINANCE,
    "WH": RoleCode.WAREHOUSE,
}


@dataclass(frozen=True)
class Installed:
    """What an installation made: departments by code, accounts by role code (also their user name)."""

    company: Company
    departments: dict[str, Department]
    users: dict[str, User]


def _not_called(*_: object) -> Effects:
    raise Refusal(NOT_FRESH.refuse())


# The ledger's name for an installation; nobody can ask for it.
INSTALL = Operation(
    "company.install",
    T("安装", "Installation"),
    T("新数据库的第一次装配。", "The first rows of a new database."),
    Company,
    _not_called,
)


@transaction.atomic
def install(on: date, password: str = "") -> Installed:
    """Make the company with its departments and one person per role, as of day `on`.

    Refused (`company.not_fresh`) where a company exists. Without `password` nobody can sign in. Rights, duties and
    policies are there already: they come with the migration.
    """
    if Company.objects.exists():
        raise Refusal(NOT_FRESH.refuse())
    company = Company.objects.create(**COMPANY)
    see_companies([company.pk])
    departments = _departments(company, on)
    users = _people(company, departments, on, password)
    for code, role in HEADS.items():
        departments[code].head = users[role.value]
        departments[code].save(update_fields=["head"])
    PostingPeriod.objects.create(company_id=company.pk, month=on.replace(day=1))
    search.write([*departments.values(), *users.values(), *Person.objects.select_related("user")])
    for name in (directory.GENERATION, "rights", "duties", "policies"):
        generations.bump(name)
    _mark(system.context(company.pk), company)
    return Installed(company, departments, users)


def _departments(company: Company, on: date) -> dict[str, Department]:
    made: dict[str, Department] = {}
    for code, name, kind, region in DEPARTMENTS:
        top = made.get("HQ")
        made[code] = Department(
            id=new_id(), company_id=company.pk, code=code, name=name.zh, name_en=name.en, kind=kind, parent=top,
            path=f"{top.path if top else ''}{code}.", region=region, since=on,
        )  # fmt: skip
    Department.objects.bulk_create(made.values())
    return made


def _people(company: Company, departments: dict[str, Department], on: date, password: str) -> dict[str, User]:
    # One hash for all, since hashing is slow on purpose; each person changes the password at the first sign-in.
    hashed = make_password(password or None)
    users = {
        role.value: User(id=new_id(), username=role.value, name=name, password=hashed)
        for role, (name, _) in PEOPLE.items()
    }
    User.objects.bulk_create(users.values())
    Person.objects.bulk_create(
        Person(id=new_id(), user=user, number=f"E{index:04d}", hired_on=on)
        for index, user in enumerate(users.values(), start=1)
    )
    Assignment.objects.bulk_create(
        Assignment(
            id=new_id(), company_id=company.pk, user=users[role.value], role=role.value,
            department=departments[code], region=departments[code].region, since=on,
        )
        for role, (_, code) in PEOPLE.items()
    )  # fmt: skip
    return users


def _mark(ctx: Context, company: Company) -> None:
    """One ledger entry says when and that this database was installed."""
    ledger.write(
        INSTALL,
        ctx,
        row_id=company.pk,
        given={},
        assessment=Assessment(),
        policies=[],
        answers=[],
        changes=[],
    )
