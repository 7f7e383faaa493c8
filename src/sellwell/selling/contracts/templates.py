"""The company's contract templates: shipped wording, brought in when a kind is first used."""

from __future__ import annotations

import json

from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.operations import Context
from sellwell.selling.contracts.models import ContractTemplate
from sellwell.selling.contracts.wording import TEMPLATES

_INSERT = """
INSERT INTO contracts_contracttemplate (id, version, company_id, code, name, kind, terms)
VALUES (%s, 1, %s, %s, %s, %s, %s::jsonb)
ON CONFLICT (company_id, code) DO NOTHING
RETURNING new.id, NULL::jsonb, to_jsonb(new)
"""


def template_for(effects: Effects, ctx: Context, kind: str) -> ContractTemplate:
    """The company's template of a kind. Two first contracts at once still make one template."""
    known = ContractTemplate.objects.filter(company_id=ctx.company_id, code=kind)
    found = known.first()
    if found is None:
        name, _, terms = TEMPLATES[kind]
        values = [new_id(), ctx.company_id, kind, name, kind, json.dumps(terms, ensure_ascii=False)]
        effects.execute(ContractTemplate, _INSERT, values)
        found = known.get()
    return found
