"""One model of a campaign: its parameters, the report on the right engine, and that on the corrupted one."""

from rich.console import Console

from crosscheck.certify import exact_truth
from tests.campaign.corruptions import corrupted
from tests.campaign.kinds import Trial
from tests.campaign.run import Plan, certified


def show(trial: Trial, plan: Plan) -> None:
    """Print them; what is raised is raised."""
    model, console = trial.model, Console()
    console.print(f"Model {trial.number} of seed {trial.seed}, {trial.kind}:", model)
    truth, simulate = exact_truth(model), plan.simulates(trial)
    console.print(certified(model, simulate=simulate, budget=plan.budget, truth=truth))
    planted = corrupted(trial.rng(1), model, truth)
    if planted:
        name, engine, deviation = planted
        print(f"\nWith {name} planted, {deviation:.3g} tolerances off:")
        console.print(certified(model, engine=engine, simulate=simulate, budget=plan.budget, truth=truth))
