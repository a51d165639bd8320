"""Rows of the table of ops: overlapping views."""
from mtorch.ops import windows
from tests.cases import call, some

X = some(3, 5)
for size, step in ((2, 1), (3, 2), (1, 2), (5, 1)):
    call(windows.sliding, X, dim=1, size=size, step=step, like=lambda a, s=size, t=step: a.unfold(1, s, t))
call(windows.sliding, some(5, 2, 2), dim=0, size=2, step=2, like=lambda a: a.unfold(0, 2, 2))
call(windows.overlapped, some(3, 4, 2), shape=(3, 5), dim=1, size=2, step=1)
call(windows.overlapped, some(3, 2, 2), shape=(3, 5), dim=1, size=2, step=2)
call(windows.as_strided, some(6), size=(2, 2), stride=(2, 1), offset=1, like=lambda a: a.as_strided((2, 2), (2, 1), 1))
call(windows.as_strided, some(2, 3), size=(2, 3), stride=(1, 2), offset=0,
     like=lambda a: a.clone().as_strided((2, 3), (1, 2), 0))
call(windows.strided_back, some(2, 2), shape=(6,), size=(2, 2), stride=(1, 1), offset=2)
