"""Engines of other packages on trial: found through entry points, judged on what they offer.

>>> from crosscheck.engines import plugins
>>> (qutip,) = plugins(["qutip-cv"])
>>> [engine.name for engine in qutip.engines]
['qutip-cv, g = √2', 'qutip-cv, g = 1', 'qutip-cv, g = 2']
"""

from crosscheck.engines.defects import Defect, defects
from crosscheck.engines.protocol import FUNCTIONS, Offer
from crosscheck.engines.questions import closed_forms
from crosscheck.engines.registry import BrokenEngine, Plugin, UnknownEngine, plugins
from crosscheck.engines.survey import Survey, survey
from crosscheck.engines.trial import Trial, try_engines

__all__ = [
    "FUNCTIONS",
    "BrokenEngine",
    "Defect",
    "Offer",
    "Plugin",
    "Survey",
    "Trial",
    "UnknownEngine",
    "closed_forms",
    "defects",
    "plugins",
    "survey",
    "try_engines",
]
