"""Normalisation layers that can keep running statistics: of each channel over a batch, or in each sample."""
from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ..functions.arguments import require_tensor
from ..functions.creation import ones, tensor, zeros
from ..tensor import Tensor
from . import functional as F
from .module import Module
from .normalization import _Affine

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


class _NormBase(_Affine):
    """What batch and instance normalisation share: a scale and a shift for each channel, and running statistics."""

    _version = 2

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None,
                 *, bias: bool = True) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self._make_affine(num_features, affine, affine and bias, device, dtype)
        tracked = {"running_mean": zeros(num_features, device=device, dtype=dtype),
                   "running_var": ones(num_features, device=device, dtype=dtype),
                   "num_batches_tracked": tensor(0)} if track_running_stats else {}
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            self.register_buffer(name, tracked.get(name))
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget what was seen: mean 0, variance 1."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Forget what was seen and learned: scale 1, shift 0."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check_input_dim(self, input: Tensor) -> None:
        raise NotImplementedError

    def extra_repr(self) -> str:
        """The options."""
        return (f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
                f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}")

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: dict, *rest: Any) -> None:
        """States written before version 2 do not count the batches."""
        key = prefix + "num_batches_tracked"
        if self._version >= 2 and self.track_running_stats and (local_metadata.get("version")
                                                                or 1) < 2 and key not in state_dict:
            state_dict[key] = tensor(0) if self.num_batches_tracked is None else self.num_batches_tracked
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class _BatchNorm(_NormBase):
    """Batch normalisation."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(require_tensor(input, type(self).__name__))
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:                  # the plain average of all batches so far
                momentum = 1.0 / float(self.num_batches_tracked.array)
        tracked = not self.training or self.track_running_stats
        return F.batch_norm(input, self.running_mean if tracked else None, self.running_var if tracked else None,
                            self.weight, self.bias, self.training or self.running_mean is None, momentum, self.eps)


class BatchNorm1d(_BatchNorm):
    """(x - mean) / sqrt(var + eps) * weight + bias for each feature or channel, over the batch.

    In training the statistics are the batch's, and the running ones are moved towards them; in evaluation they are the
    running ones.  The variance that normalises is divided by n, the running one by n - 1.

    num_features: C
    eps: added to the variance, > 0
    momentum: how far the running statistics move at each batch, in [0, 1]; None averages all batches
    affine: learn weight and bias, which start as 1 and 0
    track_running_stats: keep running statistics; without them evaluation uses the batch's
    device, dtype: of weight, bias and statistics
    bias: learn the bias, where affine

    Shape: (N, C) or (N, C, L) -> the same.
    Raises: ValueError for an input of other dimensions, one value for each channel in training, eps <= 0 in training;
    RuntimeError for other channels; NotImplementedError for integers; TypeError for what is no Tensor.
    Source: Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
    Shift", ICML 2015, arXiv:1502.03167, algorithms 1 and 2.

    >>> import mtorch
    >>> layer = mtorch.nn.BatchNorm1d(1)
    >>> layer(mtorch.tensor([[1.], [3.]])).detach()
    tensor([[-1.0000],
            [ 1.0000]])
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (2, 3):
            raise ValueError(f"expected 2D or 3D input (got {input.dim()}D input)")


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images, over the batch and all pixels; arguments as for BatchNorm1d.

    Shape: (N, C, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.BatchNorm2d(8)
    BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() != 4:
            raise ValueError(f"expected 4D input (got {input.dim()}D input)")


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of volumes, over the batch and all places; arguments as for BatchNorm1d.

    Shape: (N, C, D, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.BatchNorm3d(2)(mtorch.randn(4, 2, 3, 3, 3)).shape
    torch.Size([4, 2, 3, 3, 3])
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() != 5:
            raise ValueError(f"expected 5D input (got {input.dim()}D input)")


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation over the processes of a distributed training; with one process, as here, BatchNorm.

    Arguments as for BatchNorm1d, and
    process_group: None, the one process; there is no other

    Shape: (N, C, ...) -> the same.
    Raises: NotImplementedError for a process_group.

    >>> import mtorch
    >>> mtorch.nn.SyncBatchNorm.convert_sync_batchnorm(mtorch.nn.BatchNorm2d(8))
    SyncBatchNorm(8, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, process_group: Any = None, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None, *, bias: bool = True) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        if process_group is not None:
            raise NotImplementedError("SyncBatchNorm: there are no process groups; leave process_group out")
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() < 2:
            raise ValueError(f"expected at least 2D input (got {input.dim()}D input)")

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with every batch normalisation in it replaced by one of this class with the same state."""
        if isinstance(module, _BatchNorm):
            made = cls(module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats,
                       process_group, bias=module.bias is not None)
            for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
                setattr(made, name, getattr(module, name))
            made.training = module.training
            return made
        for name, child in list(module.named_children()):
            setattr(module, name, cls.convert_sync_batchnorm(child, process_group))
        return module


class _InstanceNorm(_NormBase):
    """Instance normalisation."""

    _axes = 0

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False,
                 track_running_stats: bool = False, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None,
                 *, bias: bool = True) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (self._axes + 1, self._axes + 2):
            raise ValueError(f"expected {self._axes + 1}D or {self._axes + 2}D input (got {input.dim()}D input)")

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(require_tensor(input, type(self).__name__))
        batched = input.dim() == self._axes + 2
        channels = input.shape[1 if batched else 0]
        if channels != self.num_features:
            text = (f"expected input's size at dim={1 if batched else 0} to match num_features "
                    f"({self.num_features}), but got: {channels}.")
            if self.affine:
                raise ValueError(text)
            warnings.warn(f"{type(self).__name__}: {text} Without affine it makes no difference", stacklevel=3)
        momentum = 0.0 if self.momentum is None else self.momentum
        y = F.instance_norm(input if batched else input.unsqueeze(0), self.running_mean, self.running_var, self.weight,
                            self.bias, self.training or not self.track_running_stats, momentum, self.eps)
        return y if batched else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """(x - mean) / sqrt(var + eps) for each channel of each sample, over its places.

    num_features: C
    eps: added to the variance, > 0
    momentum: how far the running statistics move at each batch, in [0, 1]
    affine: learn a weight and a bias for each channel, which start as 1 and 0
    track_running_stats: keep running statistics, and use them in evaluation
    device, dtype: of weight, bias and statistics
    bias: learn the bias, where affine

    Shape: (N, C, L) or (C, L) -> the same.
    Raises: ValueError for an input of other dimensions or, where affine, channels, or one value for each channel;
    NotImplementedError for integers; TypeError for what is no Tensor.
    Source: Ulyanov, Vedaldi & Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization", 2016,
    arXiv:1607.08022.

    >>> import mtorch
    >>> mtorch.nn.InstanceNorm1d(1)(mtorch.tensor([[[1., 3.]]]))
    tensor([[[-1.0000,  1.0000]]])
    """

    _axes = 1


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of images; arguments as for InstanceNorm1d.

    Shape: (N, C, H, W) or (C, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.InstanceNorm2d(3)
    InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)
    """

    _axes = 2


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of volumes; arguments as for InstanceNorm1d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.InstanceNorm3d(3)(mtorch.randn(1, 3, 2, 4, 4)).shape
    torch.Size([1, 3, 2, 4, 4])
    """

    _axes = 3
