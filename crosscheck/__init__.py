r"""Cross-validation of Gaussian moment codes against truncated Fock-space dynamics.

>>> from crosscheck import certify, models
>>> report = certify(models.DampedThermalMode.example())
>>> str(report.verdict)
'certified'
"""

from __future__ import annotations

import importlib
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crosscheck import models as models
    from crosscheck.certificates.batched.points import certify_points as certify_points
    from crosscheck.certificates.batched.result import PointsReport as PointsReport
    from crosscheck.certificates.batched.verdicts import PointVerdict as PointVerdict
    from crosscheck.certificates.budget import Budget as Budget
    from crosscheck.certificates.simulation.truncation import TruncationStudy as TruncationStudy
    from crosscheck.certificates.simulation.truncation import truncation as truncation
    from crosscheck.certificates.window.kernel import Window as Window
    from crosscheck.certificates.window.proof import SteadyProof as SteadyProof
    from crosscheck.certificates.window.proof import prove_steady_state as prove_steady_state
    from crosscheck.certificates.window.rates import rates as rates
    from crosscheck.certify import certify as certify
    from crosscheck.diagnosis.code.claim import Claim as Claim
    from crosscheck.diagnosis.diagnose import diagnose as diagnose
    from crosscheck.engine import Engine as Engine
    from crosscheck.errors import CrosscheckError as CrosscheckError
    from crosscheck.errors import InvalidParameter as InvalidParameter
    from crosscheck.errors import NotCertified as NotCertified
    from crosscheck.errors import Refuted as Refuted
    from crosscheck.errors import UnknownModel as UnknownModel
    from crosscheck.model import Dissipator as Dissipator
    from crosscheck.model import Measurement as Measurement
    from crosscheck.model import Model as Model
    from crosscheck.model import Preparation as Preparation
    from crosscheck.model import heterodyne as heterodyne
    from crosscheck.model import thermal_bath as thermal_bath
    from crosscheck.models.baths import brownian_bath as brownian_bath
    from crosscheck.models.baths import dephasing as dephasing
    from crosscheck.models.baths import occupation as occupation
    from crosscheck.models.baths import squeezed_bath as squeezed_bath
    from crosscheck.models.feedback import fed_back as fed_back
    from crosscheck.models.from_qutip import from_qutip as from_qutip
    from crosscheck.models.from_sympy import from_sympy as from_sympy
    from crosscheck.models.linearise import Linearisation as Linearisation
    from crosscheck.models.linearise import linearise as linearise
    from crosscheck.models.quick import quick as quick
    from crosscheck.models.to_qutip import to_qutip as to_qutip
    from crosscheck.report.certificate import Certificate as Certificate
    from crosscheck.report.report import Report as Report
    from crosscheck.report.verdict import Comparison as Comparison
    from crosscheck.report.verdict import Verdict as Verdict
    from crosscheck.sampled import sampled as sampled

__version__: str

# Where each name is from: importing them all takes seconds, and `crosscheck --help` needs none.
HOMES = {
    "Budget": "certificates.budget",
    "Certificate": "report.certificate",
    "Claim": "diagnosis.code.claim",
    "Comparison": "report.verdict",
    "CrosscheckError": "errors",
    "Dissipator": "model",
    "Engine": "engine",
    "InvalidParameter": "errors",
    "Linearisation": "models.linearise",
    "Measurement": "model",
    "Model": "model",
    "NotCertified": "errors",
    "PointVerdict": "certificates.batched.verdicts",
    "PointsReport": "certificates.batched.result",
    "Preparation": "model",
    "Refuted": "errors",
    "Report": "report.report",
    "SteadyProof": "certificates.window.proof",
    "TruncationStudy": "certificates.simulation.truncation",
    "UnknownModel": "errors",
    "Verdict": "report.verdict",
    "Window": "certificates.window.kernel",
    "brownian_bath": "models.baths",
    "certify": "certify",
    "certify_points": "certificates.batched.points",
    "dephasing": "models.baths",
    "diagnose": "diagnosis.diagnose",
    "fed_back": "models.feedback",
    "from_qutip": "models.from_qutip",
    "from_sympy": "models.from_sympy",
    "heterodyne": "model",
    "linearise": "models.linearise",
    "models": "",
    "occupation": "models.baths",
    "prove_steady_state": "certificates.window.proof",
    "quick": "models.quick",
    "rates": "certificates.window.rates",
    "sampled": "sampled",
    "squeezed_bath": "models.baths",
    "thermal_bath": "model",
    "to_qutip": "models.to_qutip",
    "truncation": "certificates.simulation.truncation",
}
__all__ = sorted(HOMES)
# Two threads that ask for their first names at once would wait for each other's imports for ever.
_ONE_AT_A_TIME = threading.RLock()


class _Package(ModuleType):
    """Imports a name when it is first asked for.

    `crosscheck.certify` is the function, also after its module of that name has been imported, which Python would
    otherwise put in its place.
    """

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import PackageNotFoundError, version

            try:
                found: Any = version("fock-crosscheck")
            except PackageNotFoundError:  # a checkout that is not installed
                found = "unknown"
        elif name in HOMES:
            home = HOMES[name]
            with _ONE_AT_A_TIME:
                module = importlib.import_module(f"{self.__name__}.{home or name}")
            found = getattr(module, name) if home else module
        else:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        setattr(self, name, found)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        same = isinstance(value, ModuleType) and HOMES.get(name) == name
        super().__setattr__(name, getattr(value, name) if same else value)

    def __dir__(self) -> list[str]:
        return sorted({*HOMES, "__all__", "__doc__", "__file__", "__name__", "__path__", "__version__"})


sys.modules[__name__].__class__ = _Package
