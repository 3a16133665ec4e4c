"""Time against size, log-log, one panel a case."""

from __future__ import annotations

from crosscheck.bench.table import Bench


def plot(bench: Bench, path: str) -> None:
    """Time against cutoff or modes, log-log, one panel a case that several took part in; ours thick."""
    from matplotlib.figure import Figure  # half a second to import
    from matplotlib.ticker import NullFormatter

    cases = [case for case in bench.cases if len(case.solvers) > 1 and case.axis != "points"]
    figure = Figure(figsize=(6.5 * len(cases), 5), layout="constrained")
    for axes, case in zip(figure.subplots(1, len(cases), squeeze=False)[0], cases, strict=True):
        for solver in case.solvers:
            runs = [r for r in case.runs if r.solver == solver and r.right]
            k = case.exponent(solver)
            label = solver if k is None else f"{solver}, k = {k:.1f}"
            ours = solver == case.ours
            points = [r.size for r in runs], [r.seconds for r in runs]
            style = {"color": "black", "lw": 2.5, "zorder": 3} if ours else {"lw": 1.0}
            axes.loglog(*points, "o-", label=label, **style)
        axes.set_xticks(case.sizes, [str(size) for size in case.sizes])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(f"{case.axis} (Fock levels per mode)" if case.axis.startswith("cutoff") else case.axis)
        axes.set_ylabel("time (s)")
        axes.set_title(f"{case.name}, error < {case.accuracy:.0e}", fontsize="medium")
        axes.legend(fontsize="x-small")
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)
