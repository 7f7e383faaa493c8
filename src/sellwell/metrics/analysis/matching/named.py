"""Records as others write them: the field names that files may use, and how a person's become those that are compared."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "company": ("name", "uscc", "phone", "email", "address", "contact"),
    "person": (
        "given_name", "surname", "gender", "date_of_birth", "national_id", "phone", "email", "address", "street_number",
        "address_1", "address_2", "suburb", "postcode", "state", "city", "birth_place", "occupation",
    ),
}  # fmt: skip

_SAME = ("gender", "phone", "email", "postcode", "birth_place", "occupation")


def as_person(row: Mapping[str, str]) -> dict[str, str]:
    """A record for PERSONS: number and street are one line, a suburb stands for a town where no city is given.

    `address_2` (a house or farm) and `state` are read and not compared: the postcode says as much.
    """
    street = f"{row.get('street_number', '').strip()} {row.get('address_1', '').strip()}".strip()
    return {
        "id": row["id"],
        "given": row.get("given_name", ""),
        "family": row.get("surname", ""),
        "born": row.get("date_of_birth", ""),
        "id_number": row.get("national_id", ""),
        "street": street or row.get("address", ""),
        "city": row.get("city", "").strip() or row.get("suburb", ""),
        **{name: row.get(name, "") for name in _SAME},
    }
