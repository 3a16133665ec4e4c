"""`crosscheck engines` and `crosscheck certify --engine`."""

import json

from typer.testing import CliRunner

from crosscheck import models
from crosscheck.commands import main as cli
from crosscheck.models import BathBeamSplitter


def run(*arguments):
    result = CliRunner().invoke(cli.app, list(arguments))
    return result, " ".join(result.output.replace("│", " ").split())


def test_certify_refutes_qutip_where_g_is_not_the_root_of_two(tmp_path):
    """Exit code 1; the JSON holds every comparison, and E_N of lossy twin beams is wrong at g = 1 and 2 only."""
    path = tmp_path / "out.json"
    result, text = run("certify", "LossyTwinBeams", "--engine", "qutip-cv", "--details", "--json", str(path))
    assert result.exit_code == 1
    assert "measures theorem" in text, "--details prints every report"
    engines = json.loads(path.read_text("utf-8"))["engines"]
    verdicts = {e["engine"]: e["reports"][1]["verdict"] for e in engines}
    assert verdicts == {"qutip-cv, g = √2": "certified", "qutip-cv, g = 1": "refuted", "qutip-cv, g = 2": "refuted"}


def test_wrong_use_gets_one_sentence_and_exit_code_2():
    for arguments, message in (
        (("certify", "--engine", "qutip"), "There is no engine 'qutip'; registered are"),
        (("engines", "qutip"), "There is no engine 'qutip'; registered are"),
        (("certify", "--engine", "qutip-cv", "--planted"), "--planted and --engine cannot be combined"),
    ):
        result, text = run(*arguments)
        assert result.exit_code == 2
        assert message in text


def test_engines_prints_the_table(monkeypatch):
    """With all models; one of them here, for speed."""
    monkeypatch.setattr(models, "MODELS", {"BathBeamSplitter": BathBeamSplitter})
    result, text = run("engines", "qutip-cv")
    assert result.exit_code == 1
    assert "qutip-cv, g = 2, log_negativity: two-mode squeezed vacuum" in text
