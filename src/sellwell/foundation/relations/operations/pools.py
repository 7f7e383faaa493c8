"""The public pool: made per region, filled by release and recycling, emptied by claims and assignment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from django.db import connection
from pydantic import Field, StringConstraints

from sellwell.foundation.company.queries import scope_columns
from sellwell.foundation.customers.moves import give_to
from sellwell.foundation.customers.queries import LIVE, Customer, customers
from sellwell.foundation.relations import groups, queries
from sellwell.foundation.relations.extensions import CONTACT
from sellwell.foundation.relations.models import Pool, PoolMove, PoolMoveKind, Run, Standing
from sellwell.foundation.relations.operations.runs import at_end_of
from sellwell.foundation.relations.rules import pools as rules
from sellwell.kernel import calendar
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

FIRST_CONTACT = 3  # working days: whoever takes a customer gets in touch

ONE_A_REGION = Reason(
    "relations.pool_exists", T("该区域已有公海“{name}”。", "The region has a pool already: “{name}”.")
)
NOT_EMPTY = Reason(
    "relations.pool_not_empty",
    T(
        "公海里还有 {count} 个客户，请先分配完再关闭。",
        "{count} customers are in the pool: assign them before closing it.",
    ),
)
CLOSED = Reason("relations.pool_closed", T("公海已关闭。", "The pool is closed."))
NO_POOL = Reason(
    "relations.no_pool",
    T(
        "客户所在区域没有公海。请管理员先建立。",
        "There is no pool for the customer's region. Have one made first.",
    ),
)
NO_POST = Reason(
    "relations.no_post",
    T("此人今天没有岗位，不能接手客户。请换一人。", "This person holds no post today. Choose somebody else."),
)
BUSY = Reason(
    "relations.pool_busy",
    T("客户还有未办结的业务，不能放入公海。请先办结或移交。", "Business with the customer is under way: finish it or hand it over first."),
)  # fmt: skip

Name = Annotated[Code, StringConstraints(min_length=2, max_length=40)]
Region = Annotated[Code, StringConstraints(max_length=40)]
Count = Annotated[int, Field(ge=1, le=10000)]
Days = Annotated[int, Field(ge=0, le=365)]


class Limits(Input):
    """What a pool lets people do."""

    name: Name = field(T("名称", "Name"))
    capacity: Count = field(T("每人客户上限", "Most customers a person"), 200)
    per_day: Count = field(T("每人每日领取上限", "Most claims a day"), 5)
    rest_days: Days = field(T("原负责人几天内不得领回", "The last owner waits (days)"), 30)


class AddPool(Limits):
    """A pool for a region."""

    region: Region = field(T("区域", "Region"), min_length=1)
    owner: Ref("kernel.user") | None = field(
        T("保管人", "Holder"), None, help=T("不填即为本人", "Yourself if empty")
    )


def assess_add_pool(row: None, given: AddPool, ctx: Context) -> Assessment:
    """One open pool a region, held by somebody with a post."""
    found: list[Objection] = []
    known = Pool.objects.filter(company_id=ctx.company_id, region=given.region, is_open=True).first()
    if known is not None:
        found.append(ONE_A_REGION.refuse(path="region", name=known.name))
    scope = scope_columns(given.owner or ctx.user_id, ctx.company_id, ctx.today)
    if scope is None:
        found.append(NO_POST.refuse(path="owner"))
    return Assessment(carry=scope, objections=tuple(found))


@operation(
    "relations.add_pool", T("建立公海", "Make a pool"), Pool, input=AddPool, creates=True, assess=assess_add_pool,
    clauses=["4.2.3"],
    help=T(
        "为一个区域建立公海：无人跟进的客户进入其中，由本区域的人领取。",
        "A pool for a region: customers that nobody looks after go there, and the region's people claim them.",
    ),
)  # fmt: skip
def add_pool(row: None, given: AddPool, ctx: Context, assessment: Assessment) -> Effects:
    """Held by its owner, who answers for the customers in it."""
    pool = Pool(
        id=new_id(), company_id=ctx.company_id, region=given.region, owner_id=given.owner or ctx.user_id,
        department_path=assessment.carry["department_path"],
        **{name: getattr(given, name) for name in Limits.model_fields},
    )  # fmt: skip
    effects = Effects(result=pool)
    effects.insert(pool)
    return effects


@operation(
    "relations.change_pool", T("修改公海", "Change pool"), Pool, input=Limits, clauses=["4.2.3"],
    help=T("修改公海的名称、容量和领取限制。", "Changes name, capacity and limits of claims."),
)  # fmt: skip
def change_pool(pool: Pool, given: Limits, ctx: Context, assessment: Assessment) -> Effects:
    """The new limits hold for claims from now on."""
    effects = Effects(result=pool)
    effects.update(pool, **{name: getattr(given, name) for name in Limits.model_fields})
    return effects


def assess_close(pool: Pool, given: Any, ctx: Context) -> Assessment:
    """Only an empty one."""
    count = groups.standings(pool.company_id).filter(pool=pool).count()
    found = [NOT_EMPTY.refuse(count=count)] if count else []
    return Assessment(objections=tuple(found if pool.is_open else [CLOSED.refuse()]))


@operation(
    "relations.close_pool", T("关闭公海", "Close pool"), Pool, assess=assess_close, danger=True, clauses=["4.2.3"],
    help=T("关闭空的公海；此后该区域不再回收客户。", "Closes an empty pool; the region's customers are recycled no more."),
)  # fmt: skip
def close_pool(pool: Pool, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Closed."""
    effects = Effects(result=pool)
    effects.update(pool, is_open=False)
    return effects


# --- into the pool -----------------------------------------------------------------------------------------------------


class Release(Input):
    """Why a customer is given up."""

    reason: Text = field(T("原因", "Reason"), min_length=2)


def assess_release(customer: Customer, given: Release | None, ctx: Context) -> Assessment:
    """There is a pool, the customer is in none, and nothing is under way with it."""
    pool = queries.pool_for(customer.company_id, customer.region)
    found: list[Objection] = []
    if pool is None:
        found.append(NO_POOL.refuse())
    if Standing.objects.filter(pk=customer.pk, pool__isnull=False).exists():
        found.append(rules.ALREADY_POOLED.refuse())
    elif queries.busy(customer.company_id, [customer.pk]):
        found.append(BUSY.refuse())
    return Assessment(content={"customer": str(customer.pk)}, carry=pool, objections=tuple(found))


@operation(
    "relations.release", T("放入公海", "Release to the pool"), Customer, input=Release, from_states=LIVE, assess=assess_release,
    danger=True, clauses=["4.2.3"],
    help=T("把不再跟进的客户交回公海，由他人领取。", "Gives a customer back to the pool, for others to claim."),
)  # fmt: skip
def release(customer: Customer, given: Release, ctx: Context, assessment: Assessment) -> Effects:
    """The pool's holder answers for it from now on."""
    effects = Effects(result=customer)
    put_in(effects, ctx, assessment.carry, [customer], PoolMoveKind.RELEASED, given.reason)
    return effects


def put_in(
    effects: Effects, ctx: Context, pool: Pool, found: list[Customer], kind: PoolMoveKind, reason: str = ""
) -> None:
    """Customers go to a pool: holder, standing, history; tasks of the last owner about them are over."""
    ids = [customer.pk for customer in found]
    effects.insert(
        *(
            PoolMove(
                id=new_id(), company_id=pool.company_id, customer=customer, pool=pool, kind=kind.value,
                moved_on=ctx.today, at=ctx.now, owner_before_id=customer.owner_id, owner_after_id=pool.owner_id,
                reason=reason,
            )
            for customer in found
        )
    )  # fmt: skip
    scope = {"department_path": pool.department_path}
    give_to(effects, ids, pool.owner_id, scope)
    _ensure(ids, ctx)
    effects.execute(Standing, _POOLED, [pool.pk, ctx.today, ids])
    effects.drop_tasks += ids


_POOLED = """
UPDATE relations_standing SET pool_id = %s, pooled_on = %s, visit_due_on = NULL, recycle_on = NULL, warned_on = NULL,
    version = version + 1
WHERE id = ANY(%s) AND pool_id IS NULL
RETURNING new.id, jsonb_build_object('pool_id', old.pool_id), jsonb_build_object('pool_id', new.pool_id)
"""


def _ensure(ids: list[UUID], ctx: Context) -> None:
    """Customers that no run has judged yet get an empty standing."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY, [ctx.today, ctx.today, ids])


_EMPTY = """
INSERT INTO relations_standing (id, version, company_id, customer_id, as_of, purchases, purchases_ever, value, recent, earlier,
    overdue_days, lines, rfm, rfm_class, abc, stage, stage_since, next_stage, tag_ids)
SELECT id, 1, company_id, id, %s, 0, 0, 0, 0, 0, 0, '{}', '', '', '', 'potential', %s, '', '{}'
FROM customers_customer WHERE id = ANY(%s) ON CONFLICT (id) DO NOTHING
"""


class Recycle(Input):
    """Nothing to say: who is due follows from the policy."""


def assess_recycle(run: Run, given: Any, ctx: Context) -> Assessment:
    """The customers whose time is over and with whom nothing is under way."""
    due = queries.due_for_recycling(run.company_id, ctx.today)
    return Assessment(carry=due, objections=() if due else (NOTHING.refuse(),))


NOTHING = Reason(
    "relations.nothing_to_recycle", T("没有到期应回收的客户。", "No customer is due for recycling.")
)


@operation(
    "relations.recycle", T("回收到公海", "Recycle to the pool"), Run, input=Recycle, assess=assess_recycle, menu=False,
    channels=("job", "cli", "api"), clauses=["4.2.3"],
    help=T(
        "把超过期限未联系或未成交的客户收回公海；事先已提醒负责人，系统每天自动进行。",
        "Takes customers without contact or order for too long back to the pool, after a warning; done by itself every day.",
    ),
)  # fmt: skip
def recycle(run: Run, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Pool by pool; whoever was reached in the meantime stays."""
    effects = Effects(result=run)
    known = customers([customer_id for _, customer_id in assessment.carry])
    by_pool: dict[Pool, list[Customer]] = {}
    for pool, customer_id in assessment.carry:
        by_pool.setdefault(pool, []).append(known[customer_id])
    for pool, found in by_pool.items():
        put_in(effects, ctx, pool, found, PoolMoveKind.RECYCLED)
    return effects


# --- out of the pool ---------------------------------------------------------------------------------------------------


class Claim(Input):
    """Which customer of the pool."""

    # Not a reference: it lies outside what the claimant sees until it was claimed.
    customer: UUID = field(T("客户", "Customer"))


def assess_claim(pool: Pool, given: Claim | None, ctx: Context) -> Assessment:
    """Still in this pool, within one's capacity and the day's number, and not what one gave up a moment ago."""
    if given is None:
        return Assessment()
    found: list[Objection] = []
    if not groups.standings(pool.company_id).filter(pk=given.customer, pool=pool).exists():
        found.append(rules.NOT_POOLED.refuse(path="customer"))
    scope = scope_columns(ctx.user_id, ctx.company_id, ctx.today)
    if scope is None:
        found.append(NO_POST.refuse())
    taken = queries.takings_of(pool, ctx.user_id, given.customer, ctx.today)
    found += rules.claim_objections(
        owned=taken.owned, capacity=pool.capacity, claimed_today=taken.today, per_day=pool.per_day,
        gave_up_on=taken.gave_up_on, rest=pool.rest_days, today=ctx.today,
    )  # fmt: skip
    return Assessment(content={"customer": str(given.customer)}, carry=scope, objections=tuple(found))


@operation(
    "relations.claim", T("领取客户", "Claim customer"), Pool, input=Claim, assess=assess_claim, menu=False, clauses=["4.2.3"],
    help=T(
        "从公海领取一个客户，成为其负责人；三个工作日内须联系。",
        "Takes a customer out of the pool and answers for it; the first contact is due within three working days.",
    ),
)  # fmt: skip
def claim(pool: Pool, given: Claim, ctx: Context, assessment: Assessment) -> Effects:
    """The door holds the pool's row: of two who claim one customer, the second finds it gone."""
    effects = Effects(result=pool)
    take_out(effects, ctx, pool, [given.customer], ctx.user_id, assessment.carry, PoolMoveKind.CLAIMED)
    return effects


class Assign(Input):
    """Who takes which customers."""

    customers: list[Ref("customers.customer")] = field(T("客户", "Customers"), min_length=1, max_length=200)
    to: Ref("kernel.user") = field(T("分配给", "To"))


def assess_assign(pool: Pool, given: Assign | None, ctx: Context) -> Assessment:
    """All in this pool, and within the capacity of who takes them; the day's number is for claims only."""
    if given is None:
        return Assessment()
    found: list[Objection] = []
    pooled = groups.standings(pool.company_id).filter(pk__in=given.customers, pool=pool)
    here = set(pooled.values_list("pk", flat=True))
    found += [
        rules.NOT_POOLED.refuse(path=f"customers.{index}")
        for index, customer_id in enumerate(given.customers)
        if customer_id not in here
    ]
    scope = scope_columns(given.to, ctx.company_id, ctx.today)
    if scope is None:
        found.append(NO_POST.refuse(path="to"))
    owned = queries.owned_count(pool.company_id, given.to)
    if owned + len(set(given.customers)) > pool.capacity:
        found.append(rules.FULL.refuse(path="to", count=owned, capacity=pool.capacity))
    return Assessment(carry=scope, objections=tuple(found))


@operation(
    "relations.assign", T("分配客户", "Assign customers"), Pool, input=Assign, assess=assess_assign, clauses=["4.2.3"],
    help=T("把公海里的客户分配给一个人。", "Gives customers of the pool to somebody."),
)  # fmt: skip
def assign(pool: Pool, given: Assign, ctx: Context, assessment: Assessment) -> Effects:
    """They belong to that person, who is asked to get in touch."""
    effects = Effects(result=pool)
    take_out(
        effects,
        ctx,
        pool,
        list(dict.fromkeys(given.customers)),
        given.to,
        assessment.carry,
        PoolMoveKind.ASSIGNED,
    )
    return effects


_TAKEN = """
UPDATE relations_standing SET pool_id = NULL, pooled_on = NULL, version = version + 1
WHERE id = ANY(%s) AND pool_id = %s
RETURNING new.id, jsonb_build_object('pool_id', old.pool_id), jsonb_build_object('pool_id', new.pool_id)
"""


def take_out(
    effects: Effects,
    ctx: Context,
    pool: Pool,
    ids: Iterable[UUID],
    to: UUID,
    scope: dict[str, Any],
    kind: PoolMoveKind,
) -> None:
    """Customers leave a pool for somebody, with history and a task for the first contact."""
    wanted = list(ids)
    known = customers(wanted)
    effects.insert(
        *(
            PoolMove(
                id=new_id(), company_id=pool.company_id, customer=customer, pool=pool, kind=kind.value,
                moved_on=ctx.today, at=ctx.now, owner_before_id=customer.owner_id, owner_after_id=to,
            )
            for customer in known.values()
        )
    )  # fmt: skip
    effects.execute(Standing, _TAKEN, [wanted, pool.pk])
    give_to(effects, wanted, to, {"department_path": scope.get("department_path", "")})
    due = at_end_of(calendar.add_working_days(ctx.today, FIRST_CONTACT))
    for customer in known.values():
        customer.owner_id, customer.department_path = to, scope.get("department_path", "")
        effects.tasks.append(NewTask(CONTACT, customer, owner_id=to, due_at=due))
