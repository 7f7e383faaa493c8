"""What the manual does on events: whoever is to be reminded of a reading gets a message (clause 1.2.2)."""

from __future__ import annotations

from uuid import UUID

from sellwell.integrations.messaging import notices
from sellwell.kernel import clock
from sellwell.kernel.deadlines import deadline
from sellwell.kernel.models import Deadline, Event
from sellwell.kernel.operations import Context
from sellwell.kernel.outbox import reaction
from sellwell.kernel.values import T
from sellwell.steering.manual.models import Reading, ReadingState

REMIND = "manual.remind_reader"
TITLE = T("请确认已阅读手册 V{number}", "Confirm having read manual V{number}")
DUE = T("截止 {day}", "due {day}")


@reaction(REMIND, on=["manual.reading_due"])
def remind_reader(event: Event) -> None:
    """A message to the reader, now or once the quiet hours are over."""
    reading = _reading(UUID(event.payload["reading"]))
    if notices.goes_now(
        reading.user_id, clock.now(), company_id=reading.company_id, what=REMIND, row_id=reading.pk
    ):
        _send(reading)


@deadline(REMIND, T("提醒阅读手册", "Reminder to read the manual"))
def remind_later(due: Deadline, ctx: Context) -> None:
    """The quiet hours are over."""
    _send(_reading(due.row_id))


def _reading(reading_id: UUID) -> Reading:
    return Reading.objects.select_related("user", "edition").get(pk=reading_id)


def _send(reading: Reading) -> None:
    """Nobody is reminded of what was confirmed or dropped meanwhile. Each reminder has its own key."""
    if reading.state != ReadingState.WAITING.value or not reading.user.is_active:
        return
    notices.send(
        reading.user, TITLE.format(number=reading.edition.number), [DUE.format(day=reading.due_on)],
        f"/manual-readings/{reading.pk}/", key=f"{reading.pk}:{reading.reminders}",
        company_id=reading.company_id,
    )  # fmt: skip
