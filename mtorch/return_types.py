"""What functions of several results return: tuples whose parts also have names, and print as torch's do."""
from __future__ import annotations

from collections import namedtuple


def _kind(name: str, *fields: str) -> type:
    """A named tuple that shows itself under `torch.return_types`, a line for each part."""
    def shown(self) -> str:
        parts = ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self, strict=True))
        return f"torch.return_types.{name}(\n{parts})"
    return type(name, (namedtuple(name, fields),), {"__slots__": (), "__repr__": shown, "__module__": __name__})


max, min = _kind("max", "values", "indices"), _kind("min", "values", "indices")
aminmax = _kind("aminmax", "min", "max")
cummax, cummin = _kind("cummax", "values", "indices"), _kind("cummin", "values", "indices")
median, nanmedian = _kind("median", "values", "indices"), _kind("nanmedian", "values", "indices")
mode, kthvalue = _kind("mode", "values", "indices"), _kind("kthvalue", "values", "indices")
sort, topk = _kind("sort", "values", "indices"), _kind("topk", "values", "indices")
histogram = _kind("histogram", "hist", "bin_edges")
