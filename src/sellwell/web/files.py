"""Files of forms: taken in before the form is sent, so that a weak line loses only a file; handed out by the record's right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseNotAllowed, JsonResponse

from sellwell.kernel import files, import_operations
from sellwell.kernel.models import StoredFile
from sellwell.kernel.values import Refusal
from sellwell.kernel.views import BY_TYPE
from sellwell.web.forms.derive import is_id
from sellwell.web.grids import image

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor

# By row type: the files that hang on a record's lines rather than in a column of its view.
ATTACHED: dict[str, Callable[[Any], set[UUID]]] = {}
# By row type: whether the files of a record are kept from somebody who may see the record itself.
WITHHELD: dict[str, Callable[[Any, Actor], bool]] = {}


def upload(request: Any) -> HttpResponse:
    """Keep a file; its identifier goes into the form.

    A file that no record names yet is no record itself: the ledger names it with the act that uses it.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    sent = request.FILES.get("file")
    if sent is None:
        return JsonResponse({"objections": [image(files.EMPTY.refuse())]}, status=422)
    try:
        kept = files.receive(
            sent.chunks(), sent.name or "", company_id=request.ctx.company_id, uploaded_by=request.ctx.user_id
        )
    except Refusal as refusal:
        return JsonResponse({"objections": [image(o) for o in refusal.objections]}, status=422)
    files.keep(kept)
    return JsonResponse({"id": str(kept.pk), "text": kept.name})


def download(request: Any, file_id: UUID) -> HttpResponse:
    """A file that one uploaded oneself, or that hangs on a record which one may see (`?of=<row type>/<row id>`)."""
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is None or not (row.uploaded_by_id == request.ctx.user_id or _hangs_on(request, file_id)):
        raise Http404
    try:
        content = files.read(row)
    except FileNotFoundError as error:
        raise Http404 from error
    if content is None:
        raise Http404
    return HttpResponse(content, headers=files.headers(row, inline="inline" in request.GET))


def own_upload(request: Any, file_id: str) -> StoredFile:
    """A file that this reader sent to be imported; anything else is not found."""
    row = import_operations.own_upload(UUID(file_id), request.ctx) if is_id(file_id) else None
    if row is None:
        raise Http404(file_id)
    return row


def _hangs_on(request: Any, file_id: UUID) -> bool:
    """Whether a column that this reader may see, of a record that this reader may see, names the file."""
    row_type, _, row_id = request.GET.get("of", "").partition("/")
    view = BY_TYPE.get(row_type)
    if view is None or not is_id(row_id):
        return False
    row = view.rows(request.actor).filter(pk=row_id).first()
    withheld = WITHHELD.get(row_type)
    if row is None or (withheld is not None and withheld(row, request.actor)):
        return False
    more = ATTACHED.get(row_type)
    if more is not None and file_id in more(row):
        return True
    return any(
        column.kind == "file" and column.ref_id(row) == file_id for column in view.visible(request.actor)
    )
