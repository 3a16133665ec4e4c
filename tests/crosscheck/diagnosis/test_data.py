"""Files of arrays as somebody's code."""

import json

import numpy as np
import pytest
import scipy.io

import gaussian
from crosscheck import diagnose
from crosscheck.diagnosis.code.data import load_data
from crosscheck.models.loading import TargetNotFound
from tests.crosscheck.diagnosis.examples import Optomechanics

MODEL = Optomechanics()
A, D = gaussian.drift(MODEL), gaussian.diffusion(MODEL)
T = np.array([0.5, 1.0, 2.0])
MOVING = gaussian.evolve(MODEL, T).covariance


def named_blocks(path):
    with path.open("w") as file:
        for name, matrix in (("# A", A), ("D", D)):
            file.write(f"{name}\n")
            np.savetxt(file, matrix, delimiter=",", fmt="%.9g")
            file.write("\n")


WRITERS = {
    "npz": lambda path: np.savez(path, A=A, D=D, S=3.0),
    "mat": lambda path: scipy.io.savemat(path, {"A": A, "D": D, "note": "ours"}),
    "json": lambda path: path.write_text(json.dumps({"A": A.tolist(), "D": D.tolist(), "p": {"kappa": 1}})),
    "csv": named_blocks,
}


@pytest.mark.parametrize("ending", WRITERS)
def test_a_file_of_arrays_is_a_code(ending, tmp_path):
    """By the names in it."""
    path = tmp_path / f"run.{ending}"
    WRITERS[ending](path)
    found = diagnose(path, model=MODEL)
    assert found.verdict == "certified"
    assert found.read == {"A": "drift", "D": "diffusion"}
    assert diagnose(f"{path}:D", model=MODEL).read == {"D": "diffusion"}


@pytest.mark.parametrize("ending", ["npy", "csv", "json"])
def test_a_single_array_has_the_name_of_its_file(ending, tmp_path):
    path = tmp_path / f"A.{ending}"
    if ending == "npy":
        np.save(path, A)
    elif ending == "csv":
        np.savetxt(path, A, delimiter=";")
    else:
        path.write_text(json.dumps(A.tolist()))
    assert np.array_equal(load_data(str(path))["A"], A)


def test_the_index_and_the_heading_of_a_frame_are_no_numbers(tmp_path):
    """As `DataFrame(A).to_csv("A.csv")` writes them."""
    rows = [",0,1,2,3", *(f"{k},{','.join(map(repr, row.tolist()))}" for k, row in enumerate(A))]
    (tmp_path / "A.csv").write_text("\n".join(rows))
    assert np.array_equal(load_data(str(tmp_path / "A.csv"))["A"], A)


def test_columns_with_headings_are_arrays(tmp_path):
    """Decimal commas between semicolons, too."""
    (tmp_path / "e.csv").write_text("t;E_N\n0,5;0,1\n1;0,25\n")
    found = load_data(str(tmp_path / "e.csv"))
    assert {name: values.tolist() for name, values in found.items()} == {"t": [0.5, 1.0], "E_N": [0.1, 0.25]}


@pytest.mark.parametrize("number", [3, 4])
def test_matlab_stacks_matrices_along_the_last_index(number, tmp_path):
    """Also where there are as many as rows: covariances are symmetric."""
    t = np.linspace(0.5, 2, number)
    moving = gaussian.evolve(MODEL, t).covariance
    path = tmp_path / "run.mat"
    scipy.io.savemat(path, {"t": t, "V": np.moveaxis(moving, 0, -1)})
    assert np.array_equal(load_data(str(path))["V"], moving)
    assert diagnose(path, model=MODEL).verdict == "certified"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("missing.npz", None, "no file"),
        ("short.csv", "1,2\n3\n", "equally long, but have 1 and 2"),
        ("bad.json", "{", "cannot be read"),
        ("bad.mat", "nonsense", "cannot be read"),
        ("fine.json:B", '{"A": [1]}', "no 'B' in fine.json. Choose from A"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(name, text, words, tmp_path):
    if text is not None:
        (tmp_path / name.partition(":")[0]).write_text(text)
    with pytest.raises(TargetNotFound, match=words):
        load_data(str(tmp_path / name))
