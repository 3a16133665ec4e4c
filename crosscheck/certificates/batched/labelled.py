"""Fields that are xarray's DataArrays: their values as an open grid, and results with their dimensions and coordinates.

xarray is not imported here unless a field is one of its objects; the extra `sweeps` installs it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck.certificates.batched.rounding import Array
from crosscheck.certificates.batched.scan import changed
from crosscheck.errors import InvalidParameter
from crosscheck.model import parameters


@dataclass(frozen=True, eq=False)
class Labels:
    """The dimensions of a scan in the order of its axes, and what is known along them; none for plain arrays."""

    dims: tuple[str, ...] = ()
    coords: Any = None

    def on(self, array: Array, name: str) -> Any:
        """The array itself, or a DataArray of that name."""
        if not self.dims:
            return array
        import xarray  # asked for only where a field is its object

        return xarray.DataArray(array, dims=self.dims, coords=self.coords, name=name)


def unlabelled(model: Any) -> tuple[Any, Labels]:
    """A model with plain arrays for fields, which broadcast to the shape of the scan, and the labels of its axes.

    Raises:
        InvalidParameter: the labels along a dimension differ between fields, or an array has none beside some that do.
    """
    if "xarray" not in sys.modules:
        return model, Labels()
    import xarray  # it has been imported already

    given = [part for value in parameters(model).values() for part in _leaves(value)]
    labelled = [part for part in given if isinstance(part, xarray.DataArray)]
    if not labelled:
        return model, Labels()
    bare = [part for part in given if isinstance(part, np.ndarray) and part.ndim]
    if bare:
        raise InvalidParameter(
            "model",
            "have labels on all of its arrays if one is a DataArray",
            f"{type(model).__name__} with an array of shape {bare[0].shape}",
            "Make that one a DataArray, too, with the dimension that it varies along.",
        )
    try:
        xarray.align(*labelled, join="exact", copy=False)
        merged = xarray.merge([part.coords.to_dataset() for part in labelled], compat="equals", join="exact")
    except ValueError as error:
        raise InvalidParameter(
            "model",
            "have the same coordinates along a dimension that fields share",
            type(model).__name__,
            f"Give them one coordinate array, or dimensions of other names; xarray says: {str(error).splitlines()[0]}",
        ) from None
    dims = tuple(dict.fromkeys(str(dim) for part in labelled for dim in part.dims))

    def plain(part: Any) -> Any:
        ordered = part.transpose(*(dim for dim in dims if dim in part.dims))
        return ordered.values[tuple(slice(None) if dim in part.dims else None for dim in dims)]

    return changed(model, plain, lambda part: isinstance(part, xarray.DataArray)), Labels(dims, merged.coords)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]
