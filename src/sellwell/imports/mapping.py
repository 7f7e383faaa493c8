"""A mapping says how a file's columns become fields. YAML:

    source: online-retail          # the name of the source: part of every row's identity
    currency: GBP                  # the documents' currency
    rate: "10.32"                  # company currency per unit of it
    tax_rate: "0"                  # prices are taken as tax-inclusive at this rate
    return_prefix: C               # documents whose number begins so are returns
    without_customer: reject       # or the name of one customer who stands for all
    timezone: Europe/London
    fields:
      invoice: InvoiceNo
      product: StockCode
      name: Description
      quantity: Quantity
      day: InvoiceDate
      price: UnitPrice
      customer: CustomerID
      region: Country
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sellwell.kernel.values import Reason, Refusal, T

MAPPING = Reason("import.mapping", T("映射文件有误：{path}：{problem}", "The mapping is wrong: {path}: {problem}"))

Key = Annotated[str, Field(min_length=1, max_length=80)]


class Fields(BaseModel):
    """Which column holds which field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    invoice: Key
    product: Key
    quantity: Key
    day: Key
    price: Key
    customer: Key
    name: Key | None = None
    customer_name: Key | None = None
    region: Key | None = None


class Mapping(BaseModel):
    """A mapping for orders."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    rate: Annotated[Decimal, Field(gt=0, le=100000)] = Decimal(1)
    tax_rate: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    return_prefix: Annotated[str, Field(max_length=10)] = ""
    without_customer: Annotated[str, Field(max_length=60)] = "reject"
    timezone: str = "Asia/Shanghai"
    fields: Fields


def read(path: Path) -> Mapping:
    """The mapping in a YAML file; `Refusal` names each wrong place."""
    return parse(path.read_bytes())


def parse(content: bytes) -> Mapping:
    """The mapping in YAML text."""
    try:
        source: Any = yaml.safe_load(content)
        return Mapping.model_validate(source if isinstance(source, dict) else {})
    except yaml.YAMLError as error:
        raise Refusal(MAPPING.refuse(path="YAML", problem=str(error).splitlines()[0])) from None
    except ValidationError as error:
        raise Refusal(
            [MAPPING.refuse(path=".".join(map(str, e["loc"])), problem=e["msg"]) for e in error.errors(include_url=False)]
        ) from None
