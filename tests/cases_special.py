"""Rows of the table of ops: special functions."""
from mtorch.ops import arithmetic, special
from tests.cases import above, call, some


def S():
    import torch
    return torch.special


for name in ("i0", "i1", "i0e", "i1e", "log_ndtr", "erfcx"):
    call(getattr(special, name), some(2, 3), like=lambda a, name=name: getattr(S(), name)(a), tolerance=1e-5)
call(special.ndtri, above(5, low=0.1, high=0.9), like=lambda a: S().ndtri(a))
call(special.entr, above(5), like=lambda a: S().entr(a))
call(special.xlog1py, some(3, 1), above(4, low=-0.5), like=lambda a, b: S().xlog1py(a, b))
NO_FIRST = "there is no derivative with respect to the first argument, nor in torch"
call(special.zeta, above(4, low=2.0, high=4.0), above(4, low=1.0, high=2.0), orders=0, why=NO_FIRST)
call(special.igamma, above(4), above(4), orders=0, why=NO_FIRST, like=None)
call(special.igammac, above(4), above(4), orders=0, why=NO_FIRST, like=None)

call(arithmetic.nextafter, some(3), some(3), orders=0,
     why="a change of one number is no smaller than the change to its neighbour")
