"""Learn: features and models over the lake, calibrated, versioned, explained.

Every model is a :class:`segue.learn.model.Model`; what it may know comes from a
:class:`segue.learn.knowledge.Knowledge`, which never shows anything later than it was asked for.
"""
