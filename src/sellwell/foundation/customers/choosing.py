"""Which value of each field two merged customers have, and the way back: values as text, kept as envelopes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sellwell.foundation.customers import identity
from sellwell.foundation.customers.models import Customer, Merge, MergeState, ValueSource
from sellwell.kernel import personal
from sellwell.kernel.drafting import scope_of
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context

OF_PARTY = ("name", "short_name", "uscc", "phone", "email")
OF_CUSTOMER = ("industry", "channel", "owner", "note")
FIELDS = (*OF_PARTY, *OF_CUSTOMER)


def values_of(customer: Customer) -> dict[str, str]:
    """A customer's fields as text; numbers opened, the owner with the scope columns."""
    party = customer.party
    phone, email = personal.open_many([party.phone, party.email])
    return {
        "name": party.name,
        "short_name": party.short_name,
        "uscc": party.uscc or "",
        "phone": phone or "",
        "email": email or "",
        "industry": customer.industry,
        "channel": customer.channel,
        "owner": json.dumps(scope_of(customer), default=str, sort_keys=True),
        "note": customer.note,
    }


def write(effects: Effects, customer: Customer, values: Mapping[str, str]) -> None:
    """Put these values into a customer and its party."""
    party: dict[str, Any] = {name: values[name] for name in ("name", "short_name") if values.get(name)}
    if values.get("short_name") == "":
        party["short_name"] = ""
    if "uscc" in values:
        party["uscc"] = values["uscc"] or None
    if "phone" in values:
        party |= identity.sealed_phone(customer.party_id, values["phone"])
    if "email" in values:
        party |= identity.sealed_email(customer.party_id, values["email"])
    own: dict[str, Any] = {name: values[name] for name in ("industry", "channel", "note") if name in values}
    if "owner" in values:
        scope = json.loads(values["owner"])
        own |= scope | {"owner_id": UUID(scope["owner_id"])}
    effects.update(customer.party, **party)
    effects.update(customer, **own)


def take_over(
    effects: Effects, customer: Customer, other: Customer, taken: Iterable[str], shares_party: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The survivor gets the taken values; gives what it had before and what it got, by field, as envelopes.

    A code that the survivor lacks comes along by itself: a code belongs to one party only.
    """
    mine, theirs = values_of(customer), values_of(other)
    names = set(taken)
    if theirs["uscc"] and not mine["uscc"] and not shares_party:
        names.add("uscc")
    names = {name for name in names if theirs[name] != mine[name] and (theirs[name] or name != "name")}
    if "uscc" in names:
        effects.update(other.party, uscc=None)
    write(effects, customer, {name: theirs[name] for name in names})
    # each value under the key of whose it was: who is erased after parting is gone from here too
    return _sealed(customer, mine, names), _sealed(other, theirs, names)


def _sealed(customer: Customer, values: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    wanted = sorted(names)
    envelopes = personal.seal_many([(customer.party_id, values[name]) for name in wanted])
    return dict(zip(wanted, envelopes, strict=True))


def opened(envelopes: Mapping[str, Any]) -> dict[str, str]:
    """Kept values in clear."""
    texts = personal.open_many(list(envelopes.values()))
    return {name: text or "" for name, text in zip(envelopes, texts, strict=True)}


def restore(effects: Effects, made: Merge) -> None:
    """The survivor gets back what it had, except where it was changed since; the loser gets its code back.

    Where a later merge changed it, that one gives back what was there before this one: the loser's values stay with it.
    """
    now, before, chosen = values_of(made.survivor), opened(made.before), opened(made.chosen)
    since = Merge.objects.filter(
        survivor_id=made.survivor_id, state=MergeState.DONE.value, created_at__gte=made.created_at
    ).exclude(pk=made.pk)
    later: dict[str, Merge] = {}
    for one in since.order_by("-created_at", "-id"):
        later |= dict.fromkeys(one.before, one)
    given_back: dict[Merge, dict[str, Any]] = {}
    for name in before.keys() & later.keys():
        one = later[name]
        if opened({name: one.before[name]})[name] == chosen[name]:
            given_back.setdefault(one, {})[name] = made.before[name]
    for one, values in given_back.items():
        effects.update(one, before=one.before | values)
    back = {name: value for name, value in before.items() if name not in later and now[name] == chosen[name]}
    write(effects, made.survivor, back)
    if "uscc" in back and chosen["uscc"]:
        effects.update(made.loser.party, uscc=chosen["uscc"])


def way_of(ctx: Context) -> str:
    """How values come in by a channel."""
    return {"import": "import", "api": "api"}.get(ctx.channel, "typed")


def filled(customer: Customer) -> list[str]:
    """The fields of a new customer that hold something; its owner is no value that comes from anywhere."""
    party = customer.party
    held = {name: getattr(party, name) for name in OF_PARTY} | {
        name: getattr(customer, name) for name in ("industry", "note")
    }
    return [name for name, value in held.items() if value]


def differing(customer: Customer, values: Mapping[str, Any]) -> list[str]:
    """Which fields a change gives another value. A number is compared by its fingerprint: each envelope is another."""
    found = []
    for name in FIELDS:
        column = f"{name}_blind" if name in ("phone", "email") else name
        if column in values:
            row = customer.party if name in OF_PARTY else customer
            if getattr(row, column) != values[column]:
                found.append(name)
    return found


def note_sources(
    effects: Effects, ctx: Context, customer: Customer, names: Iterable[str], source: str
) -> None:
    """Where the present values of these fields came from, and when."""
    wanted = list(names)
    known = {row.field: row for row in ValueSource.objects.filter(customer=customer, field__in=wanted)}
    for row in known.values():
        effects.update(row, source=source, at=ctx.now, by_id=ctx.user_id)
    effects.insert(
        *(
            ValueSource(
                id=new_id(), company_id=customer.company_id, customer=customer, field=name, source=source,
                at=ctx.now, by_id=ctx.user_id,
            )
            for name in wanted
            if name not in known
        )
    )  # fmt: skip
