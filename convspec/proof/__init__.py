"""Bounded verification: every configuration up to a bound, each decided for all inputs.

``bounds`` enumerates, ``maps`` says what each axis must do, ``decide`` puts one configuration to
an implementation (``bilinear``, ``linear``, ``maxima``), ``workers`` and ``run`` do so for all of
them, ``regions`` finds the condition of those that fail, ``statement`` says what came out. What
such a proof covers and what it does not stands in ``spec/proof.md``.
"""
