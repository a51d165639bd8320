"""torch.futures: a value that some thread will have later."""
from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["Future", "collect_all", "wait_all"]


T = TypeVar("T")


class Future(Generic[T]):
    """A place for a value that is not there yet.

    devices: GPUs that the value is on; None, there are none

    Raises: ValueError for devices.

    >>> import mtorch
    >>> answer = mtorch.futures.Future()
    >>> twice = answer.then(lambda future: 2 * future.value())
    >>> answer.set_result(21)
    >>> twice.wait()
    42
    """

    def __init__(self, *, devices: Any = None) -> None:
        if devices:
            raise ValueError(f"Future: devices is {devices}, but there is only the CPU")
        self._future: concurrent.futures.Future = concurrent.futures.Future()

    def done(self) -> bool:
        """Is there a value, or an error?"""
        return self._future.done()

    def wait(self) -> Any:
        """The value, once it is there.

        Raises: the error that was set in its place.
        """
        return self._future.result()

    def value(self) -> Any:
        """The value, which has to be there.

        Raises: RuntimeError while there is none; the error that was set in its place.
        """
        if not self.done():
            raise RuntimeError("Future.value: there is no value yet; wait() waits for it")
        return self._future.result()

    def set_result(self, result: Any) -> None:
        """Give the value, and call what waits for it.

        Raises: RuntimeError where there is one.
        """
        if self.done():
            raise RuntimeError("Future can only be marked completed once")
        self._future.set_result(result)

    def set_exception(self, result: BaseException) -> None:
        """Give an error in place of the value: who asks for the value has it raised."""
        if self.done():
            raise RuntimeError("Future can only be marked completed once")
        self._future.set_exception(result)

    def add_done_callback(self, callback: Callable[[Future], None]) -> None:
        """Call callback(self) once the value is there."""
        self._future.add_done_callback(lambda _: callback(self))

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A Future of what callback(self) returns, once the value is there."""
        after: Future = Future()

        def run(done: Future) -> None:
            try:
                after.set_result(callback(done))
            except Exception as error:
                after.set_exception(error)
        self.add_done_callback(run)
        return after


def collect_all(futures: list[Future]) -> Future:
    """A Future of the list, done when all of them are."""
    together: Future = Future()
    left = len(futures)

    def one_done(_: Future) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            together.set_result(list(futures))
    for future in futures:
        future.add_done_callback(one_done)
    if not futures:
        together.set_result([])
    return together


def wait_all(futures: list[Future]) -> list[Any]:
    """The values of all of them.

    Raises: the first error that was set in place of one.
    """
    return [future.wait() for future in futures]
