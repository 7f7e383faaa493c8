"""Evidence for clause 1.4.5: nobody is behind with training or assessment."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sellwell.foundation.company.queries import posts_since
from sellwell.kernel import directory
from sellwell.kernel.evidence import Broken, Evidence, evidence, found, last_day
from sellwell.kernel.values import Period, T
from sellwell.steering.improvement import queries

NOT_TRAINED = T("课程“{course}”应于 {day} 前通过", "“{course}” was to be passed by {day}")
NOT_ASSESSED = T("考核应于 {day} 前完成", "the assessment was due by {day}")


@evidence(
    "1.4.5",
    T("培训与考核无逾期的人员", "People not behind with training or assessment"),
    right="improvement.due",
)
def people_in_time(company_id: UUID, period: Period) -> Evidence:
    """Active people of the company on the period's last day, and each course and assessment that is overdue then."""
    day = last_day(period)
    people = posts_since(day, company_id)
    overdue = [one for one in queries.due_list(company_id, day) if one.is_overdue(day)]
    names = directory.current().names({one.user_id for one in overdue})
    courses = queries.course_names({one.due.course_id for one in overdue if one.due})
    whys: dict[UUID, list[T]] = {}
    for one in overdue:
        words = (
            NOT_TRAINED.format(course=courses[one.due.course_id], day=one.due_on)
            if one.due
            else NOT_ASSESSED.format(day=one.due_on)
        )
        whys.setdefault(one.user_id, []).append(words)
    broken = [
        Broken("kernel.user", user, names.get(user, ""), _together(said), _department(user, company_id, day))
        for user, said in whys.items()
    ]
    return found(len(people), broken)


def _department(user_id: UUID, company_id: UUID, day: date) -> str:
    """The department of the post that somebody has held longest in the company."""
    held = directory.current().posts(user_id, day)
    return next((post.department_path for post in held if post.company_id == company_id), "")


def _together(said: list[T]) -> T:
    """Several reasons as one."""
    return T("；".join(one.zh for one in said), "; ".join(one.en for one in said))
