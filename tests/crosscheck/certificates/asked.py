"""The models, the engine on trial and the question that the tests of theorems share."""

from dataclasses import dataclass, replace

import numpy as np

from crosscheck import models
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.engine import GAUSSIAN

MODE, BEAMS = models.DampedThermalMode.example(), models.LossyTwinBeams.example()
UNSTABLE = models.ParametricOscillator(epsilon=0.6, kappa=1.0)
THEIRS = replace(GAUSSIAN, name="theirs")


@dataclass(frozen=True)
class Driven(models.DampedThermalMode):
    """A force that oscillates."""

    def hamiltonian(self, a):
        return [super().hamiltonian(a), [a + a.dag(), np.cos]]


def asked(model=MODE, engine=GAUSSIAN, times=(0.5,), **options):
    given = {"tolerance": 1e-3, "budget": None, "truth": None, "progress": lambda text: None}
    return Inquiry.of(model, times, engine, **given | options)


def broken(*given, **options):
    raise ZeroDivisionError("oops")


def raising(error):
    def none(model):
        raise error

    return none
