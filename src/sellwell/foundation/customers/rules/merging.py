"""When two customers may become one, and when a merge may be taken back (clause 4.3.5). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sellwell.kernel.values import Objection, Reason, T

SAME_RECORD = Reason(
    "customers.merge_itself", T("请选择另一个客户。", "Choose another customer: this is the same record.")
)
OTHER_COMPANY = Reason(
    "customers.merge_company",
    T("两个客户属于不同公司，不能合并。", "The customers are of two companies and cannot be merged."),
)
ALREADY_MERGED = Reason(
    "customers.already_merged",
    T(
        "该客户已并入其他客户。请选择保留下来的那一个。",
        "That customer was merged already. Choose the one that it went into.",
    ),
)
STATES_DIFFER = Reason(
    "customers.merge_states",
    T(
        "一方已停止往来，另一方没有。请先统一：都停止，或都恢复。",
        "One of them is blocked and the other is not. Block both or unblock both first.",
    ),
)
KINDS_DIFFER = Reason(
    "customers.merge_kinds",
    T("单位与个人不能合并。", "An organisation and a person cannot be one."),
)
CODES_DIFFER = Reason(
    "customers.merge_codes",
    T(
        "统一社会信用代码不同，是两家单位，不能合并。代码填错的，请先更正。",
        "Their social credit codes differ: they are two organisations. If one is wrong, correct it first.",
    ),
)
ERASED = Reason(
    "customers.merge_erased",
    T(
        "个人信息已删除的客户不能合并，也不能还原。",
        "A customer that was erased can be neither merged nor given back.",
    ),
)
HELD = Reason(
    "customers.merge_held",
    T("客户正在等待审批。请先处理完审批。", "The customer waits for an approval. Settle it first."),
)
NOT_PROVED = Reason(
    "customers.merge_unproved",
    T(
        "名称相同不足以合并：两者没有相同的信用代码、电话或邮箱。请先在“疑似重复”中判定为同一客户，并写明理由。",
        "A name is not enough: they share neither code, phone nor e-mail. First judge them the same among the possible"
        " duplicates, with a reason.",
    ),
)
IN_ONE_GROUP = Reason(
    "customers.merge_group",
    T(
        "两者是同一集团的上下级单位，不是同一客户，不能合并。",
        "They are parent and subsidiary of one group: two customers, not one.",
    ),
)
CODE_IS_SHARED = Reason(
    "customers.merge_code_shared",
    T(
        "集团内其他公司也在用这个信用代码。请改为保留带代码的客户。",
        "Another company of the group deals with the holder of this code. Let the customer with the code stay instead.",
    ),
)
TOO_MANY_SHARES = Reason(
    "customers.merge_shares",
    T(
        "合并后团队份额合计 {total}%，超过 100%。请先调整。",
        "Their teams' shares would add up to {total} %. Change them to at most 100 % first.",
    ),
)
MERGED_FURTHER = Reason(
    "customers.merged_further",
    T(
        "保留方后来又被合并（{number}）。请先撤销后一次合并。",
        "The surviving customer was merged again later ({number}). Take that merge back first.",
    ),
)

ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Two:
    """What is known of two customers that somebody wants to make one; pairs are (survivor, other)."""

    is_one: bool
    one_company: bool
    states: tuple[str, str]
    kinds: tuple[str, str]
    codes: tuple[str, str]
    is_erased: bool
    is_held: bool
    equal_keys: Sequence[str]
    judged_same: bool
    in_one_group: bool
    takes_code: bool
    shares_party: bool
    shares: Decimal


def objections(two: Two) -> list[Objection]:
    """All that speaks against making them one."""
    if two.is_one:
        return [SAME_RECORD.refuse(path="other")]
    if not two.one_company:
        return [OTHER_COMPANY.refuse(path="other")]
    if two.states[1] == "merged":
        return [ALREADY_MERGED.refuse(path="other")]
    found = [
        (two.states[0] != two.states[1], STATES_DIFFER),
        (two.kinds[0] != two.kinds[1], KINDS_DIFFER),
        (all(two.codes) and two.codes[0] != two.codes[1], CODES_DIFFER),
        (two.is_erased, ERASED),
        (two.is_held, HELD),
        (two.in_one_group, IN_ONE_GROUP),
        (not two.equal_keys and not two.judged_same, NOT_PROVED),
    ]
    told = [reason.refuse(path="other") for applies, reason in found if applies]
    if two.takes_code and two.codes[1] and two.shares_party:
        told.append(CODE_IS_SHARED.refuse(path="uscc"))
    if two.shares > ALL:
        told.append(TOO_MANY_SHARES.refuse(path="other", total=two.shares))
    return told


def unmerge_objections(*, further: str, is_erased: bool, is_held: bool) -> list[Objection]:
    """What speaks against giving a merged customer back."""
    found = [MERGED_FURTHER.refuse(number=further)] if further else []
    if is_erased:
        found.append(ERASED.refuse())
    if is_held:
        found.append(HELD.refuse())
    return found
