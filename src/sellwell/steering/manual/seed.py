"""The default manual and its bases, put into every database; what people changed stays as it is."""

from __future__ import annotations

from datetime import date

from sellwell.kernel import clock, search
from sellwell.kernel.ids import new_id
from sellwell.kernel.seeds import seed_with
from sellwell.steering.manual import shipped
from sellwell.steering.manual.models import Basis, Edition, EditionState, Passage

TITLE = "默认手册"


@seed_with
def seed_bases(since: date) -> None:
    """Bases that are not in the register yet, successors after those that they replace."""
    known = {basis.code: basis for basis in Basis.objects.all()}
    made = []
    for one in sorted(shipped.bases(), key=lambda b: bool(b.successor)):
        if one.code not in known:
            known[one.code] = Basis.objects.create(
                code=one.code, kind=one.kind, state=one.status, zh=one.zh, en=one.en, issuer=one.issuer,
                edition=one.edition, since=one.since, until=one.until, successor=known.get(one.successor),
            )  # fmt: skip
            made.append(known[one.code])
    search.write(made)


@seed_with
def seed_manual(since: date) -> None:
    """The first edition, in force from the beginning; a company's own editions follow it."""
    if Edition.objects.exists():
        return
    edition = Edition.objects.create(
        number=1, title=TITLE, note="随产品提供 / shipped with the product", since=since,
        state=EditionState.PUBLISHED.value, created_at=clock.now(),
    )  # fmt: skip
    cited = shipped.cites()
    Passage.objects.bulk_create(
        Passage(
            id=new_id(), edition=edition, number=text.number, level=text.level, position=position, zh=text.zh,
            en=text.en, bases=list(cited.get(text.number, ())),
        )
        for position, text in enumerate(shipped.passages(), start=1)
    )  # fmt: skip
