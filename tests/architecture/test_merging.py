"""Every table that refers to a customer or a party says what happens to its rows at a merge and at an erasure."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from sellwell.foundation.customers.merging import LINKED
from sellwell.foundation.customers.models import Customer, Party
from sellwell.kernel import personal


def referring() -> list[tuple[type[models.Model], models.Field]]:
    """Every column that holds a customer or a party: foreign keys, and identifiers by their name."""
    return [
        (model, field)
        for model in apps.get_models()
        if model.__module__.startswith("sellwell.")
        for field in model._meta.concrete_fields
        if (field.is_relation and field.related_model in (Customer, Party))
        or (isinstance(field, models.UUIDField) and field.name.endswith(("customer_id", "party_id")))
    ]


def test_every_table_of_a_customer_says_what_happens_at_a_merge() -> None:
    silent = [
        f"{model._meta.label}.{field.name}"
        for model, field in referring()
        if (model._meta.label_lower, field.column) not in LINKED
    ]
    assert not silent, "say it in the room's extensions.py: see foundation/customers/merging.py"


def test_the_columns_that_are_known_to_refer_to_customers_are_found() -> None:
    found = {f"{model._meta.label_lower}.{field.column}" for model, field in referring()}
    assert {"orders.order.customer_id", "kernel.fact.customer_id", "customers.customer.party_id"} <= found


def test_every_table_of_a_customer_with_personal_columns_has_an_eraser() -> None:
    lacking = {
        model._meta.label
        for model, _ in referring()
        if getattr(model, "personal", ()) and model._meta.label_lower not in personal.ERASERS
    }
    assert not lacking, "register it: kernel.personal.register_eraser"


def test_no_free_text_of_a_customer_hides_from_erasure() -> None:
    """A text that people write beside a customer is personal to it, unless the table has no subject at all."""
    unmarked = {
        f"{model._meta.label}.{field.name}"
        for model, _ in referring()
        if "subject" in vars(model)
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField) and field.name not in getattr(model, "personal", ())
    }
    assert not unmarked


def test_what_stays_says_why() -> None:
    assert all(linked.why for linked in LINKED.values() if linked.how == "stays")


def test_append_only_rows_are_never_moved() -> None:
    moving = {
        linked.label
        for linked in LINKED.values()
        if linked.how != "stays" and getattr(linked.model, "append_only", False)
    }
    assert not moving
