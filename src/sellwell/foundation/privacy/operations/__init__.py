"""The verbs of privacy: wordings and people, consents, requests, looks and exports, impact assessments."""

from sellwell.foundation.privacy.operations import (
    answers,
    assessments,
    consents,
    looks,
    persons,
    requests,
    texts,
)

__all__ = ["answers", "assessments", "consents", "looks", "persons", "requests", "texts"]
