"""Two customers become one, and part again (clause 4.3.5). Never by name alone: an equal strong key, or a pair that somebody judged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from sellwell.foundation.customers import choosing, joining, queries
from sellwell.foundation.customers.merging import Joined, on_merge, on_unmerge
from sellwell.foundation.customers.models import (
    LIVE,
    Customer,
    CustomerState,
    MatchPair,
    Merge,
    MergeState,
    PairState,
)
from sellwell.foundation.customers.rules import merging as rules
from sellwell.kernel import numbering
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import State, T


class Keep(State):
    """Whose value the one customer has afterwards."""

    SURVIVOR = "survivor", T("保留方", "The one that stays")
    OTHER = "other", T("并入方", "The one that goes")


def _keep(label: T) -> Any:
    return field(label, Keep.SURVIVOR)


class MergeCustomers(Input):
    """Which customer goes into this one, and which value of each field is kept."""

    other: Ref("customers.customer") = field(T("并入的客户", "Customer that goes into this one"))
    name: Keep = _keep(T("名称", "Name"))
    short_name: Keep = _keep(T("简称", "Short name"))
    uscc: Keep = _keep(T("统一社会信用代码", "Social credit code"))
    phone: Keep = _keep(T("电话", "Phone"))
    email: Keep = _keep(T("邮箱", "E-mail"))
    industry: Keep = _keep(T("行业", "Industry"))
    channel: Keep = _keep(T("渠道", "Channel"))
    owner: Keep = _keep(T("负责人", "Owner"))
    note: Keep = _keep(T("备注", "Note"))
    reason: Text = field(T("合并理由", "Reason"), min_length=2)


def lock_both(row: Customer, given: MergeCustomers | None, ctx: Context) -> list[Lock]:
    """Both customers, in one order, so that two merges of one customer go one after the other."""
    return [lock("document", Customer, [row.pk, *([given.other] if given else [])])]


def assess_merge(customer: Customer, given: MergeCustomers | None, ctx: Context) -> Assessment:
    """Whether these two may become one: all that speaks against it at once."""
    if given is None:
        return Assessment()
    other = queries.customer(given.other)
    pair = queries.pair_of(customer.pk, other.pk)
    keys = queries.equal_keys(customer.party, other.party)
    facts = rules.Two(
        is_one=customer.pk == other.pk,
        one_company=customer.company_id == other.company_id,
        states=(customer.state, other.state),
        kinds=(customer.party.kind, other.party.kind),
        codes=(customer.party.uscc or "", other.party.uscc or ""),
        is_erased=bool(customer.party.erased_at or other.party.erased_at),
        is_held=other.held_by is not None,
        equal_keys=keys,
        judged_same=pair is not None and pair.state == PairState.SAME.value,
        in_one_group=queries.in_one_line(customer.party_id, other.party_id, ctx.today),
        takes_code=given.uscc is Keep.OTHER,
        shares_party=queries.is_shared(other),
        shares=queries.shares_of_two(customer.pk, other.pk, ctx.today),
    )
    content = {"customer": str(customer.pk), "other": str(other.pk), "keys": ",".join(keys)}
    return Assessment(content=content, carry=(other, pair, keys), objections=tuple(rules.objections(facts)))


@operation(
    "customers.merge",
    T("合并客户", "Merge customers"),
    Customer,
    help=T(
        "把另一客户并入本客户：逐项选择保留的值，联系人、单据和往来一并转入；可以撤销。名称相同不足以合并。",
        "Another customer goes into this one: choose the value of each field; contacts, documents and money go along."
        " It can be taken back. An equal name is not enough.",
    ),
    input=MergeCustomers,
    from_states=LIVE,
    assess=assess_merge,
    lock_keys=lock_both,
    menu=False,
    clauses=["4.3.5", "1.4.2"],
)
def merge(customer: Customer, given: MergeCustomers, ctx: Context, assessment: Assessment) -> Effects:
    """The survivor with the chosen values and everything of the other; the other stays as a row that leads to it."""
    effects = Effects(result=customer)
    other, pair, keys = assessment.carry
    _wait_for_others(customer.pk, other.pk)
    shares_party = queries.is_shared(other)
    before, chosen = choosing.take_over(effects, customer, other, _taken(given), shares_party)
    made = Merge(
        id=new_id(), company_id=customer.company_id, survivor=customer, loser=other, pair=pair,
        score=pair.score if pair is not None else None, strong_keys=",".join(keys), loser_state=other.state,
        before=before, chosen=chosen, reason=given.reason, business_date=ctx.today, created_at=ctx.now,
        created_by_id=ctx.user_id, shares_party=shares_party,
        tasks=[str(pk) for pk in joining.take_tasks(other.pk, customer.pk, customer.number)],
        number=numbering.draw(ctx.company_id, "CM", ctx.today.year)[0],
    )  # fmt: skip
    effects.insert(made)
    joining.move(effects, _ends(made, back=False), shares_party)
    effects.update(other, state=CustomerState.MERGED.value, merged_into=customer)
    if pair is not None:
        effects.update(pair, state=PairState.MERGED.value)
    choosing.note_sources(effects, ctx, customer, _taken(given), "merge")
    for _, follow in on_merge:
        follow(effects, ctx, _joined(made))
    effects.search += [customer]
    effects.events.append(_event("customers.merged", made))
    return effects


def _taken(given: MergeCustomers) -> list[str]:
    return [name for name in choosing.FIELDS if getattr(given, name) is Keep.OTHER]


def _wait_for_others(*customers: UUID) -> None:
    """Whoever is writing a document for one of them finishes first: its foreign key holds the row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(customers)]
        )


def _ends(made: Merge, *, back: bool) -> joining.Ends:
    survivor = {"customer": made.survivor_id, "party": made.survivor.party_id}
    loser = {"customer": made.loser_id, "party": made.loser.party_id}
    source, target = (survivor, loser) if back else (loser, survivor)
    return joining.Ends(made.company_id, source, target)


def _joined(made: Merge) -> Joined:
    return Joined(made, made.survivor_id, made.loser_id, made.survivor.party_id, made.loser.party_id)


def _event(name: str, made: Merge) -> NewEvent:
    return NewEvent(
        name, {"merge": str(made.pk), "survivor": str(made.survivor_id), "loser": str(made.loser_id)}
    )


# --- and part again ----------------------------------------------------------------------------------------------------


class Unmerge(Input):
    """Why the two are not one after all."""

    reason: Text = field(T("撤销理由", "Reason"), min_length=2)


def lock_parted(row: Merge, given: Unmerge | None, ctx: Context) -> list[Lock]:
    """Both customers of the merge."""
    return [lock("parent", Customer, [row.survivor_id, row.loser_id])]


def assess_unmerge(made: Merge, given: Unmerge | None, ctx: Context) -> Assessment:
    """What was merged further is parted first; what was erased cannot be given back."""
    survivor, loser = queries.customer(made.survivor_id), queries.customer(made.loser_id)
    further = queries.merge_that_took(survivor.pk) if survivor.merged_into_id else None
    found = rules.unmerge_objections(
        further=further.number if further is not None else "",
        is_erased=bool(survivor.party.erased_at or loser.party.erased_at),
        is_held=survivor.held_by is not None,
    )
    content = {"customer": str(survivor.pk), "other": str(loser.pk)}
    return Assessment(content=content, carry=(survivor, loser), objections=tuple(found))


@operation(
    "customers.unmerge",
    T("撤销合并", "Take a merge back"),
    Merge,
    help=T(
        "把并入的客户还原：原来的联系人、单据和往来回到原处；合并后新做的业务，源自其单据的随之回去，其余留在保留方。",
        "Gives the merged customer back: its contacts, documents and money return; of what was done since, what came of its"
        " documents goes with them, the rest stays.",
    ),
    input=Unmerge,
    from_states=[MergeState.DONE],
    assess=assess_unmerge,
    lock_keys=lock_parted,
    danger=True,
    clauses=["4.3.5"],
)
def unmerge(made: Merge, given: Unmerge, ctx: Context, assessment: Assessment) -> Effects:
    """Both customers as they were, with what happened since in its right place."""
    effects = Effects(result=made)
    survivor, loser = assessment.carry
    made.survivor, made.loser = survivor, loser
    _wait_for_others(survivor.pk, loser.pk)
    is_blocked = CustomerState.BLOCKED.value in (survivor.state, made.loser_state)
    effects.update(
        loser,
        state=CustomerState.BLOCKED.value if is_blocked else CustomerState.ACTIVE.value,
        merged_into=None,
    )
    choosing.restore(effects, made)
    joining.give_back(effects, made, _ends(made, back=True))
    joining.take_tasks(survivor.pk, loser.pk, loser.number, [UUID(pk) for pk in made.tasks])
    effects.update(
        made, state=MergeState.UNDONE.value, undone_at=ctx.now, undone_by_id=ctx.user_id,
        undone_reason=given.reason,
    )  # fmt: skip
    if made.pair_id is not None:
        pair = MatchPair.objects.select_related("first").get(pk=made.pair_id)
        effects.update(
            pair, state=PairState.DIFFERENT.value, decision=given.reason, decided_by_id=ctx.user_id,
            decided_at=ctx.now,
        )  # fmt: skip
    for _, follow in on_unmerge:
        follow(effects, ctx, _joined(made))
    effects.search += [survivor, loser]
    effects.events.append(_event("customers.unmerged", made))
    return effects


# --- what came in by a side door meanwhile ------------------------------------------------------------------------------


@operation(
    "customers.bring_along",
    T("转入遗留单据", "Bring stragglers along"),
    Merge,
    help=T(
        "合并时正在录入的并入方单据，转到保留方；每天自动办理。",
        "Documents that were being written for the merged customer while it was merged go to the survivor. Done by itself.",
    ),
    from_states=[MergeState.DONE],
    channels=["cli", "job"],
    menu=False,
    clauses=["4.3.5"],
)
def bring_along(made: Merge, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The same move again; its rows find back like those of the merge."""
    effects = Effects(result=made)
    joining.move(effects, _ends(made, back=False), made.shares_party)
    for _, follow in on_merge:
        follow(effects, ctx, _joined(made))
    return effects
