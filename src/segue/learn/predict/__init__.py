"""Predict: who buys within 7, 14, 30 days and what, who leaves, who is back when, what each is worth.

- ``buys_7d``, ``buys_14d``, ``buys_30d``: chance of an order within so many days; ``buys_14d.<category>``
likewise.
- ``churn_90d`` (or 60, 30, …, as long as the data allows): chance of no order within so many days.
- ``churn``: chance that she stays away three times as long as she usually does: three of her own usual
(median)
  gaps, at least 14 days and at most the longest horizon, which is also taken for who came but once.
- ``next_visit``: days until she is back (half of customers like her are); 80 % of them between low and high.
- ``spend_90d`` (as churn): expected spend within so many days.
- ``ltv_365d``: expected spend within a year: the spend above, prolonged as the buy-till-you-die law has it.
"""

from segue.learn.predict.model import Predict

MODEL = Predict()

__all__ = ["MODEL"]
