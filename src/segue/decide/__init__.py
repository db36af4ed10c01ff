"""Decide: who asks, where and when → what to show, why that, and why nothing else.

``choose.decide`` is the whole of it, a pure function::

    eligible → applicable → suitable → consent → guard → caps → stock → score → explore → fill

``menu`` prepares a version of the definitions once; ``asked`` holds what goes in, ``decided`` what comes out.
"""
