"""Every verb of profiles: made, changed, switched on from a day and off from a day (clause 1.1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Annotated, Any

from django.db.models import F, Q
from pydantic import StringConstraints

from sellwell.foundation.profiles import queries, rules
from sellwell.foundation.profiles.extensions import all_subjects
from sellwell.foundation.profiles.models import Profile, ProfileItem, ProfileSpan, ProfileState
from sellwell.foundation.profiles.rules import Kind
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T, listed

ON, ENDING = ProfileState.ON, ProfileState.ENDING
PLANNED, OFF = ProfileState.PLANNED, ProfileState.OFF
UNIT = "catalog.unit"  # the one subject whose codes people write themselves

CODE_TAKEN = Reason(
    "profiles.code_taken",
    T("代码 {code} 已被使用。请换一个。", "The code {code} is taken. Choose another one."),
)
NO_SUCH_KIND = Reason(
    "profiles.no_such_kind",
    T("没有“{kind}”这一项。请从清单中选择。", "There is no kind “{kind}”. Choose from the list."),
)
BRINGS_NOTHING = Reason(
    "profiles.brings_nothing",
    T("模板还没有内容。请至少选择一项。", "The profile brings nothing yet. Choose at least one kind."),
)
STILL_USED = Reason(
    "profiles.still_used",
    T(
        "还有 {count} 项未办结的单据或在售产品只靠它：{names}。请先办结、停售，或启用包含它们的其他模板。",
        "{count} open documents or products on sale rest on it alone: {names}. Finish or retire them first, or switch on another profile that brings their kinds.",
    ),
)
ON_UNTIL = Reason(
    "profiles.on_until",
    T(
        "此模板启用到 {until}，请填写这一天或以后的日期。",
        "The profile is on until {until}. Enter that day or a later one.",
    ),
)
ON_AHEAD = Reason(
    "profiles.on_ahead",
    T(
        "此模板已安排自 {since} 起启用，不必再次启用。",
        "The profile is to be on from {since} already: it need not be switched on again.",
    ),
)
ENDS_ALREADY = Reason(
    "profiles.ends_already",
    T("此模板已安排自 {until} 起停用。", "The profile is to be off from {until} already."),
)
ON_FROM_TODAY = Reason(
    "profiles.on_from_today",
    T("启用日期不能早于今天 {today}。", "It cannot be switched on before today, {today}."),
)
OFF_FROM_TOMORROW = Reason(
    "profiles.off_from_tomorrow",
    T(
        "停用日期最早为 {day}：今天的单据仍按现有模板办理。",
        "It can be switched off from {day} at the earliest: today's documents keep today's profiles.",
    ),
)

Title = Annotated[Code, StringConstraints(min_length=2, max_length=40)]
Words = Annotated[Code, StringConstraints(max_length=200)]
Unit = Annotated[Code, StringConstraints(min_length=1, max_length=20)]


class Content(Input):
    """What a profile is called and what it brings."""

    name: Title = field(T("名称", "Name"))
    name_en: Words = field(T("英文名称", "English name"), "", max_length=60)
    about: Words = field(T("适用于", "For whom"), "")
    about_en: Words = field(T("适用于（英文）", "For whom, in English"), "")
    brings: list[Code] = field(
        T("包含", "Brings"), default_factory=list, max_length=200,
        help=T("本模板启用后可以使用的类别。", "The kinds that may be used while the profile is on."),
    )  # fmt: skip
    units: list[Unit] = field(
        T("计量单位（每行一个）", "Units (one a line)"), default_factory=list, max_length=100
    )

    def kinds(self) -> set[Kind]:
        """What it brings, as pairs of subject and code."""
        chosen = {(subject, code) for subject, _, code in (one.partition(":") for one in self.brings)}
        return chosen | {(UNIT, unit) for unit in self.units}


class Make(Content):
    """A profile of the company's own."""

    code: Code = field(T("代码", "Code"), pattern=r"^[a-z][a-z0-9_-]{1,19}$")


def unknown(kinds: Iterable[Kind]) -> list[Objection]:
    """What is in no list of kinds."""
    listed = {
        (name, code)
        for name, subject in all_subjects().items()
        if subject.codes is not None
        for code, _ in subject.codes()
    }
    found = sorted(kind for kind in kinds if kind[0] != UNIT and kind not in listed)
    return [NO_SUCH_KIND.refuse(path="brings", kind=f"{subject}:{code}") for subject, code in found]


def content_objections(kinds: Collection[Kind], held: Collection[Kind] = ()) -> list[Objection]:
    """What is wrong with what a profile shall bring. A kind that is no longer listed may stay where it is held."""
    found = unknown(set(kinds) - set(held))
    return found if kinds else [*found, BRINGS_NOTHING.refuse(path="brings")]


def assess_make(row: None, given: Make, ctx: Context) -> Assessment:
    """A code of its own, and kinds that there are."""
    found = content_objections(given.kinds())
    if Profile.objects.filter(company_id=ctx.company_id, code=given.code).exists():
        found.append(CODE_TAKEN.refuse(path="code", code=given.code))
    return Assessment(objections=tuple(found))


@operation(
    "profiles.make", T("新建行业模板", "Make profile"), Profile, input=Make, creates=True, assess=assess_make,
    clauses=["1.1.4"],
    help=T(
        "为公司的一个行业建立模板：产品、单位、税类、合同、渠道与验收方式；启用后生效。",
        "A profile for a trade of the company: products, units, taxes, contracts, channels, acceptance; it counts once switched on.",
    ),
)  # fmt: skip
def make(row: None, given: Make, ctx: Context, assessment: Assessment) -> Effects:
    """The profile with what it brings, off."""
    profile = Profile(
        company_id=ctx.company_id, code=given.code, name=given.name, name_en=given.name_en, about=given.about,
        about_en=given.about_en,
    )  # fmt: skip
    effects = Effects(result=profile)
    effects.insert(profile, *_items(profile, given.kinds(), ctx.today))
    effects.search.append(profile)
    return effects


def _items(profile: Profile, kinds: Iterable[Kind], since: date) -> list[ProfileItem]:
    return [
        ProfileItem(company_id=profile.company_id, profile=profile, topic=subject, code=code, since=since)
        for subject, code in sorted(kinds)
    ]


def assess_change(profile: Profile, given: Content | None, ctx: Context) -> Assessment:
    """Kinds that there are; none goes that open records rest on while the profile is on."""
    if given is None:
        return Assessment()
    held, wanted = queries.brings(profile, ctx.today), given.kinds()
    found = content_objections(wanted, held)
    if profile.state != OFF:
        found += still_used(profile, held - wanted, ctx, "brings")
    return Assessment(carry=wanted, objections=tuple(found))


def still_used(profile: Profile, going: set[Kind], ctx: Context, path: str = "") -> list[Objection]:
    """The open records that rest on kinds which only this profile brings."""
    lost = rules.lost(going, queries.lasting(ctx.company_id, ctx.today, profile.pk))
    depending = queries.depending(ctx.company_id, lost)
    if not depending.count:
        return []
    return [STILL_USED.refuse(path, count=depending.count, names=listed(depending.names))]


def all_of_them(profile: Profile, given: Any, ctx: Context) -> list[Lock]:
    """Every profile of the company: of two that bring a kind, two people do not take away one each at one moment."""
    ids = Profile.objects.filter(company_id=profile.company_id).values_list("pk", flat=True)
    return [lock("document", Profile, ids)]


@operation(
    "profiles.change", T("修改行业模板", "Change profile"), Profile, input=Content, assess=assess_change,
    lock_keys=all_of_them, clauses=["1.1.4"],
    help=T(
        "修改名称和内容。新加的今天起可用，去掉的明天起不再可用；未办结的单据和在售产品所需的不能去掉。",
        "Change words and content. What is added may be used from today, what is taken out until today; nothing goes that open documents or products on sale need.",
    ),
)  # fmt: skip
def change(profile: Profile, given: Content, ctx: Context, assessment: Assessment) -> Effects:
    """The words anew; items that go end tomorrow, so that today's documents stay as they are."""
    effects = Effects(result=profile)
    effects.update(
        profile, name=given.name, name_en=given.name_en, about=given.about, about_en=given.about_en
    )
    tomorrow, wanted = ctx.today + timedelta(days=1), set(assessment.carry)
    for item in profile.items.filter(until__isnull=True):
        if (item.topic, item.code) not in wanted:
            effects.update(item, until=tomorrow)
        wanted.discard((item.topic, item.code))
    # Taken out today and wanted again: as if it had stayed.
    for item in profile.items.filter(until=tomorrow):
        if (item.topic, item.code) in wanted:
            effects.update(item, until=None)
            wanted.discard((item.topic, item.code))
    effects.insert(*_items(profile, wanted, ctx.today))
    effects.search.append(profile)
    return effects


class SwitchOn(Input):
    """The day from which its kinds may be used."""

    since: date = field(T("自", "From"))


def assess_switch_on(profile: Profile, given: SwitchOn | None, ctx: Context) -> Assessment:
    """Not in the past, and after the span that there is."""
    found: list[Objection] = []
    if given is not None and (beside := _on_after(profile, given.since)) is not None:
        found.append(
            ON_UNTIL.refuse(path="since", until=beside.until)
            if beside.until is not None
            else ON_AHEAD.refuse(path="since", since=beside.since)
        )
    if given is not None and given.since < ctx.today:
        found.append(ON_FROM_TODAY.refuse(path="since", today=ctx.today))
    return Assessment(objections=tuple(found))


def _on_after(profile: Profile, day: date) -> ProfileSpan | None:
    """The last span that an open-ended one from a day would overlap."""
    spans = profile.spans.filter(Q(until__isnull=True) | Q(until__gt=day)).exclude(until=F("since"))
    return spans.order_by("since", "id").last()


@operation(
    "profiles.switch_on", T("启用", "Switch on"), Profile, input=SwitchOn, from_states=[OFF, ENDING],
    assess=assess_switch_on, clauses=["1.1.4"],
    help=T(
        "自某日起启用；可以同时启用多个模板，可用的类别为各模板之和。",
        "On from a day. Several may be on at once: what any of them brings may be used.",
    ),
)  # fmt: skip
def switch_on(profile: Profile, given: SwitchOn, ctx: Context, assessment: Assessment) -> Effects:
    """A new span, open-ended."""
    effects = Effects(result=profile)
    effects.insert(ProfileSpan(company_id=profile.company_id, profile=profile, since=given.since))
    return effects


class SwitchOff(Input):
    """The first day on which its kinds may no longer be used."""

    until: date = field(T("自此日起停用", "Off from"))


def assess_switch_off(profile: Profile, given: SwitchOff | None, ctx: Context) -> Assessment:
    """From tomorrow at the earliest, and nothing open rests on it alone."""
    span = profile.spans.filter(until__isnull=True).first()
    found: list[Objection] = []
    if span is None:
        found.append(ENDS_ALREADY.refuse(until=profile.on_until))
    tomorrow = ctx.today + timedelta(days=1)
    if given is not None and given.until < tomorrow:
        found.append(OFF_FROM_TOMORROW.refuse(path="until", day=tomorrow))
    found += still_used(profile, queries.brings(profile, ctx.today), ctx)
    return Assessment(carry=span, objections=tuple(found))


@operation(
    "profiles.switch_off", T("停用", "Switch off"), Profile, input=SwitchOff, from_states=[ON, PLANNED],
    assess=assess_switch_off, lock_keys=all_of_them, danger=True,
    clauses=["1.1.4"],
    help=T(
        "自某日起停用，最早为明天；还有未办结单据或在售产品只靠它时不能停用。",
        "Off from a day, tomorrow at the earliest; not while open documents or products on sale rest on it alone.",
    ),
)  # fmt: skip
def switch_off(profile: Profile, given: SwitchOff, ctx: Context, assessment: Assessment) -> Effects:
    """The span ends; one that has not begun is called off."""
    effects = Effects(result=profile)
    span: Any = assessment.carry
    effects.update(span, until=max(given.until, span.since))
    return effects
