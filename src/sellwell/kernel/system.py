"""Named actors of jobs: accounts that nobody signs in with. They see a company whole and never clear a separation of duties."""

from __future__ import annotations

from uuid import UUID

from sellwell.kernel.access import Actor, Post
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import User
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import T

# What a job's actor is called in timelines.
NAMES = {
    "system": T("系统", "System"),
    "deadlines": T("到期处理", "Deadlines"),
    "web-form": T("网站表单", "Web form"),
    "respondent": T("受访者", "Respondent"),
    "import": T("导入", "Import"),
}


def user(name: str = "system") -> User:
    """The account of a named system actor, made at first need."""
    found = User.objects.filter(username=name).first()
    if found is None:
        made = User(id=new_id(), username=name, name=NAMES[name].zh, is_system=True)
        made.set_unusable_password()
        User.objects.bulk_create([made], ignore_conflicts=True)
        found = User.objects.get(username=name)
    return found


def context(company_id: UUID, name: str = "system", channel: str = "job") -> Context:
    """A context for a job in one company."""
    account = user(name)
    actor = Actor(account.id, account.name, (Post("system", company_id),), is_system=True)
    return context_for(actor, channel, company_id)
