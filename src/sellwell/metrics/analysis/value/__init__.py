"""What customers will buy: how often they come back, whether they still do, and what one purchase brings.

    customers = summarise(purchases, until)                 # one Summary per customer
    value = ValueModel.fit(customers)                       # BG/NBD and, where enough came back, Gamma-Gamma
    estimates = value.estimate(customers, horizon_days=90)  # the same order

Times are in days or weeks (`Unit`), amounts in one currency. Floats are right here: these are estimates, not money.
See docs/rules/value.md.
"""

from sellwell.metrics.analysis.value.bgnbd import BgNbd, TooLittle
from sellwell.metrics.analysis.value.gamma_gamma import GammaGamma
from sellwell.metrics.analysis.value.history import Purchase, Summary, Unit, summarise
from sellwell.metrics.analysis.value.model import Estimate, ValueModel

__all__ = [
    "BgNbd", "Estimate", "GammaGamma", "Purchase", "Summary", "TooLittle", "Unit", "ValueModel", "summarise",
]  # fmt: skip
