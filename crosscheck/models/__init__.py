"""The models: one file per paper, and textbook systems with closed forms.

>>> sorted(MODELS)[:3]
['BathBeamSplitter', 'ClassicalGravity', 'DampedThermalMode']
"""

from crosscheck.errors import UnknownModel
from crosscheck.model import Model
from crosscheck.models.classical_gravity import ClassicalGravity, DissipativeClassicalGravity
from crosscheck.models.heat_baths import HeatBathPair
from crosscheck.models.reservoir_gravity import ReservoirGravity, ReservoirGravityCavity
from crosscheck.models.synchronisation import ProbedChain
from crosscheck.models.textbook import BathBeamSplitter, DampedThermalMode, LossyTwinBeams, ParametricOscillator
from crosscheck.models.thermal_machines import Bath, ThermalNetwork

MODELS: dict[str, type[Model]] = {
    model.__name__: model
    for model in (
        ClassicalGravity,
        DissipativeClassicalGravity,
        ReservoirGravity,
        ReservoirGravityCavity,
        ThermalNetwork,
        ProbedChain,
        HeatBathPair,
        DampedThermalMode,
        ParametricOscillator,
        LossyTwinBeams,
        BathBeamSplitter,
    )
}


def find_model(name: str) -> type[Model]:
    """The model class of that name, in any capitalisation.

    Raises:
        UnknownModel: with the names there are.
    """
    for known, model in MODELS.items():
        if known.lower() == name.lower():
            return model
    raise UnknownModel(
        f"There is no model {name!r}.", f"The models are: {', '.join(MODELS)}. Name one of your own as FILE.py:NAME."
    )


__all__ = [
    "MODELS",
    "Bath",
    "BathBeamSplitter",
    "ClassicalGravity",
    "DampedThermalMode",
    "DissipativeClassicalGravity",
    "HeatBathPair",
    "LossyTwinBeams",
    "ParametricOscillator",
    "ProbedChain",
    "ReservoirGravity",
    "ReservoirGravityCavity",
    "ThermalNetwork",
    "find_model",
]
