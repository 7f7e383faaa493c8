"""Reads of contracts that more than one place needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db.models import F

from sellwell.foundation.catalog.queries import ProductFacts
from sellwell.foundation.catalog.queries import products as product_facts
from sellwell.foundation.company.queries import company
from sellwell.foundation.customers.queries import delivery_address
from sellwell.foundation.pricing.rules import RoundingAt
from sellwell.kernel import generations
from sellwell.kernel.operations import Lock, lock
from sellwell.kernel.values import Rounding
from sellwell.selling.contracts.models import Contract, ContractLine


@dataclass(frozen=True, slots=True)
class RoundingOption:
    """How a company rounds money: the mode, and whether tax is rounded by line or by document."""

    mode: Rounding
    at: RoundingAt


_rounding: dict[UUID, tuple[int, RoundingOption]] = {}


def rounding(company_id: UUID) -> RoundingOption:
    """The company's option; read once per process until the organisation changes, since every document asks."""
    generation = generations.current("organisation")
    known = _rounding.get(company_id)
    if known is None or known[0] != generation:
        house = company(company_id)
        option = RoundingOption(cast("Rounding", house.rounding), cast("RoundingAt", house.rounding_at))
        known = _rounding[company_id] = (generation, option)
    return known[1]


def customer_address(customer_id: UUID) -> str:
    """The customer's address as the contract names it; empty where none is known."""
    address = delivery_address(customer_id)
    return str(address) if address is not None else ""


def live_lines(contract_id: UUID) -> list[ContractLine]:
    """The lines that count, in their order; replaced ones are left out."""
    return list(ContractLine.objects.filter(contract_id=contract_id, is_void=False).order_by("position"))


def is_left(contract_id: UUID) -> bool:
    """Whether a contract has quantities that no order called off."""
    lines = ContractLine.objects.filter(contract_id=contract_id, is_void=False)
    return lines.filter(ordered__lt=F("quantity")).exists()


def products(contract: Contract, lines: Iterable[ContractLine]) -> dict[UUID, ProductFacts]:
    """The products of lines, as they are on the contract's day."""
    return product_facts([line.product_id for line in lines], contract.company_id, contract.business_date)


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """What a signed contract says of a product: its price, and how much of it is not ordered yet."""

    id: UUID
    contract_id: UUID
    product_id: UUID
    unit_price: Decimal
    list_price: Decimal
    left: Decimal


def agreed_lines(contract_id: UUID) -> dict[UUID, AgreedLine]:
    """The live lines of a contract by their identifiers, for orders that call them off."""
    return {
        line.id: AgreedLine(
            line.id,
            contract_id,
            line.product_id,
            line.unit_price,
            line.list_price,
            line.quantity - line.ordered,
        )
        for line in live_lines(contract_id)
    }


def contract_locks(contract_id: UUID | None) -> list[Lock]:
    """The lock under which a contract's quantities left do not change."""
    return [lock("parent", Contract, [contract_id])] if contract_id else []
