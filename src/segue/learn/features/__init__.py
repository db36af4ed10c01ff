"""Features: what is known of each person at a moment, as named columns; never anything later.

``registry.choose`` names the features of a knowledge, ``registry.table`` computes them at one moment,
``registry.training`` at many:

>>> names = choose(known, at, groups=("orders", "spend"))
>>> rows = training(known, moments, names)      # to learn from
>>> now = table(known, at, names)               # to score: the same definition

``known`` is a :class:`segue.learn.knowledge.Knowledge`; each column is made from the same knowledge bounded
by its moment. NaN stands for what has no meaning (a gap between orders where there is one) or is unknown.
"""
