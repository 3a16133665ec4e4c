r"""The certificate of the resolvent: spectra of the steady state from (𝓛 + iω)⁻¹ below a cutoff, beside those in balls.

It is an estimate: errors are those of the linear solves, of the steady state, and of levels, by fewer of them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

import fock
from crosscheck.certificates.answers import EngineFailed, ask, no_answer
from crosscheck.certificates.budget import WITNESS
from crosscheck.certificates.inquiry import Inquiry
from crosscheck.certificates.names import STEADY, entry_name
from crosscheck.certificates.observables.certificate import frequencies
from crosscheck.certificates.simulation.cutoffs import TooManyPhotons, starting_cutoffs
from crosscheck.certificates.skipped import not_simulated
from crosscheck.certificates.window.own import rounded
from crosscheck.report.certificate import Certificate
from crosscheck.report.verdict import Comparison

KIND = "resolvent"
# What levels do to a spectrum is known to a few digits: enough to see a sign, a factor or a wrong order.
DIGITS = 1e-2
# Of the state above its levels, and levels of each mode that are left out to see what levels do.
TAIL, FEWER = 1e-6, 2
# A spectrum takes about so many times a steady state, at both numbers of levels: measured, 5 to 9.
TIMES_STEADY = 8.0


def resolvent_certificate(inquiry: Inquiry, found: Sequence[Certificate] = ()) -> Certificate | None:
    """S(ω) of the quadratures; None if it is not asked for, or no steady state is proved."""
    system, truth = inquiry.system, inquiry.truth
    asked = "spectrum" in inquiry.quantities and inquiry.engine.gives("spectrum")
    if not asked or truth is None or not truth.steady:
        return None
    if inquiry.simulate is False:
        return not_simulated(KIND, (), "it was not asked for.")
    claimed = rounded(truth.states[STEADY])
    try:
        cutoffs = tuple(n + FEWER for n in starting_cutoffs([(claimed.mean, claimed.covariance)], TAIL))
        price = TIMES_STEADY * fock.predicted_steady_seconds(system.model, cutoffs, memory=inquiry.budget.memory)
    except (TooManyPhotons, fock.TooLarge) as reason:
        return not_simulated(KIND, (), str(reason))
    if price > (inquiry.purse.left if inquiry.simulate else min(inquiry.purse.left, WITNESS)):
        return not_simulated(KIND, (), f"it would take about {price:.2g} s. Ask for it by `simulate=True`.")
    inquiry.purse.pay(price)
    inquiry.progress(f"{KIND}, spectra in Fock space")
    began = time.perf_counter()
    omegas = frequencies(inquiry, truth)
    fewer = tuple(n - FEWER for n in cutoffs)
    try:
        theirs = fock.spectrum.with_error(system.model, omegas, cutoff=cutoffs, coarse=fewer)
        mine = np.asarray(ask(inquiry.engine, lambda: inquiry.engine.spectrum(system.model, omegas)))
    except fock.FockError as reason:
        return not_simulated(KIND, (), str(reason))
    except EngineFailed as reason:
        return no_answer(KIND, reason)
    m = 2 * system.modes
    if mine.shape != (len(omegas), m, m):
        return None  # told by the certificate of the observables
    comparisons = []
    for w, one, other, error in zip(omegas, mine, theirs.value, theirs.error, strict=True):
        for j in range(m):
            for k in range(j, m):
                for part, of in (("Re", np.real), ("Im", np.imag)):
                    if j != k or part == "Re":
                        comparisons.append(
                            Comparison(
                                quantity=f"{part} S[{entry_name(j)}, {entry_name(k)}]", place=f"ω = {w:g}",
                                gaussian=float(of(one[j, k])), gaussian_error=0.0, fock=float(of(other[j, k])),
                                fock_error=float(error[j, k]), tolerance=DIGITS * max(1.0, abs(float(of(other[j, k])))),
                            )
                        )  # fmt: skip
    return Certificate(
        kind=KIND,
        basis=f"(𝓛 + iω)⁻¹ at cutoffs {'×'.join(map(str, fewer))} and {'×'.join(map(str, cutoffs))}, to {DIGITS:g}",
        comparisons=tuple(comparisons),
        seconds=time.perf_counter() - began,
        cutoffs=(fewer, cutoffs),
    )
