"""What a distribution is: shapes, checked parameters, and the questions that can be asked of it.

A distribution stands for a batch (`batch_shape`) of independent distributions over values of `event_shape`.
`sample(s)` has shape s + batch_shape + event_shape, `log_prob(value)` has shape s + batch_shape.
"""
from __future__ import annotations

import copy
import warnings
from typing import Any

from ..autograd import no_grad
from ..functions.arguments import Size
from ..tensor import Tensor
from . import constraints
from .utils import Shape, lazy_property


_SCALAR = Size(())


class Distribution:
    """The base of all distributions.

    batch_shape: the shape of the batch of independent distributions that this one stands for
    event_shape: the shape of one value of one of them
    validate_args: check parameters here and values in `log_prob` and `cdf`; None for what `set_default_validate_args`
        said, True to begin with

    A subclass names its parameters in `arg_constraints`, sets them as attributes, calls `super().__init__` and defines
    `rsample` (a sample through which gradients flow) or `sample`, `log_prob` and what else it can answer.

    Shape: `sample(s)` is s + batch_shape + event_shape; `log_prob(value)`, for a value that broadcasts with batch_shape
    + event_shape, is without event_shape.
    Raises: ValueError for parameters outside their constraints; NotImplementedError by what a subclass does not define.
    Source: J. Dillon et al., TensorFlow Distributions (2017), section 3, for shapes of samples, batches and events.

    >>> import mtorch
    >>> isinstance(mtorch.distributions.Normal(0.0, 1.0), mtorch.distributions.Distribution)
    True
    """

    has_rsample = False
    has_enumerate_support = False
    _validate_args = __debug__
    arg_constraints: Any = {}

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Say whether parameters and values are checked where `validate_args` is not given."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args: expected True or False, got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = _SCALAR, event_shape: Any = _SCALAR, validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = batch_shape, event_shape
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()
        super().__init__()                   # of what a user's class derives from besides

    def _check_parameters(self) -> None:
        for name, constraint in self.arg_constraints.items():
            lazy = isinstance(getattr(type(self), name, None), lazy_property)
            if constraints.is_dependent(constraint) or lazy and name not in self.__dict__:
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of "
                                 f"distribution {self!r} to satisfy the constraint {constraint!r}, but found invalid "
                                 f"values:\n{value}")

    # -- shapes

    @property
    def batch_shape(self) -> Size:
        """The shape of the batch of distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one value."""
        return self._event_shape

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        """The same distributions broadcast to a larger batch, without copying their parameters."""
        known = self.arg_constraints
        home: Any = next(cls for cls in type(self).__mro__ if cls.__module__.startswith(__package__))
        if home.__name__ in ("Distribution", "ExponentialFamily"):     # what else such a subclass keeps, it alone knows
            raise NotImplementedError(f"{type(self).__name__} does not implement expand")
        if _instance is None:                              # a user's subclass expands what it has besides itself
            self._get_checked_instance(home)
        known = home.arg_constraints if isinstance(home.arg_constraints, dict) else known
        new = self._copied(_instance)
        batch_shape = Size(batch_shape)
        for name, value in self.__dict__.items():
            if name in known:
                new.__dict__[name] = value.expand(batch_shape + value.shape[len(self._batch_shape):])
            elif isinstance(value, Distribution):
                new.__dict__[name] = self._expanded_inner(value, batch_shape)
            elif isinstance(getattr(type(self), name, None), lazy_property):
                new.__dict__.pop(name, None)                     # worked out for the smaller batch
        new._batch_shape = batch_shape
        return new

    def _expanded_inner(self, inner: Distribution, batch_shape: Shape) -> Distribution:
        """A distribution that this one is made of, for a larger batch of this one."""
        return inner.expand(batch_shape + inner.batch_shape[len(self._batch_shape):])

    def _copied(self, instance: Any = None) -> Any:
        """A twin that shares the parameters; or `instance`, a subclass's own new object, made into one."""
        if instance is None:
            return copy.copy(self)
        instance.__dict__.update({**self.__dict__, **instance.__dict__})
        return instance

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        """An empty instance for a subclass's own `expand` to fill, or the one that was passed to it."""
        if _instance is None and type(self).__init__ is not cls.__init__:          # type: ignore[misc]
            raise NotImplementedError(f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ "
                                      "method must also define a custom .expand() method.")
        return self.__new__(type(self)) if _instance is None else _instance

    def _extended_shape(self, sample_shape: Shape = ()) -> Size:
        try:
            return Size(Size(sample_shape) + self._batch_shape + self._event_shape)
        except TypeError:
            raise TypeError(f"{type(self).__name__}: sample_shape must be a sequence of ints, got "
                            f"{sample_shape!r}") from None

    # -- what it is like

    @property
    def support(self) -> Any:
        """The constraint that values of the distribution satisfy."""
        raise NotImplementedError(f"{type(self).__name__} does not define its support")

    @property
    def mean(self) -> Tensor:
        """The expected value."""
        raise NotImplementedError(f"{type(self).__name__} does not implement mean")

    @property
    def mode(self) -> Tensor:
        """The most likely value."""
        raise NotImplementedError(f"{type(self).__name__} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The expected squared distance from the mean."""
        raise NotImplementedError(f"{type(self).__name__} does not implement variance")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def entropy(self) -> Tensor:
        """The expected -log_prob, in nats."""
        raise NotImplementedError(f"{type(self).__name__} does not implement entropy")

    def perplexity(self) -> Tensor:
        """The exponential of the entropy."""
        return self.entropy().exp()

    # -- samples

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """A sample for each index of `sample_shape` and of the batch; no gradient flows through it."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """A sample that is a differentiable function of the parameters."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample: its samples cannot be differentiated")

    def sample_n(self, n: int) -> Tensor:
        """n samples: the deprecated form of `sample((n,))`."""
        warnings.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values that can occur, along a new first dimension."""
        raise NotImplementedError(f"{type(self).__name__} has no finite support to enumerate")

    def _along_batch(self, values: Tensor, expand: bool) -> Tensor:
        """values (K,), or (K, *event), as `enumerate_support` returns them."""
        ones = (1,) * len(self._batch_shape)
        values = values.reshape(values.shape[:1] + ones + values.shape[1:])
        return values.expand((-1,) + self._batch_shape + self._event_shape) if expand else values

    # -- probabilities

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at value."""
        raise NotImplementedError(f"{type(self).__name__} does not implement log_prob")

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value not greater than this one."""
        raise NotImplementedError(f"{type(self).__name__} does not implement cdf")

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile: the value whose cdf this is."""
        raise NotImplementedError(f"{type(self).__name__} does not implement icdf")

    def _validate_sample(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise ValueError(f"{type(self).__name__}: the value must be a Tensor, got {type(value).__name__}")
        if value.shape[value.dim() - len(self._event_shape):] != self._event_shape:
            raise ValueError("The right-most size of value must match event_shape: "
                             f"{value.shape} vs {self._event_shape}.")
        expected = self._batch_shape + self._event_shape
        if any(1 != n != m != 1 for n, m in zip(reversed(value.shape), reversed(expected), strict=False)):
            raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {expected}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(f"{type(self)} does not define `support` to enable sample validation. Please initialize the "
                          "distribution with `validate_args=False` to turn off validation.", stacklevel=3)
            return
        if not support.check(value).all():
            raise ValueError(f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be "
                             f"within the support ({support!r}) of the distribution {self!r}, but found invalid "
                             f"values:\n{value}")

    def _checked(self, value: Tensor) -> Tensor:
        """value, checked if this distribution checks."""
        if self._validate_args:
            self._validate_sample(value)
        return value

    def __repr__(self) -> str:
        hidden = self.__dict__.get("_buffer_names", ())            # of a Module that is a distribution besides
        parameters = {name: self.__dict__[name] for name in self.arg_constraints
                      if name in self.__dict__ and name not in hidden}
        shown = (f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in parameters.items())
        return f"{type(self).__name__}({', '.join(shown)})"
