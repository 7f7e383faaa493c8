"""The words of privacy: purposes, field groups, sources, bases, laws, and the states of consents and requests. Pure."""

from __future__ import annotations

from sellwell.kernel.values import State, T


class Law(State):
    """Which rule profile protects a person."""

    PIPL = "pipl", T("中国《个人信息保护法》", "PIPL (China)")
    GDPR = "gdpr", T("欧盟《通用数据保护条例》", "GDPR (European Union)")


class Purpose(State):
    """What personal data is used for."""

    CONTRACT = "contract", T("订立和履行合同", "Making and keeping contracts")
    SERVICE = "service", T("售后与投诉处理", "Service and complaints")
    LEGAL_DUTY = "legal_duty", T("法定义务（开票、账簿）", "Statutory duties (invoices, books)")
    MARKETING_EMAIL = "marketing_email", T("邮件营销", "Marketing by e-mail")
    MARKETING_SMS = "marketing_sms", T("短信营销", "Marketing by SMS")
    MARKETING_PHONE = "marketing_phone", T("电话营销", "Marketing by phone")
    PROFILING = "profiling", T("客户画像与推荐", "Profiling and suggestions")
    SURVEY = "survey", T("满意度调查", "Surveys")
    SHARING = "sharing", T("向第三方提供", "Giving to third parties")
    PUBLICATION = "publication", T("公开（案例、名录）", "Publication (cases, lists)")
    ABROAD = "abroad", T("向境外提供", "Sending abroad")
    EMPLOYMENT = "employment", T("人事与内部管理", "Employment and running the company")


class Group(State):
    """Kinds of personal fields."""

    IDENTITY = "identity", T("身份", "Identity")
    CONTACT = "contact", T("联系方式", "Contact")
    PREFERENCE = "preference", T("需求与偏好", "Needs and preferences")
    BEHAVIOUR = "behaviour", T("行为与往来记录", "Behaviour and dealings")
    FINANCIAL = "financial", T("财务", "Financial")
    LOCATION = "location", T("地址与位置", "Address and place")
    SENSITIVE = "sensitive", T("敏感个人信息", "Sensitive data")


class Source(State):
    """Where the data came from."""

    QUESTIONNAIRE = "questionnaire", T("问卷", "Questionnaire")
    REGISTRATION = "registration", T("登记", "Registration")
    ORDER = "order", T("订单", "Order")
    AFTER_SALES = "after_sales", T("售后", "After-sales")
    IMPORT = "import", T("导入", "Import")
    CARD = "card", T("名片", "Business card")
    WEB_FORM = "web_form", T("网页表单", "Web form")


class Basis(State):
    """Why it is lawful. `none`: it is not."""

    CONSENT = "consent", T("同意", "Consent")
    SEPARATE = "separate", T("单独同意", "Separate consent")
    CONTRACT = "contract", T("订立、履行合同所必需", "Needed for a contract")
    LEGAL_DUTY = "legal_duty", T("履行法定义务所必需", "Statutory duty")
    INTEREST = "interest", T("正当利益", "Legitimate interest")
    NONE = "none", T("没有依据", "None")


class ConsentKind(State):
    """How far a consent reaches."""

    GENERAL = "general", T("同意", "Consent")
    SEPARATE = "separate", T("单独同意", "Separate consent")


class ConsentState(State):
    """The life of a consent."""

    REQUESTED = "requested", T("已征求", "Asked for")
    GRANTED = "granted", T("已同意", "Granted")
    RENEWED = "renewed", T("已续期", "Renewed")
    EXPIRED = "expired", T("已失效", "Expired")
    WITHDRAWN = "withdrawn", T("已撤回", "Withdrawn")


class Way(State):
    """The channel by which somebody said yes or no."""

    PAPER = "paper", T("书面签字", "On paper")
    WEB = "web", T("网页勾选", "Web form")
    EMAIL = "email", T("邮件回复", "E-mail")
    SMS = "sms", T("短信回复", "SMS")
    PHONE = "phone", T("电话（录音）", "Phone (recorded)")
    COUNTER = "counter", T("当面", "In person")


class TextState(State):
    """The life of a wording."""

    DRAFT = "draft", T("草稿", "Draft")
    IN_FORCE = "in_force", T("生效", "In force")
    REPLACED = "replaced", T("已替代", "Replaced")


class Standing(State):
    """What may still be done with somebody's data."""

    NORMAL = "normal", T("正常", "Normal")
    RESTRICTED = "restricted", T("限制处理", "Restricted")


class Age(State):
    """Whether somebody is a child."""

    ADULT = "adult", T("成年人", "Adult")
    MINOR = "minor", T("未满十八周岁", "Under 18")
    UNDER_16 = "under_16", T("未满十六周岁", "Under 16")
    UNDER_14 = "under_14", T("未满十四周岁", "Under 14")


class RequestKind(State):
    """What somebody asks for."""

    ACCESS = "access", T("查阅", "Access")
    COPY = "copy", T("复制", "Copy")
    CORRECTION = "correction", T("更正", "Correction")
    ERASURE = "erasure", T("删除", "Erasure")
    RESTRICTION = "restriction", T("限制处理", "Restriction")
    EXPLANATION = "explanation", T("解释说明", "Explanation")
    WITHDRAWAL = "withdrawal", T("撤回同意", "Withdrawal")


class RequestState(State):
    """The life of a request."""

    RECEIVED = "received", T("已收到", "Received")
    VERIFIED = "identity_verified", T("身份已核实", "Identity verified")
    IN_PROGRESS = "in_progress", T("办理中", "In progress")
    FULFILLED = "fulfilled", T("已满足", "Fulfilled")
    PARTLY = "partly", T("部分满足", "Partly fulfilled")
    REFUSED = "refused", T("已拒绝", "Refused")
    CLOSED = "closed", T("已结案", "Closed")


class RefusalGround(State):
    """Why a request is not met."""

    NOT_IDENTIFIED = "not_identified", T("无法核实身份", "Identity not proved")
    RETENTION = "retention", T("法律要求保存", "The law asks to keep it")
    OTHERS = "others", T("会损害他人权益", "It would harm others")
    EXCESSIVE = "excessive", T("明显重复或过度", "Clearly excessive or repeated")
    NOTHING_HELD = "nothing_held", T("我们没有此人的信息", "We hold nothing of this person")


class IdentityCheck(State):
    """How an identity was proved."""

    CALL_BACK = "call_back", T("回拨登记电话", "Called back on the known number")
    CODE = "code", T("发送验证码到登记的手机或邮箱", "Code sent to the known phone or mailbox")
    DOCUMENT = "document", T("核对证件", "Document shown")
    LETTER = "letter", T("单位公函", "Letter of the organisation")


class AlarmKind(State):
    """What was unusual about somebody's looks at personal data."""

    LOOKS = "looks", T("查看次数过多", "Many looks")
    ROWS = "rows", T("导出行数过多", "Many rows exported")
    NIGHT = "night", T("夜间查看或导出", "Looks at night")
    LEAVING = "leaving", T("离职前查看或导出", "Looks before leaving")


class AlarmState(State):
    """Whether an alarm was looked into."""

    OPEN = "open", T("待核查", "Open")
    SETTLED = "settled", T("已核查", "Settled")


class Finding(State):
    """What an alarm turned out to be."""

    JUSTIFIED = "justified", T("工作需要", "Needed for work")
    WARNED = "warned", T("已提醒本人", "The person was warned")
    INCIDENT = "incident", T("转为安全事件", "Made an incident")


class Verdict(State):
    """How an impact assessment ends."""

    GO = "go", T("可以实施", "Go ahead")
    WITH_MEASURES = "with_measures", T("落实措施后实施", "Go ahead with measures")
    STOP = "stop", T("不得实施", "Do not")
