"""Consents: asked for, granted with proof, renewed, withdrawn at once, expired (clauses 4.3.1, 4.3.4)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints

from sellwell.foundation.privacy import queries, rules
from sellwell.foundation.privacy.models import Consent, ConsentText, DataSubject
from sellwell.foundation.privacy.operations.whose import Found, OfWhom, find
from sellwell.foundation.privacy.rules.words import Age, ConsentKind, ConsentState, Law, Purpose, Way
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T, months_later

REQUESTED, GRANTED, RENEWED = ConsentState.REQUESTED, ConsentState.GRANTED, ConsentState.RENEWED
EXPIRED, WITHDRAWN = ConsentState.EXPIRED, ConsentState.WITHDRAWN
# For these a consent given for itself is asked (PIPL arts. 23, 25, 39).
SEPARATE = (Purpose.SHARING, Purpose.PUBLICATION, Purpose.ABROAD)

NO_TEXT = Reason(
    "privacy.no_text",
    T(
        "“{purpose}”还没有生效的同意文本。请先起草并发布。",
        "No wording for “{purpose}” is in force. Draft and publish one first.",
    ),
)
NO_PROOF = Reason(
    "privacy.no_proof",
    T(
        "请上传凭证，或填写凭证编号（录音编号、表单编号等）。",
        "Add a file, or the reference of the proof (recording, form).",
    ),
)
AHEAD = Reason("privacy.consent_ahead", T("同意日期不能晚于今天。", "The day of consent must not lie ahead."))
BEFORE_TEXT = Reason(
    "privacy.before_text",
    T(
        "文本自 {since} 起使用，同意日期不能更早。",
        "The wording is in use from {since}: the consent cannot be older.",
    ),
)
GUARDIAN = Reason(
    "privacy.guardian",
    T("此人未达年龄，须由监护人同意。", "This person is too young: a guardian must consent."),
)


class ForWhat(OfWhom):
    """The person, and the purpose."""

    purpose: Purpose = field(T("用途", "Purpose"))


class Given(Input):
    """When, how, and what proves it."""

    way: Way = field(T("渠道", "Channel"))
    granted_on: date = field(T("同意日期", "Consented on"))
    proof_file: Ref("kernel.storedfile") | None = field(T("凭证文件", "Proof (file)"), None)
    proof_reference: Annotated[Code, StringConstraints(max_length=60)] = field(
        T("凭证编号", "Proof (reference)"), "", help=T("录音、表单或邮件的编号，不写姓名和电话", "Number of a recording, form or mail; no names or phones")
    )  # fmt: skip
    guardian: bool = field(T("监护人同意", "A guardian consented"), False)
    note: ShortText = field(T("说明", "Note"), "")


class Record(Given, ForWhat):
    """A consent that was given."""


def objections_to(given: Given, text: ConsentText | None, purpose: Purpose, person: DataSubject | None, ctx: Context) -> list[Objection]:  # fmt: skip
    """What is missing: wording, proof, a guardian; and days that cannot be."""
    found = [] if text is not None else [NO_TEXT.refuse("purpose", purpose=purpose)]
    if given.proof_file is None and not given.proof_reference:
        found.append(NO_PROOF.refuse("proof_reference"))
    if given.granted_on > ctx.today:
        found.append(AHEAD.refuse("granted_on"))
    elif text is not None and text.since is not None and given.granted_on < text.since:
        found.append(BEFORE_TEXT.refuse("granted_on", since=text.since))
    known = rules.Person(Law(person.law), Age(person.age)) if person is not None else rules.Person()
    if rules.needs_guardian(known) and not given.guardian:
        found.append(GUARDIAN.refuse("guardian"))
    return found


def assess_record(row: None, given: Record, ctx: Context) -> Assessment:
    """The person, the wording in force, and proof."""
    found, wrong = find(given.customer, given.contact)
    text = queries.text_in_force(ctx.company_id, given.purpose)
    person = _described(ctx, found)
    wrong += objections_to(given, text, given.purpose, person, ctx)
    return Assessment(carry=(found, text), objections=tuple(wrong))


def _described(ctx: Context, found: Found | None) -> DataSubject | None:
    if found is None:
        return None
    return DataSubject.objects.filter(company_id=ctx.company_id, subject_id=found.somebody.subject_id).first()


@operation(
    "privacy.record_consent", T("登记同意", "Record consent"), Consent, input=Record, creates=True, parent="customer",
    assess=assess_record, clauses=["4.3.1"],
    help=T("登记本人对某一用途的同意：所示文本、时间、渠道和凭证。", "What somebody agreed to: the wording shown, when, by which channel, with which proof."),
)  # fmt: skip
def record_consent(row: None, given: Record, ctx: Context, assessment: Assessment) -> Effects:
    """Granted, to the wording in force."""
    found, text = assessment.carry
    made = new_consent(found, given.purpose, GRANTED, ctx, **_granted(given, text))
    effects = Effects(result=made)
    effects.insert(made)
    return effects


def new_consent(found: Found, purpose: Purpose, state: ConsentState, ctx: Context, **values: Any) -> Consent:
    """A row about a person and a purpose, not written yet."""
    one = found.somebody
    return Consent(
        company_id=found.customer.company_id, subject_id=one.subject_id, customer=found.customer, contact_id=one.contact_id,
        purpose=purpose.value, state=state.value, said_at=ctx.now, recorded_by_id=ctx.user_id, **values,
    )  # fmt: skip


def _granted(given: Given, text: ConsentText) -> dict[str, Any]:
    ends = months_later(given.granted_on, text.months) if text.months else None
    return {
        "text": text, "kind": text.kind, "way": given.way.value, "granted_on": given.granted_on, "expires_on": ends,
        "proof_file_id": given.proof_file, "proof_reference": given.proof_reference, "guardian": given.guardian,
        "note": given.note,
    }  # fmt: skip


class Ask(ForWhat):
    """Somebody is asked."""

    way: Way = field(T("渠道", "Channel"))


def assess_ask(row: None, given: Ask, ctx: Context) -> Assessment:
    """There must be something to show."""
    found, wrong = find(given.customer, given.contact)
    text = queries.text_in_force(ctx.company_id, given.purpose)
    if text is None:
        wrong.append(NO_TEXT.refuse("purpose", purpose=given.purpose))
    return Assessment(carry=(found, text), objections=tuple(wrong))


@operation(
    "privacy.ask_consent", T("征求同意", "Ask for consent"), Consent, input=Ask, creates=True, parent="customer",
    assess=assess_ask, clauses=["4.3.1"],
    help=T("记下已向本人出示文本并征求同意；答复后登记结果。", "The person was shown the wording and asked; the answer is entered later."),
)  # fmt: skip
def ask_consent(row: None, given: Ask, ctx: Context, assessment: Assessment) -> Effects:
    """A question; it permits nothing."""
    found, text = assessment.carry
    made = new_consent(found, given.purpose, REQUESTED, ctx, text=text, kind=text.kind, way=given.way.value)
    effects = Effects(result=made)
    effects.insert(made)
    return effects


def assess_grant(row: Consent, given: Given | None, ctx: Context) -> Assessment:
    """As if recorded now: the wording in force today."""
    purpose = Purpose(row.purpose)
    text = queries.text_in_force(row.company_id, purpose)
    if given is None:
        return Assessment(carry=text)
    person = DataSubject.objects.filter(company_id=row.company_id, subject_id=row.subject_id).first()
    return Assessment(carry=text, objections=tuple(objections_to(given, text, purpose, person, ctx)))


@operation(
    "privacy.grant_consent", T("登记答复：同意", "The answer is yes"), Consent, input=Given, from_states=[REQUESTED],
    assess=assess_grant, clauses=["4.3.1"], help=T("本人答复同意，登记凭证。", "The person said yes; enter the proof."),
)  # fmt: skip
def grant_consent(row: Consent, given: Given, ctx: Context, assessment: Assessment) -> Effects:
    """The question becomes a consent."""
    effects = Effects(result=row)
    effects.update(row, state=GRANTED.value, said_at=ctx.now, **_granted(given, assessment.carry))
    return effects


@operation(
    "privacy.renew_consent", T("续期同意", "Renew consent"), Consent, input=Given, from_states=[GRANTED, EXPIRED],
    assess=assess_grant, clauses=["4.3.1"],
    help=T("本人再次同意现行文本；原同意保留为历史。", "The person agreed again, to the wording of today; the earlier consent stays as history."),
)  # fmt: skip
def renew_consent(row: Consent, given: Given, ctx: Context, assessment: Assessment) -> Effects:
    """The old one is history, the new one counts."""
    made = Consent(
        company_id=row.company_id, subject_id=row.subject_id, customer_id=row.customer_id, contact_id=row.contact_id,
        purpose=row.purpose, state=GRANTED.value, said_at=ctx.now, recorded_by_id=ctx.user_id,
        **_granted(given, assessment.carry),
    )  # fmt: skip
    effects = Effects(result=made)
    effects.update(row, state=RENEWED.value)
    effects.insert(made)
    return effects


class Withdraw(Input):
    """How the person said so. No reason is asked (PIPL art. 15: withdrawing is easy)."""

    way: Way = field(T("渠道", "Channel"))
    note: ShortText = field(T("说明", "Note"), "")


@operation(
    "privacy.withdraw_consent", T("撤回同意", "Withdraw consent"), Consent, input=Withdraw, from_states=[REQUESTED, GRANTED, EXPIRED],
    clauses=["4.3.1", "4.3.4"],
    help=T("本人撤回同意或答复拒绝，立即生效；撤回前的使用仍然合法。", "The person withdrew or said no. It counts at once; what was done before stays lawful."),
)  # fmt: skip
def withdraw_consent(row: Consent, given: Withdraw, ctx: Context, assessment: Assessment) -> Effects:
    """No use from now on: every room asks `queries.may_use`."""
    effects = Effects(result=row)
    withdrawn(effects, row, given.way, ctx, given.note)
    return effects


def withdrawn(effects: Effects, row: Consent, way: Way, ctx: Context, note: str = "") -> None:
    """A consent ends today by its person's word."""
    values = {
        "state": WITHDRAWN.value,
        "withdrawn_on": ctx.today,
        "withdrawn_way": way.value,
        "said_at": ctx.now,
    }
    if note:
        values["note"] = note
    effects.update(row, **values)
    effects.events.append(
        NewEvent("privacy.withdrawn", {"subject": str(row.subject_id), "purpose": row.purpose, "customer": str(row.customer_id)})
    )  # fmt: skip


class Object(OfWhom):
    """Somebody says no to something, asked or not."""

    purposes: list[Purpose] = field(T("用途", "Purposes"), min_length=1, max_length=len(Purpose))
    way: Way = field(T("渠道", "Channel"))
    note: ShortText = field(T("说明", "Note"), "")


def assess_object(row: None, given: Object, ctx: Context) -> Assessment:
    """A person of the customer."""
    found, wrong = find(given.customer, given.contact)
    return Assessment(carry=found, objections=tuple(wrong))


@operation(
    "privacy.record_refusal", T("登记拒绝", "Record a refusal"), Consent, input=Object, creates=True, parent="customer",
    assess=assess_object, clauses=["4.3.1", "4.3.4"],
    help=T("本人表示不愿其信息用于某些用途，立即生效；已有的同意同时撤回。", "The person does not want it: counts at once, consents given before are withdrawn too."),
)  # fmt: skip
def record_refusal(row: None, given: Object, ctx: Context, assessment: Assessment) -> Effects:
    """Consents that count are withdrawn; where there is none, the no itself is noted."""
    effects, found = Effects(), assessment.carry
    refused = refuse_all(effects, found, list(dict.fromkeys(given.purposes)), given.way, ctx, given.note)
    effects.result = refused[0]
    return effects


def refuse_all(
    effects: Effects, found: Found, purposes: list[Purpose], way: Way, ctx: Context, note: str = ""
) -> list[Consent]:
    """The person says no to these purposes from today on; gives the rows that say so, one per purpose at least."""
    rows = list(
        Consent.objects.filter(
            company_id=found.customer.company_id, subject_id=found.somebody.subject_id,
            purpose__in=[p.value for p in purposes], state__in=[REQUESTED.value, GRANTED.value, EXPIRED.value],
        )
    )  # fmt: skip
    for row in rows:
        withdrawn(effects, row, way, ctx, note)
    for purpose in [p for p in purposes if p.value not in {row.purpose for row in rows}]:
        made = new_consent(
            found, purpose, WITHDRAWN, ctx, kind=ConsentKind.GENERAL.value, way=way.value, withdrawn_way=way.value,
            withdrawn_on=ctx.today, note=note,
        )  # fmt: skip
        effects.insert(made)
        rows.append(made)
    return rows


@operation(
    "privacy.expire_consent", T("同意失效", "Consent expires"), Consent, from_states=[GRANTED], menu=False, channels=["job"],
    clauses=["4.3.1"], help=T("到期或文本有实质变更的同意自动失效。", "A consent that ran out, or whose wording changed in substance, expires by itself."),
)  # fmt: skip
def expire_consent(row: Consent, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The state says what the rules said from the day itself on."""
    effects = Effects(result=row)
    effects.update(row, state=EXPIRED.value)
    return effects
