"""What each function of torch's is in ONNX's operators.

A translation takes the graph, and the arguments of the function under torch's names with a Value for each tensor; it adds
nodes and returns the Value of the result, or a list of them.  `g.results` are the arrays that the function gave.
"""
from __future__ import annotations

from collections.abc import Callable

from . import arithmetic, layers, reductions, shapes

TRANSLATIONS: dict[str, Callable] = {**arithmetic.TRANSLATIONS, **reductions.TRANSLATIONS, **shapes.TRANSLATIONS,
                                     **layers.TRANSLATIONS}
# what is written in place is translated as what is not: a value of a graph never changes, the tensor takes the new one
TRANSLATIONS.update({f"{name}_": translation for name, translation in list(TRANSLATIONS.items()) if not name.startswith("__")})
