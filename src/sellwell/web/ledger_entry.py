"""The page of one ledger entry: who did what, why it was allowed, what it changed, and whether it is unaltered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse

from sellwell.kernel import directory, history, ledger, policy
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.operations import GUARDS
from sellwell.kernel.values import T
from sellwell.kernel.views import VIEWS
from sellwell.web import cells
from sellwell.web.records import in_words
from sellwell.web.shortcuts import render

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor

VIEW = "ledger.view"
APPROVED = T("已按审批同意办理", "Done with the agreement that was given")


def show(request: Any, row_id: int) -> HttpResponse:
    """One entry within the reader's scope."""
    view = VIEWS[VIEW]
    entry = view.rows(request.actor).filter(pk=row_id).first()
    if entry is None:
        raise Http404
    people = {user for user in (entry.actor_id, entry.on_behalf_of_id) if user}
    names = directory.current().names(people)
    words, url, is_seen = _record(entry, request.actor)
    context = {
        "entry": entry,
        "who": names.get(entry.actor_id, ""),
        "on_behalf_of": names.get(entry.on_behalf_of_id, "") if entry.on_behalf_of_id else "",
        "title_words": history.title_of(entry.operation),
        "record": (words, url),
        "is_seen": is_seen,
        "changes": _changes(entry, request.actor),
        "policies": [(policy.title_of(p.get("policy", "")), p) for p in entry.policies],
        "answers": _answers(entry) if is_seen else [(title, []) for title, _ in _answers(entry)],
        "together": _together(entry, request.actor),
        "unaltered": ledger.hash_of(entry) == bytes(entry.hash),
        "hash": bytes(entry.hash).hex(),
    }
    title = T(f"台账 {entry.seq}", f"Ledger entry {entry.seq}")
    return render(
        request, "web/ledger/entry.html", context, title=title, crumbs=[(view.title, f"/{view.url}/")]
    )


def _record(entry: LedgerEntry, actor: Actor) -> tuple[str, str, bool]:
    """The row that it was about: its kind and name, its page, and whether the reader may see it.

    What guards and policies said of a row speaks of its content: it is for those who may see the row.
    """
    if entry.row_id is None:
        return history.noun_of(entry.row_type), "", True
    name = history.names_of([(entry.row_type, entry.row_id)], actor).get((entry.row_type, entry.row_id))
    words = f"{history.noun_of(entry.row_type)} {name or ''}".strip()
    if name is None:
        return words, "", False
    return words, cells.record_url(entry.row_type, entry.row_id), True


def _changes(entry: LedgerEntry, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "url": cells.record_url(row.row_type, row.row_id) if row.name else "",
            "lines": [(c.label, in_words(c, before), in_words(c, after)) for c, before, after in row.lines],
        }
        for row in history.changes_of(entry, actor)
    ]


def _answers(entry: LedgerEntry) -> list[tuple[T, list[T]]]:
    """What each guard said; nothing said is no objection."""
    found = []
    for answer in entry.answers:
        name = answer.get("guard", "")
        said = [history.objection_text(one) for one in answer.get("said") or []]
        if name == "approval":
            found.append((T("审批", "Approval"), said or [APPROVED]))
        else:
            found.append((GUARDS[name].title if name in GUARDS else T(name, name), said))
    return found


def _together(entry: LedgerEntry, actor: Actor) -> list[tuple[int, T]]:
    """The other entries of the same request, in their order."""
    others = (
        VIEWS[VIEW].rows(actor).filter(request_id=entry.request_id).exclude(pk=entry.pk).order_by("seq")[:50]
    )
    return [(other.seq, history.title_of(other.operation)) for other in others]
