r"""Files of arrays as somebody's code: `.npz`, `.npy`, `.mat`, `.json` and `.csv`, as names with their values.

A file of one array without a name has that of the file: `A.csv` holds A. A table with headings holds one array for each
column; a `.csv` of several matrices names each in a line above it, with an empty line between them. MATLAB stacks
matrices along the last index; here it is the first.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscheck.models.loading import TargetNotFound

Array = NDArray[Any]
Cells = list[list[str]]


def is_data(target: str) -> bool:
    """Whether a target is such a file, or `file:NAME` of one."""
    return _path_of(target)[0].suffix.lower() in READERS


def load_data(target: str) -> dict[str, Any]:
    """The arrays of a file by name; only the one that `file:NAME` asks for, if it does.

    Raises:
        TargetNotFound: there is no such file or name, or it cannot be read.
    """
    path, name = _path_of(target)
    if not path.is_file():
        raise TargetNotFound(f"There is no file {str(path)!r}.", "Check the path, and the folder you are in.")
    try:
        found = READERS[path.suffix.lower()](path)
    except TargetNotFound:
        raise
    except NotImplementedError:  # scipy, of MATLAB's HDF5
        hint = "Use `save(…, '-v7')` in MATLAB."
        raise TargetNotFound(f"{path.name} must be a MATLAB file of version 7 or less, but is of 7.3.", hint) from None
    except Exception as error:
        hint = "Write numbers only: numpy.savez, scipy.io.savemat, json.dump of lists, or numpy.savetxt."
        raise TargetNotFound(f"{path.name} cannot be read: {str(error).rstrip('.')}.", hint) from error
    found = {key: value for key, value in found.items() if not key.startswith("_")}
    if name and name not in found:
        raise TargetNotFound(f"There is no {name!r} in {path.name}.", f"Choose from {', '.join(list(found)[:12])}.")
    return {name: found[name]} if name else found


def _path_of(target: str) -> tuple[Path, str]:
    where, _, name = target.rpartition(":")
    if where and Path(where).suffix.lower() in READERS:
        return Path(where), name
    return Path(target), ""


def _npz(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _npy(path: Path) -> dict[str, Any]:
    return {path.stem: np.load(path, allow_pickle=False)}


def _mat(path: Path) -> dict[str, Any]:
    import scipy.io

    found = scipy.io.loadmat(path, squeeze_me=True)
    return {name: _unstacked(value) if isinstance(value, np.ndarray) else value for name, value in found.items()}


def _unstacked(array: Array) -> Array:
    """Matrices that are stacked along the last indices, as MATLAB has them, along the first ones.

    Where the shape does not tell, symmetry does: covariances are symmetric.
    """
    if array.ndim < 3 or array.shape[0] != array.shape[1]:
        return array
    turned = np.moveaxis(array, (0, 1), (-2, -1))
    if array.shape[-1] != array.shape[-2]:
        return turned

    def is_symmetric(matrices: Array) -> bool:
        return bool(np.allclose(matrices, np.swapaxes(matrices, -1, -2), rtol=1e-9, atol=0))

    return turned if is_symmetric(turned) and not is_symmetric(array) else array


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {path.stem: found}


def _csv(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8-sig")
    lines = [line.strip() for line in text.splitlines()]
    found: dict[str, Any] = {}
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip("# ,;"):
            block.append(line)
        elif block:
            found |= _block(block, path)
            block = []
    return found


def _block(lines: Sequence[str], path: Path) -> dict[str, Any]:
    """One table: a matrix, with its name above it or not, or columns with headings."""
    numbers = next((k for k, line in enumerate(lines) if not line.startswith("#") and _is_numeric(line)), len(lines))
    headings = _split(lines[numbers - 1].lstrip("# ")) if numbers else []
    rows = [_split(line) for line in lines[numbers:] if not line.startswith("#")]
    if headings and not headings[0] and rows and len(rows[0]) == len(headings):
        # A frame of pandas: its first column counts the rows.
        headings, rows = headings[1:], [row[1:] for row in rows]
        headings = [] if all(map(_is_number, headings)) else headings
    if len({len(row) for row in rows}) > 1:
        counts = " and ".join(map(str, sorted({len(row) for row in rows})))
        hint = "Check the line that is short, or leave an empty line between two matrices."
        raise TargetNotFound(f"The rows of {path.name} must be equally long, but have {counts} numbers.", hint)
    table = np.array([[_number(cell) for cell in row] for row in rows])
    if not table.size:
        return {}
    table = table.real if not np.iscomplexobj(table) or not table.imag.any() else table
    if len(headings) == table.shape[1] and len(headings) > 1:
        return dict(zip(headings, table.T, strict=True))
    return {headings[0] if len(headings) == 1 and headings[0].isidentifier() else path.stem: table}


def _split(line: str) -> list[str]:
    """The cells of a line; a comma is that of a decimal where semicolons or tabs stand between."""
    for between in (";", "\t", ","):
        if between in line:
            cells = next(csv.reader([line], delimiter=between))
            return [cell.strip().replace(",", ".") if between == ";" else cell.strip() for cell in cells]
    return line.split()


def _is_numeric(line: str) -> bool:
    cells = _split(line)
    return all(_is_number(cell) for cell in cells) and not (cells and not cells[0])


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _number(cell: str) -> complex:
    if not cell:
        return math.nan
    try:
        return float(cell)
    except ValueError:
        return complex(cell.replace(" ", "").replace("i", "j"))


READERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    ".npz": _npz, ".npy": _npy, ".mat": _mat, ".json": _json, ".csv": _csv,
}  # fmt: skip
