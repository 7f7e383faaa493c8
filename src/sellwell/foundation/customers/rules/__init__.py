"""The pure rules of customers, one file per concept."""

from sellwell.foundation.customers.rules.record import (
    SIMILAR_FROM,
    USCC_OF_PERSON,
    core_of,
    likeness,
    masked_organisation,
    missing_fields,
    most_alike,
    read_uscc,
    terms_objections,
)
