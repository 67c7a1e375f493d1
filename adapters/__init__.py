"""Other people's arithmetic, behind one surface.

An adapter is any object or module with functions named after the operations of the spec.
:func:`convspec.adapters.opening.open_adapter` finds one by name, :func:`~.opening.adapt` wraps one
that is already there. A framework is imported when its adapter is opened, and not before.
"""
