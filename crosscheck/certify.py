r"""`certify`: one model, two engines, one report.

    certificate     question                                                            errors on the Fock side
    generator       are drift, drive and diffusion those of the master equation?        theorem
    window          are the claimed moments those of the exact state?                   theorem
    start           is that of another's `initial_state` the prepared one?              theorem
    measures        do E_N, S and I agree with density matrices?                        theorem
    enclosed        do they where the matrices do not fit, and discord everywhere?      enclosed: moments in balls
    conditional     are monitored states those of the stochastic equation?              theorem
    observables     do spectra, correlations and output fields agree?                   enclosed: moments in balls
    information     are Fisher informations those of the differentiated equations?      estimate
    trajectory      do truncated dynamics agree along the way, discord included?        estimate
    steady state    does it exist, is it unique, and do the same quantities agree?      proved, or estimate
    resolvent       do spectra agree with those of truncated generators?                estimate
    one path        does a monitored state agree along one record of the noise?         estimate
    sensitivity     are Fisher informations those of ρ and of its derivatives?          estimate
    periodic        are states that repeat fixed points of a period?                    estimate

Each has a room of its own in `crosscheck/certificates`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from threadpoolctl import threadpool_limits

import gaussian
from crosscheck.certificates.budget import TOLERANCE, Budget
from crosscheck.certificates.further import not_compared
from crosscheck.certificates.generator.certificate import generator_certificate
from crosscheck.certificates.inquiry import Inquiry, truth_of
from crosscheck.certificates.measures.certificate import measures_certificate
from crosscheck.certificates.measures.enclosed import enclosed_certificate
from crosscheck.certificates.measures.spectral import foreign
from crosscheck.certificates.observables.certificate import observables_certificate
from crosscheck.certificates.observables.conditional import conditional_certificate, conditional_measures
from crosscheck.certificates.observables.information import information_certificate, sensitivity_certificate
from crosscheck.certificates.observables.path import path_certificate
from crosscheck.certificates.observables.periodic import periodic_certificate
from crosscheck.certificates.observables.resolvent import resolvent_certificate
from crosscheck.certificates.positivity import note
from crosscheck.certificates.simulation.certificate import steady_state_certificate, trajectory_certificate
from crosscheck.certificates.start import start_certificate
from crosscheck.certificates.system import System
from crosscheck.certificates.window.certificate import window_certificate
from crosscheck.certificates.window.truth import Truth
from crosscheck.engine import GAUSSIAN, Engine
from crosscheck.model import Model, described, parameters
from crosscheck.models.protocol import runs_to_its_end
from crosscheck.report.certificate import Certificate
from crosscheck.report.report import Report
from crosscheck.report.verdict import Verdict
from gaussian.enclosed.precision import alone

THEOREMS = (
    generator_certificate, window_certificate, start_certificate, measures_certificate, enclosed_certificate,
    conditional_certificate, conditional_measures, observables_certificate,
    information_certificate,
)  # fmt: skip
# What certificates that were not attempted say themselves that they leave open.
TOLD = {
    "observables": ("correlation", "spectrum", "g2", "output_spectrum", "transfer", "sideband_asymmetry"),
    "conditional": ("conditional",),
}
ESTIMATES = (
    trajectory_certificate, steady_state_certificate, path_certificate, resolvent_certificate,
    sensitivity_certificate, periodic_certificate,
)  # fmt: skip


@alone
def certify(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    tolerance: float = TOLERANCE,
    budget: Budget | float | None = None,
    simulate: bool | None = None,
    quantities: Sequence[str] = (),
    engine: Engine = GAUSSIAN,
    truth: Truth | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Run a model through both engines and say, quantity by quantity, whether they agree.

    Args:
        model: a model whose Hamiltonian is quadratic and whose jump operators are linear; quadratic ones may be added
            whose moments close, such as those of dephasing, a†a. Then first and second moments alone are compared.
        times: where trajectories are compared; default `model.times`. Empty: steady state only.
        tolerance: how narrow both error intervals together must be, in units of max(1, |value|).
        budget: seconds, or a `Budget`, that all certificates together may spend. What is attempted is decided
            beforehand, from predicted operations and bytes, the same on every machine.
        simulate: whether to simulate truncated dynamics. By default what no theorem decides is simulated, and what one
            does decide where that takes a few seconds, as a further witness.
        quantities: what is compared besides: "spectrum", "correlation", "g2", "output_spectrum", "transfer" and
            "sideband_asymmetry" of the steady state, the first two also of operators A, B that a method `pairs` yields;
            "steering", "residual_contangle", "renyi2", "squeezing_db", "duan", "epr_variance" and "negativities" of
            every state; "fidelity:start", "fidelity:vacuum" and "fidelity:target" with the prepared state, the vacuum
            or that of a method `target`, which returns a Preparation; "fisher_information:kappa" of a field of the
            model in the steady state, "fisher_information" of each that is a float; "periodic_state" and
            "periodic_average" of coefficients that repeat. The conditional
            state of a model with `measurements` is compared unasked.
        engine: the moment engine on trial. If it raises or returns nonsense, it is refuted.
        truth: `exact_truth(model, times)`, to spare its proofs when several engines are tried on one model.
        progress: called with a line of text now and then.

    Returns:
        A Report with `.verdict`, `.certificates`, `raise_for_refuted()`, `to_json()`.

    Raises:
        gaussian.NotQuadratic: its moments do not close; the term is named, and who takes the model (`NotGaussian`).
        gaussian.NotHermitian: its Hamiltonian or its rates are not Hermitian.
        InvalidModel: it leaves the program, or has a method that nothing calls in place of one that is missing.
        InvalidParameter: a tolerance or budget that is not positive, times that are negative, an ill-formed model.
    """
    # The matrices are small: a second BLAS thread gains little, and on a busy machine waits for a core ten times over.
    with threadpool_limits(limits=1), runs_to_its_end():
        began = time.perf_counter()
        inquiry = Inquiry.of(
            model, times, engine, tolerance=tolerance, budget=budget, truth=truth, progress=progress, simulate=simulate,
            quantities=quantities,
        )  # fmt: skip
        certificates = _certificates(inquiry)
        return Report(
            model=described(inquiry.system.exact),
            name=type(inquiry.system.model).__name__,
            engine=inquiry.engine.name,
            certificates=tuple(certificates),
            notes=(
                *_notes(inquiry),
                *_unjudged(inquiry, certificates),
                *_unanswered(inquiry, certificates, quantities),
                *inquiry.outside,
            ),
            seconds=time.perf_counter() - began,
            parameters=parameters(inquiry.system.exact),
            closed=inquiry.system.is_closed,
        )


def _certificates(inquiry: Inquiry) -> list[Certificate]:
    """Theorems first, in the order of the table above; after a refutation nothing else runs."""
    found: list[Certificate] = []
    for prove in THEOREMS:
        proved = prove(inquiry)
        found += [proved] if proved else []
        if proved and proved.verdict is Verdict.REFUTED:
            return found
    simulated = [simulate(inquiry, found) for simulate in ESTIMATES]
    return found + [certificate for certificate in simulated if certificate]


def _notes(inquiry: Inquiry) -> list[str]:
    """What is to be known of the model before its certificates are read."""
    model = inquiry.system.model
    if inquiry.system.gaussian:
        return [*note(model), *_unprovable(inquiry), *_start(inquiry)]
    found = gaussian.turns(model)
    names, turn = ", ".join(f"𝓓[{name}]" for name in found), "turns" if len(found) == 1 else "turn"
    told = [
        f"Not Gaussian: {names} {turn} the state at random. First and second moments close, and are compared. "
        "Entropies, E_N and discord are not: what a covariance says of them holds for Gaussian states only. There is "
        "no window, and no proof."
    ]
    if inquiry.system.is_time_dependent:
        return [*told, "Coefficients depend on time: there is no steady state to ask for."]
    try:
        gaussian.steady_moments(model)
    except gaussian.NoSteadyState as reason:
        told.append(f"No steady state is compared. {reason.what}")
    return told


def _unprovable(inquiry: Inquiry) -> list[str]:
    """Why certificates that are theorems, and that of the steady state, are missing."""
    if not inquiry.system.is_time_dependent:
        return []
    return ["Coefficients depend on time: there is no window, no proof of measures, and no steady state to ask for."]


def _unjudged(inquiry: Inquiry, certificates: Sequence[Certificate]) -> list[str]:
    """Functions of σ of another's that nothing was compared of, where nothing was refuted before."""
    names = foreign(inquiry.engine)
    asked = any(c.kind == "enclosed" or c.verdict is Verdict.REFUTED for c in certificates)
    if not names or asked:
        return []
    what = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return [f"Not judged: {what} of {inquiry.engine.name}, for want of a proved Gaussian state to ask for."]


def _unanswered(inquiry: Inquiry, certificates: Sequence[Certificate], asked: Sequence[str] | str) -> list[str]:
    """What was asked for by name and nothing was compared of, where nothing was refuted before."""
    if any(c.verdict is Verdict.REFUTED for c in certificates):
        return []
    told = {name for c in certificates if c.skipped and not c.comparisons for name in TOLD.get(c.kind, ())}
    names = [name for name in ([asked] if isinstance(asked, str) else asked) if name not in told]
    compared = ((c.quantity, c.place) for found in certificates for c in found.comparisons)
    return not_compared(names, inquiry, compared)


def _start(inquiry: Inquiry) -> list[str]:
    """That measures are left out along the way."""
    if not getattr(inquiry.system.model, "moments_only", False):
        return []
    return [
        "ρ(0) is not Gaussian: along the way moments alone are compared, which are those of the Gaussian state that "
        "starts with the same mean and covariance; that one is simulated. Measures are compared in the steady state."
    ]


@alone
def exact_truth(model: Model, times: Sequence[float] | None = None) -> Truth | None:
    """The exact states that `certify` holds engines against; None if coefficients depend on time or modes are too many.

    Raises what `certify` raises.
    """
    with threadpool_limits(limits=1):
        return truth_of(System.of(model, times))
