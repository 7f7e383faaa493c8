"""Evidence for clause 1.4.5: nobody is behind with training or assessment."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sellwell.foundation.company.queries import posts_since
from sellwell.kernel import clock, directory
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.values import Period, T
from sellwell.steering.improvement import queries

NOT_TRAINED = T("课程“{course}”应于 {day} 前通过", "“{course}” was to be passed by {day}")
NOT_ASSESSED = T("考核应于 {day} 前完成", "the assessment was due by {day}")


@evidence("1.4.5", T("培训与考核无逾期的人员", "People not behind with training or assessment"))
def people_in_time(company_id: UUID, period: Period) -> Evidence:
    """Active people of the company on the period's last day, and each course and assessment that is overdue then."""
    today = clock.business_day(clock.now())
    day = today if period.until is None else min(today, period.until - timedelta(days=1))
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
        Broken("kernel.user", user, names.get(user, ""), _together(said)) for user, said in whys.items()
    ]
    return found(len(people), broken)


def _together(said: list[T]) -> T:
    """Several reasons as one."""
    return T("；".join(one.zh for one in said), "; ".join(one.en for one in said))
