"""The box above forms with names and addresses: paste a line, look at what was read, fill it in. Nothing is kept."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotAllowed

from sellwell.foundation.places import divisions, rules
from sellwell.kernel.operations import REGISTRY, Context
from sellwell.kernel.values import T
from sellwell.web.registry import guide, page
from sellwell.web.shortcuts import fragment

LONGEST = 500
# Which field of a form takes which part.
FIELDS = {
    "customers.add": {"name": "contact_name", "phone": "contact_phone", "line": "address"},
    "customers.add_address": {"name": "consignee", "phone": "phone", "line": "line"},
    "customers.change_address": {"name": "consignee", "phone": "phone", "line": "line"},
    "customers.add_contact": {"name": "name", "phone": "phone"},
    "pipeline.add_lead": {"name": "contact_name", "phone": "phone"},
}
DIVISIONS = ("province", "city", "district")
LABELS = {
    "name": T("姓名", "Name"), "phone": T("电话", "Phone"), "province": T("省", "Province"), "city": T("市", "City"),
    "district": T("区县", "District"), "line": T("详细地址", "Street"),
}  # fmt: skip


def paste(operation: str, ctx: Context) -> dict[str, Any] | None:
    """The box, above forms that take such parts."""
    return {"operation": operation, "longest": LONGEST} if operation in FIELDS else None


def split(request: Any) -> HttpResponse:
    """What a pasted line holds, with a button that fills it into the form. The line is not kept anywhere."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    operation = request.POST.get("_paste_for", "")
    if operation not in FIELDS or operation not in REGISTRY:
        raise Http404(operation)
    found = rules.split(request.POST.get("_paste", "")[:LONGEST], divisions.today())
    parts = {name: getattr(found, name) for name in LABELS}
    read = [(LABELS[name], value) for name, value in parts.items() if value]
    values = into(operation, parts)
    return fragment(
        request, "places/_read.html", {"read": read, "values": json.dumps(values, ensure_ascii=False)}
    )


def into(operation: str, parts: dict[str, str]) -> dict[str, str]:
    """The parts by the fields of a form; a district without a field of its own stands before the street."""
    known = REGISTRY[operation].input.model_fields
    by_field = {FIELDS[operation].get(name, name): value for name, value in parts.items()}
    if "district" not in known and FIELDS[operation].get("line"):
        line = FIELDS[operation]["line"]
        by_field[line] = f"{parts['district']}{parts['line']}"
    return {name: value for name, value in by_field.items() if value and name in known}


guide("places/_paste.html", paste)
page("address/split", split, "places.split", title=T("识别地址", "Read an address"))
