"""Is this customer known already? Equal keys refuse and say who holds it; similar names only warn (clause 1.4.2)."""

from __future__ import annotations

from uuid import UUID

from sellwell.foundation.customers import queries, rules
from sellwell.foundation.customers.identity import Keys
from sellwell.foundation.customers.models import Customer
from sellwell.kernel import access
from sellwell.kernel.operations import Context
from sellwell.kernel.personal_values import mask_name
from sellwell.kernel.values import Objection, Reason, T

HELD = Reason(
    "customers.duplicate",
    T(
        "此{key}已登记为客户“{customer}”，负责人：{owner}。请使用已有客户，或与负责人联系。",
        "This {key} belongs to the customer “{customer}”, owner {owner}. Use that record, or talk to its owner.",
    ),
)
CONTACT_OF = Reason(
    "customers.contact_elsewhere",
    T(
        "此{key}与客户“{customer}”的联系人相同（负责人：{owner}）。请确认不是同一客户。",
        "This {key} is that of a contact of “{customer}” (owner {owner}). Make sure that they are not the same.",
    ),
)
SIMILAR = Reason(
    "customers.similar",
    T(
        "名称相近的客户：{names}。请确认不是同一客户。",
        "Customers with a similar name: {names}. Make sure that they are not the same.",
    ),
)
KEY_NAMES = {
    "uscc": T("统一社会信用代码", "social credit code"),
    "phone": T("电话", "phone number"),
    "email": T("邮箱", "e-mail address"),
}


def objections(ctx: Context, keys: Keys, name: str = "", but: Customer | None = None) -> list[Objection]:
    """Everything that says 'known already'. `but` is the customer at hand, when one is changed."""
    party = but.party_id if but is not None else None
    found = exact(ctx, keys, party)
    known = {o.path for o in found}
    found += [
        CONTACT_OF.warn(path=m.key, key=KEY_NAMES[m.key], **who(ctx, m.customer))
        for m in queries.contact_holders(ctx.company_id, keys, party)
        if m.key not in known
    ]
    alike = queries.similar(ctx.company_id, name, but.pk if but is not None else None) if name else []
    if alike:
        names = "；".join(f"{who(ctx, c)['customer']}（{who(ctx, c)['owner']}）" for c in alike)
        found.append(SIMILAR.warn(path="name", names=names))
    return found


def exact(ctx: Context, keys: Keys, but_party: UUID | None = None) -> list[Objection]:
    """Refusals for keys that another customer of the company holds."""
    return [
        HELD.refuse(path=m.key, key=KEY_NAMES[m.key], **who(ctx, m.customer))
        for m in queries.holders(ctx.company_id, keys, but_party)
    ]


def who(ctx: Context, customer: Customer) -> dict[str, str]:
    """Which customer, and whose it is; masked for those who may not see the customer."""
    region = f"（{customer.region}）" if customer.region else ""
    return {"customer": name_for(ctx, customer), "owner": f"{customer.owner.name}{region}"}


def name_for(ctx: Context, customer: Customer) -> str:
    """A customer's name, masked for those who may not see the customer."""
    name = customer.party.name
    if is_visible(ctx, customer):
        return name
    return mask_name(name) if customer.party.kind == "person" else rules.masked_organisation(name)


def is_visible(ctx: Context, customer: Customer) -> bool:
    """Whether the reader may see this customer."""
    return ctx.actor.is_system or access.cell_for(ctx.actor, "customers.view", customer) is not None
