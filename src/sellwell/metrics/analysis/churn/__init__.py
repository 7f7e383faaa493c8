"""Who is about to leave: several ways to tell, judged on time that none of them saw; the best one is used.

    found = choose(purchases, until, horizon_days=90)   # Chosen, or None where there is too little history
    risks = found.score(purchases, until)                # [Risk], by customer

Also for companies that have labelled churn: `labelled.train(rows, label)`. See docs/rules/churn.md.
"""

from sellwell.metrics.analysis.churn.choosing import Chosen, Risk, choose
from sellwell.metrics.analysis.churn.judging import Quality, judge
from sellwell.metrics.analysis.churn.labelled import Labelled, train

__all__ = ["Chosen", "Labelled", "Quality", "Risk", "choose", "judge", "train"]
