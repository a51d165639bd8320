"""The one error of reading: whatever is wrong with a file, this is raised, and nothing else happens."""
from __future__ import annotations

import pickle


class FileFormatError(pickle.UnpicklingError, RuntimeError):
    """A file is damaged, is of another form, or asks for something that reading a file does not do.

    Programs written for torch catch `pickle.UnpicklingError` or `RuntimeError`: it is both.

    args: what is wrong, and with which file

    Raises: nothing by itself; `load` and the readers raise it.

    >>> import mtorch
    >>> with open("not_a_file_of_weights.pt", "wb") as file:
    ...     written = file.write(b"hello")
    >>> try:
    ...     mtorch.load("not_a_file_of_weights.pt")
    ... except mtorch.serialization.FileFormatError:
    ...     print("refused")
    refused
    """
