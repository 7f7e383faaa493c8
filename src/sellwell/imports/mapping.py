"""A mapping says how a file's columns become fields. YAML:

source: online-retail          # the name of the source: part of every row's identity
currency: GBP                  # the documents' currency
rate: "10.32"                  # company currency per unit of it
tax_rate: "0"                  # prices are taken as tax-inclusive at this rate
return_prefix: C               # documents whose number begins so are returns
without_customer: reject       # or the name of one customer who stands for all
timezone: Europe/London        # of the source's days
day_order: ymd                 # how 01/05/2024 is meant: dmy or mdy; ymd refuses it
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
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sellwell.kernel.inputs import message
from sellwell.kernel.values import Objection, Reason, Refusal, T

MAPPING = Reason(
    "import.mapping", T("映射有误：{place}：{problem}", "The mapping is wrong: {place}: {problem}")
)
NO_ZONE = T("没有这个时区。例如 Asia/Shanghai。", "There is no such time zone. One is Asia/Shanghai.")
TOO_LARGE = T("文件过大。", "The file is too large.")
MOST_BYTES = 100_000
MOST_CUSTOMER_NUMBER = 40

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


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("zone", "This is no time zone, as Asia/Shanghai is one.") from None
    return name


class Mapping(BaseModel):
    """A mapping for orders."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    rate: Annotated[Decimal, Field(gt=0, le=100000)] = Decimal(1)
    tax_rate: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    return_prefix: Annotated[str, Field(max_length=10)] = ""
    without_customer: Annotated[str, Field(min_length=1, max_length=40)] = "reject"
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    day_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    fields: Fields

    @model_validator(mode="after")
    def _room_for_keys(self) -> Mapping:
        """A customer made here is numbered "source/key": both must fit."""
        if len(self.source) + 1 + len(self.without_customer) > MOST_CUSTOMER_NUMBER:
            raise PydanticCustomError(
                "string_too_long", "too long", {"max_length": MOST_CUSTOMER_NUMBER - 1 - len(self.source)}
            )
        return self


def read(path: Path) -> Mapping:
    """The mapping in a YAML file; `Refusal` names each wrong place."""
    with path.open("rb") as source:
        content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refusal(MAPPING.refuse(place="YAML", problem=TOO_LARGE))
    return parse(content)


def parse(content: bytes) -> Mapping:
    """The mapping in YAML text."""
    try:
        source: Any = yaml.safe_load(content)
        return Mapping.model_validate(source if isinstance(source, dict) else {})
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise Refusal(_problems(error)) from None
        raise Refusal(MAPPING.refuse(place="YAML", problem=str(error).splitlines()[0][:120])) from None


def from_values(values: dict[str, Any]) -> Mapping:
    """The mapping from the values of a form."""
    try:
        return Mapping.model_validate(values)
    except ValidationError as error:
        raise Refusal(_problems(error)) from None


def _problems(error: ValidationError) -> list[Objection]:
    found = []
    for item in error.errors(include_url=False):
        place = ".".join(str(part) for part in item["loc"])
        problem = NO_ZONE if item["type"] == "zone" else message(item["type"], item.get("ctx"))
        found.append(MAPPING.refuse(path=place, place=place, problem=problem))
    return found
