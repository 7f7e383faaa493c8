"""The contract templates that ship with the product, in our own words. Chinese text, titles in both languages.

Variables in braces are filled when a contract is shown, checked and approved (`rules.VARIABLES` lists them). The terms
follow Civil Code art. 470 (usual contents of a contract) and 596 (contents of a sale).
"""

from __future__ import annotations

from typing import TypedDict


class Term(TypedDict):
    """One term of a template or contract. `filled` is there once the text was approved: what both sides sign."""

    key: str
    title: str
    title_en: str
    text: str
    required: bool


def _term(key: str, title: str, title_en: str, text: str, *, required: bool = True) -> Term:
    return {"key": key, "title": title, "title_en": title_en, "text": text, "required": required}


_PARTIES = _term(
    "parties",
    "当事人",
    "Parties",
    "卖方：{seller}（统一社会信用代码：{seller_code}，住所：{seller_address}）。\n"
    "买方：{customer}（统一社会信用代码：{customer_code}，住所：{customer_address}）。\n"
    "双方经平等协商，订立合同 {number}，共同遵守。",
)
_PRICE = _term(
    "price",
    "价款",
    "Price",
    "合同价款合计 ¥{total}（{total_capitals}），{tax_note}。其中不含税金额 ¥{net}，增值税额 ¥{tax}。"
    "税率依法调整的，不含税金额不变，税额按新税率计算。",
)
_DISPUTES = _term(
    "disputes",
    "争议解决",
    "Disputes",
    "本合同适用中华人民共和国法律。因本合同发生的争议，双方先行协商；协商不成的，任何一方可以向卖方住所地有管辖权的人民法院起诉。",
)
_FORCE = _term(
    "force_majeure",
    "不可抗力",
    "Force majeure",
    "因不可抗力不能履行的一方，应在知道后 3 日内通知对方，在 15 日内提供证明，并采取措施减少损失；在影响所及的范围内免除责任。",
    required=False,
)
_COPIES = _term(
    "language",
    "文本与生效",
    "Language and effect",
    "本合同以中文书写，一式两份，双方各执一份，自双方签字并盖章之日起生效，有效期自 {valid_from} 至 {valid_until}。"
    "对本合同的变更，须由双方书面确认。",
)

GOODS: list[Term] = [
    _PARTIES,
    _term("subject", "标的", "Subject", "买方向卖方购买下列货物：\n{lines}"),
    _term(
        "quantity",
        "数量",
        "Quantity",
        "各项货物的数量与计量单位以上列明细为准，不允许溢短装。分批交付的，各批数量之和等于明细数量。",
    ),
    _term(
        "quality",
        "质量",
        "Quality",
        "货物应为全新、未经使用，符合现行国家标准和行业标准以及卖方公开的技术规格；双方另有技术协议的，以技术协议为准。",
    ),
    _PRICE,
    _term(
        "settlement",
        "结算方式",
        "Settlement",
        "货物验收合格后，卖方开具增值税发票；买方自发票开具之日起 {payment_days} 日内，以银行转账方式将相应价款付至卖方账户"
        "（开户行：{seller_bank}，账号：{seller_account}）。",
    ),
    _term(
        "delivery",
        "履行期限、地点和方式",
        "Time, place and manner of performance",
        "卖方于 {delivery_on} 前将货物送至买方指定的收货地点，运费由卖方承担。交付以买方签收的交付单为凭；"
        "货物毁损、灭失的风险自签收时起由买方承担。",
    ),
    _term(
        "packaging",
        "包装方式",
        "Packaging",
        "货物按适合长途运输和装卸的方式包装，并采取防潮、防震、防锈措施。包装费用已含在价款内，包装物不回收。",
    ),
    _term(
        "inspection",
        "检验标准和方法",
        "Inspection",
        "买方在收货时当场清点数量、检查外观，并在签收后 {acceptance_days} 日内按第四条约定的标准检验质量，出具验收单。"
        "逾期未提出书面异议的，视为验收合格。验收不合格的，卖方在 10 日内修理、更换或者补足。",
    ),
    _term(
        "warranty",
        "质量保证",
        "Warranty",
        "质量保证期为验收合格之日起 12 个月。保证期内因货物本身原因发生的故障，卖方在接到通知后 2 个工作日内响应，并免费修理或者更换。",
        required=False,
    ),
    _term(
        "breach",
        "违约责任",
        "Liability for breach",
        "卖方逾期交付的，每逾期一日，按逾期部分价款的万分之五支付违约金；买方逾期付款的，每逾期一日，按逾期金额的万分之五支付违约金；"
        "违约金累计以合同价款的百分之十为限。一方逾期超过 30 日的，对方有权解除合同，并要求赔偿实际损失。",
    ),
    _FORCE,
    _DISPUTES,
    _COPIES,
]

SERVICE: list[Term] = [
    _PARTIES,
    _term("subject", "服务内容", "Subject", "卖方为买方提供下列服务：\n{lines}"),
    _term(
        "quantity",
        "服务范围与数量",
        "Scope and quantity",
        "服务的数量与计量单位以上列明细为准；超出明细的服务，由双方另行书面确认后提供。",
    ),
    _term(
        "quality",
        "服务标准",
        "Service standard",
        "卖方应指派具备相应资格的人员，按照国家标准、行业标准和卖方公布的服务规范提供服务，并对服务结果负责。",
    ),
    _PRICE,
    _term(
        "settlement",
        "结算方式",
        "Settlement",
        "服务验收合格后，卖方开具增值税发票；买方自发票开具之日起 {payment_days} 日内，以银行转账方式付款"
        "（开户行：{seller_bank}，账号：{seller_account}）。",
    ),
    _term(
        "delivery",
        "履行期限、地点和方式",
        "Time, place and manner of performance",
        "卖方在 {delivery_on} 前于买方场所或者以远程方式完成服务。买方应按卖方的合理要求提供必要的资料、场地和配合；因此迟延的，期限相应顺延。",
    ),
    _term(
        "inspection",
        "验收",
        "Acceptance",
        "卖方完成服务后提交服务报告，买方在 {acceptance_days} 日内确认或者提出书面异议；逾期未提出异议的，视为验收合格。",
        required=False,
    ),
    _term(
        "confidentiality",
        "保密与成果",
        "Confidentiality and results",
        "双方对在履行中知悉的对方商业秘密负有保密义务，该义务在合同终止后 3 年内继续有效。专为买方完成的报告归买方使用；"
        "卖方原有的技术和工具仍归卖方所有。",
        required=False,
    ),
    _term(
        "breach",
        "违约责任",
        "Liability for breach",
        "卖方逾期完成服务的，每逾期一日，按相应服务价款的万分之五支付违约金；买方逾期付款的，每逾期一日，按逾期金额的万分之五支付违约金；"
        "违约金累计以合同价款的百分之十为限。服务不合格的，卖方应当免费重做；仍不合格的，退还相应价款。",
    ),
    _FORCE,
    _DISPUTES,
    _COPIES,
]

SUPPLY: list[Term] = [
    _PARTIES,
    _term("subject", "标的", "Subject", "卖方向买方供应下列商品，供买方零售：\n{lines}"),
    _term(
        "quantity",
        "数量与订货",
        "Quantity and orders",
        "上列数量为合同期内的供货总量，由买方以订单分批要货；各批数量之和不超过明细数量，不允许溢短装。",
    ),
    _term(
        "quality",
        "质量",
        "Quality",
        "商品应符合国家标准并附合格标识，包装标明品名、产地和生产日期；有保质期的商品，交货时剩余保质期不少于总保质期的三分之二。",
    ),
    _PRICE,
    _term(
        "settlement",
        "结算方式",
        "Settlement",
        "双方按批对账。卖方凭签收单开具增值税发票，买方自发票开具之日起 {payment_days} 日内，以银行转账方式付款"
        "（开户行：{seller_bank}，账号：{seller_account}）。卖方不收取、买方也不扣除合同以外的费用。",
    ),
    _term(
        "delivery",
        "履行期限、地点和方式",
        "Time, place and manner of performance",
        "卖方按订单约定的日期将商品送至买方门店或者仓库，全部商品于 {delivery_on} 前交清。商品毁损、灭失的风险自签收时起由买方承担。",
    ),
    _term(
        "packaging",
        "包装方式",
        "Packaging",
        "商品以适合上架销售的原包装交付，外箱标明品名、数量和批次。包装费用已含在价款内，包装物不回收。",
    ),
    _term(
        "inspection",
        "检验标准和方法",
        "Inspection",
        "买方在收货时清点数量、检查包装和保质期，签收即为数量与外观验收；内在质量问题在签收后 {acceptance_days} 日内或者保质期内提出。",
    ),
    _term(
        "returns",
        "退货与召回",
        "Returns and recall",
        "不合格商品由卖方退换并承担往返运费；商品需要召回的，卖方应立即通知买方停止销售，并承担由此产生的合理费用。",
        required=False,
    ),
    _term(
        "breach",
        "违约责任",
        "Liability for breach",
        "卖方逾期供货的，每逾期一日，按该批价款的万分之五支付违约金；买方逾期付款的，每逾期一日，按逾期金额的万分之五支付违约金。"
        "因商品质量使买方对消费者承担责任的，卖方予以赔偿。",
    ),
    _FORCE,
    _DISPUTES,
    _COPIES,
]

SUBSCRIPTION: list[Term] = [
    _PARTIES,
    _term("subject", "服务内容", "Subject", "卖方通过互联网为买方提供下列服务：\n{lines}"),
    _term(
        "quantity",
        "订阅数量与期限",
        "Quantity and term",
        "账号数量、用量与订阅期以上列明细为准。超出用量的部分，经买方在线确认后另行计费。",
    ),
    _term(
        "quality",
        "服务水平",
        "Service level",
        "除事先通知的维护外，服务每月可用时间不低于 99.5%；低于该标准的月份，按不可用时长的两倍顺延订阅期。",
    ),
    _PRICE,
    _term(
        "settlement",
        "结算方式",
        "Settlement",
        "卖方在服务开通后开具增值税发票；买方自发票开具之日起 {payment_days} 日内，以银行转账或者线上支付方式付款"
        "（开户行：{seller_bank}，账号：{seller_account}）。",
    ),
    _term(
        "delivery",
        "履行期限、地点和方式",
        "Time, place and manner of performance",
        "卖方于 {delivery_on} 前开通账号并以买方登记的联系方式送达；服务在线提供，开通之日为履行开始之日。",
    ),
    _term(
        "inspection",
        "开通确认",
        "Acceptance",
        "买方在开通后 {acceptance_days} 日内登录并在线确认；逾期未提出书面异议的，视为确认。",
        required=False,
    ),
    _term(
        "data",
        "数据与个人信息",
        "Data",
        "买方数据归买方所有。卖方只为提供服务处理数据，采取相应的安全措施，不向第三方提供；合同终止后 30 日内允许买方导出，之后予以删除。",
    ),
    _term(
        "breach",
        "违约责任",
        "Liability for breach",
        "卖方逾期开通的，每逾期一日，按相应服务价款的万分之五支付违约金；买方逾期付款的，每逾期一日，按逾期金额的万分之五支付违约金，"
        "逾期超过 30 日的，卖方可以在提前 3 日通知后暂停服务。违约金累计以合同价款的百分之十为限。",
    ),
    _FORCE,
    _DISPUTES,
    _COPIES,
]

# By code: name, English name, terms.
TEMPLATES: dict[str, tuple[str, str, list[Term]]] = {
    "goods": ("产品买卖合同", "Sale of goods", GOODS),
    "service": ("服务合同", "Services", SERVICE),
    "supply": ("零售供货合同", "Supply to retail", SUPPLY),
    "subscription": ("互联网服务订阅合同", "Subscription online", SUBSCRIPTION),
}
