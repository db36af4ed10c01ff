"""Buy till you die: how often a customer buys while she is one, and when she silently stops being one.

- ``customers``: purchases → frequency, recency and age, grouped.
- ``counting``: BG/NBD, MBG/NBD and (M)BG/CNBD-k, one likelihood for all of them, and its fit.
- ``expecting``: what a fitted one says of a customer: alive?, buys within t?, how often within t?
- ``spending``: gamma-gamma: what a purchase of hers is worth on average.

Papers: Fader, Hardie and Lee 2005, "Counting your customers the easy way" (BG/NBD); Batislam, Denizel and
Filiztekin 2007, "Empirical validation and comparison of models for customer base analysis" (MBG/NBD);
Platzer and Reutterer 2016, "Ticking away the moments" (regular gaps: Erlang-k); Fader, Hardie and Lee 2005,
"RFM and CLV: using iso-value curves" (gamma-gamma).
"""

from segue.stats.btyd.counting import Law, choose, fit
from segue.stats.btyd.customers import Customers, Summary, grouped, summarise
from segue.stats.btyd.expecting import alive, buys, expected
from segue.stats.btyd.spending import Spend, fit_spend

__all__ = [
    "Customers",
    "Law",
    "Spend",
    "Summary",
    "alive",
    "buys",
    "choose",
    "expected",
    "fit",
    "fit_spend",
    "grouped",
    "summarise",
]
