"""The plans of the eight stages that a company starts with; each is changed on the page of the stages."""

from __future__ import annotations

from dataclasses import dataclass

from sellwell.foundation.relations.models import Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """Goal, strategy, service, and how soon the first contact is due (None: no task)."""

    goal: str
    strategy: str
    service: str
    contact_days: int | None


PLANS: dict[Stage, Plan] = {
    Stage.POTENTIAL: Plan(
        "促成首单",
        "核实需求、预算和决策人；两周内给出匹配产品或样机方案；对暂不购买的客户记下再联系的时间。",
        "产品资料、样品试用、案例参观。",
        None,
    ),
    Stage.NEW: Plan(
        "让首单顺利，促成复购",
        "首单发货后一周内回访使用情况；介绍对账、开票和售后的联系人；首单 45 天内提出第二次采购建议。",
        "专人跟单、首次使用培训、到货回访。",
        5,
    ),
    Stage.GROWING: Plan(
        "扩大份额",
        "按其增长的产品线推荐配套产品；与客户商定季度采购计划；评估年度框架合同。",
        "优先备货、季度业务回顾。",
        10,
    ),
    Stage.MATURE: Plan(
        "稳住份额，提高满意度",
        "按等级定期拜访；每半年做一次业务回顾，了解竞争对手动向；推荐新品和升级。",
        "按等级的服务标准、年度满意度调查。",
        None,
    ),
    Stage.DECLINING: Plan(
        "找出下滑原因并止住",
        "一周内与决策人面谈，弄清是需求减少、竞争替代还是不满意；按原因给出改进或商务方案。",
        "主管陪访、投诉与质量问题优先处理。",
        5,
    ),
    Stage.DORMANT: Plan(
        "唤醒",
        "三个工作日内联系，了解停购原因；提供与其历史采购相关的新品或活动；确认联系人是否变动。",
        "活动邀请、免费检测或保养。",
        3,
    ),
    Stage.CHURNED: Plan(
        "弄清流失原因，有价值的争取赢回",
        "由主管联系一次并记下原因；重要客户制定赢回方案；无望的客户放入公海。",
        "赢回优惠须按制度审批。",
        10,
    ),
    Stage.WON_BACK: Plan(
        "防止再次流失",
        "首次回购后一周内回访；指定固定联系人；三个月内每月联系一次。",
        "专人跟单、问题当天响应。",
        3,
    ),
}
