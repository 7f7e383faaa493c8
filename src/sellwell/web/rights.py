"""Rights to read: the matrix, who may do what to which row, why somebody may not, and incompatible duties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sellwell.kernel import access, asking, door, takings
from sellwell.kernel.models import DutyPair, Grant, User
from sellwell.kernel.operations import REGISTRY, Operation
from sellwell.kernel.tabular_writing import SheetColumn, xlsx
from sellwell.kernel.values import Objection, T
from sellwell.kernel.views import BY_TYPE, VIEWS
from sellwell.web import formats
from sellwell.web.forms.derive import is_id
from sellwell.web.lists import export
from sellwell.web.shortcuts import render, require, row_or_404

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.operations import Context

VIEW = "rights.view"
MOST_PEOPLE = 500
PARTS = {"export": T("导出", "export"), "print": T("打印", "print"), "reveal": T("查看原文", "reveal")}


@dataclass(frozen=True)
class MatrixRow:
    """A verb with its cell for each role."""

    verb: str
    title: T | str
    room: str
    room_title: str
    cells: list[list[tuple[str, str]]]  # per role: (scope, limit)

    @property
    def drawn(self) -> SafeString:
        """Its places as table cells."""
        return format_html_join("", "{}", ((_cell(tuple(cell)),) for cell in self.cells))


def verb_title(verb: str) -> T | str:
    """A verb's name for people: of an operation, a view, its export or one of its field groups."""
    if verb in REGISTRY:
        return REGISTRY[verb].title
    if verb in VIEWS:
        title = VIEWS[verb].title
        return T(f"查看{title.zh}", f"See {title.en}")
    base, colon, group = verb.partition(":")
    if colon and base in VIEWS:
        label = VIEWS[base].groups.get(group, T(group, group))
        return T(f"{VIEWS[base].title.zh} · {label.zh}", f"{VIEWS[base].title.en} · {label.en}")
    base, _, part = verb.rpartition(".")
    if base in VIEWS and part in PARTS:
        return T(f"{VIEWS[base].title.zh} · {PARTS[part].zh}", f"{VIEWS[base].title.en} · {PARTS[part].en}")
    return verb


def room_title(room: str) -> str:
    """A room's name: that of its main view."""
    main = VIEWS.get(f"{room}.view") or next(
        (v for v in VIEWS.values() if v.name.startswith(f"{room}.")), None
    )
    return str(main.title) if main is not None else room


def every_verb() -> list[str]:
    """All verbs of the house, room by room in the order of declaration."""
    verbs = [*REGISTRY, *(verb for view in VIEWS.values() for verb in view.verbs())]
    return sorted(dict.fromkeys(verbs), key=lambda verb: verb.split(".", 1)[0])


def in_force(ctx: Context) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The cells in force today, by verb and role: (scope, limit) in words."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    grants = Grant.objects.filter(
        Q(until=None) | Q(until__gt=ctx.today),
        Q(company_id=None) | Q(company_id=ctx.company_id),
        since__lte=ctx.today,
    ).order_by("verb", "role")
    names = {scope: scope_name(scope) for scope in access.SCOPES}
    for verb, role, scope, limit in grants.values_list("verb", "role", "scope", "amount_limit"):
        found.setdefault((verb, role), []).append((names[scope], limit_words(limit)))
    return found


def scope_name(scope: str) -> str:
    """A scope in words."""
    return str(access.SCOPE_NAMES.get(scope, scope))


def limit_words(limit: Decimal | None) -> str:
    """A limit in words; none is ''."""
    return "" if limit is None else formats.short_money(limit)


def matrix_rows(ctx: Context, q: str = "", room: str = "") -> list[MatrixRow]:
    """The matrix: one row per verb, one place per role."""
    cells = in_force(ctx)
    roles = list(access.ROLES)
    rooms = {verb.split(".", 1)[0]: "" for verb in every_verb()}
    rooms = {name: room_title(name) for name in rooms}
    found = []
    for verb in every_verb():
        title = verb_title(verb)
        if room and verb.split(".", 1)[0] != room:
            continue
        words = f"{verb} {title.zh} {title.en}" if isinstance(title, T) else verb
        if q and q.lower() not in words.lower():
            continue
        own = verb.split(".", 1)[0]
        found.append(MatrixRow(verb, title, own, rooms[own], [cells.get((verb, role), []) for role in roles]))
    return found


@lru_cache(maxsize=1000)
def _cell(grants: tuple[tuple[str, str], ...]) -> SafeString:
    """A place of the matrix. There are thousands of them and few that differ: a template's loop would take 50 ms."""
    return format_html("<td>{}</td>", format_html_join("", "{}", ((_grant(*one),) for one in grants)))


def _grant(scope: str, limit: str) -> SafeString:
    shown = format_html(" <small>≤ {}</small>", limit) if limit else ""
    return format_html('<span class="grant">{}{}</span>', scope, shown)


def matrix(request: Any) -> HttpResponse:
    """The rights matrix, readable and filtered."""
    require(request, VIEW)
    q, room = request.GET.get("q", "").strip()[:80], request.GET.get("room", "")
    rows = matrix_rows(request.ctx, q, room)
    if "export" in request.GET:
        require(request, VIEWS[VIEW].export if VIEW in VIEWS else VIEW)
        return _export(rows, request)
    mine = set(request.actor.roles)
    context = {
        "rows": rows,
        "roles": [(role, role.code in mine) for role in access.ROLES.values()],
        "rooms": [
            (code, room_title(code)) for code in sorted({verb.split(".", 1)[0] for verb in every_verb()})
        ],
        "q": q,
        "room": room,
        "pairs": list(DutyPair.objects.filter(is_active=True).order_by("code")),
        "titles": {
            p.code: (_titles(p.duty_a), _titles(p.duty_b)) for p in DutyPair.objects.filter(is_active=True)
        },
    }
    return render(request, "web/rights/matrix.html", context, title=T("权限矩阵", "Rights matrix"))


def _titles(verbs: Iterable[str]) -> str:
    return "、".join(str(verb_title(verb)) for verb in verbs)


def _export(rows: list[MatrixRow], request: Any) -> HttpResponse:
    heads = [SheetColumn(T("权限项", "Verb"), width=26), SheetColumn(T("名称", "Name"), width=26)]
    heads += [SheetColumn(role.name, width=26) for role in access.ROLES.values()]
    lines = [
        [
            row.verb,
            str(row.title),
            *["；".join(" ".join(filter(None, c)) for c in cell) for cell in row.cells],
        ]
        for row in rows
    ]
    title = T("权限矩阵", "Rights matrix")
    note = f"{request.actor.name} · {formats.moment(request.ctx.now)}"
    takings.exported(request.ctx, "rights.view", title, len(lines), (), {})
    return export.download(xlsx(heads, lines, title=title, made_at=request.ctx.now, note=note), "rights")


# --- who may, and why not ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Somebody who may do the verb: by which role, how far, up to which amount."""

    name: str
    role: str
    scope: str
    limit: str


@dataclass(frozen=True)
class Finding:
    """One thing that a verb needs, and whether it is there."""

    question: T
    is_met: bool
    answer: T | str


def who(request: Any) -> HttpResponse:
    """'Who may do X to Y', and 'why may I (or somebody) not'."""
    verb = request.GET.get("verb", "")
    row = _row(request)
    own = request.GET.get("person") in (None, "", str(request.actor.user_id))
    # Asking about oneself is everybody's right; others are for those who may read the matrix.
    may_see_others = request.actor.may(VIEW)
    person = (
        request.user
        if own or not may_see_others
        else User.objects.filter(pk=request.GET["person"], is_active=True).first()
    )
    if person is None:
        raise Http404
    actor = (
        request.actor if person.pk == request.actor.user_id else access.actor_for(person, request.ctx.today)
    )
    context: dict[str, Any] = {
        "verbs": [(v, verb_title(v)) for v in every_verb()],
        "verb": verb,
        "title_of_verb": verb_title(verb) if verb else "",
        "row": row,
        "row_label": str(BY_TYPE[row._meta.label_lower].label(row)) if row is not None else "",
        "row_type": request.GET.get("row_type", ""),
        "person": person,
        "may_see_others": may_see_others,
        "types": [(v.row_type, v.title) for v in BY_TYPE.values() if request.actor.may(v.name)],
    }
    if verb:
        if may_see_others:
            context["holders"] = holders(verb, row, request.ctx)
        context["findings"] = explain(actor, verb, row, request)
        context["may"] = all(f.is_met for f in context["findings"])
    return render(
        request,
        "web/rights/who.html",
        context,
        title=T("谁可以办理", "Who may"),
        crumbs=[(T("权限矩阵", "Rights matrix"), "/rights/")],
    )


def _row(request: Any) -> Any:
    row_type, row_id = request.GET.get("row_type", ""), request.GET.get("row", "")
    view = BY_TYPE.get(row_type)
    if view is None or not is_id(row_id) or not request.actor.may(view.name):
        return None
    return row_or_404(request, view, UUID(row_id))


def holders(verb: str, row: Any, ctx: Context) -> list[Holder]:
    """Everybody who may do the verb (to the row), with the widest cell of each."""
    found = []
    for user in User.objects.filter(is_active=True, is_system=False).order_by("name")[:MOST_PEOPLE]:
        actor = access.actor_for(user, ctx.today)
        cell = access.cell_for(actor, verb, row) if row is not None else next(iter(actor.cells(verb)), None)
        if cell is not None:
            role = access.ROLES.get(cell.post.role)
            found.append(
                Holder(
                    user.name,
                    str(role.name) if role else cell.post.role,
                    scope_name(cell.scope),
                    limit_words(cell.limit),
                )
            )
    return found


def explain(actor: Actor, verb: str, row: Any, request: Any) -> list[Finding]:
    """What the verb needs, one by one: the grant, the scope, the state, the duties."""
    operation = REGISTRY.get(verb)
    cells = actor.cells(verb)
    roles = "、".join(
        str(access.ROLES[r].name)
        for r in access.roles_with(verb, request.ctx.company_id, request.ctx.today)
        if r in access.ROLES
    )
    found = [
        Finding(
            T("角色是否有这项权限", "Does a role of this person hold the right"), bool(cells),
            "；".join(f"{_role(c.post.role)} · {scope_name(c.scope)} {limit_words(c.limit)}".strip() for c in cells)
            or T(f"有此权限的角色：{roles or '无'}", f"Roles that hold it: {roles or 'none'}"),
        )
    ]  # fmt: skip
    if row is not None and cells:
        in_scope = access.cell_for(actor, verb, row) is not None
        found.append(
            Finding(
                T("这条记录是否在范围内", "Is this record within the scope"),
                in_scope,
                _owner_words(row, in_scope),
            )
        )
    if (
        operation is not None
        and row is not None
        and isinstance(row, operation.model)
        and not operation.creates
    ):
        found += _about_row(operation, row, actor, request)
    return found


def _about_row(operation: Operation, row: Any, actor: Actor, request: Any) -> list[Finding]:
    standing = door.standing(operation, row, request.ctx)
    found = [
        Finding(
            T("状态是否允许", "Does the state allow it"),
            standing is None,
            standing.text if standing else door.state_name(row),
        )
    ]
    if standing is None and actor is request.actor:
        objections: list[Objection] = [
            o for o in asking.preview(operation.name, request.ctx, row) if o.kind == "refuse"
        ]
        found += [Finding(T("办理条件", "Condition"), False, o.text) for o in objections]
    return found


def _owner_words(row: Any, in_scope: bool) -> T | str:
    owner = getattr(row, "owner", None)
    if in_scope or owner is None:
        return T("在范围内", "within") if in_scope else T("不在范围内", "outside")
    return T(f"责任人是 {owner}，不在您的范围内", f"{owner} owns it; that is outside")


def _role(code: str) -> str:
    role = access.ROLES.get(code)
    return str(role.name) if role else code
