"""The focal loss, for detectors: where nearly every place is background, what is easy must not drown what is rare.

Source: Lin, Goyal, Girshick, He & Dollár, "Focal Loss for Dense Object Detection", ICCV 2017, arXiv:1708.02002.
"""
from __future__ import annotations

from ...nn import functional as F
from ...tensor import Tensor


def sigmoid_focal_loss(inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2,
                       reduction: str = "none") -> Tensor:
    """alpha_t * (1 - p_t)^gamma * -log p_t, where p_t is the probability that is given to the right answer.

    With gamma = 0 it is the cross-entropy of two classes; the larger gamma, the less an answer that is nearly right counts.

    inputs: scores, the sigmoid of which is the probability of class 1
    targets: 0 or 1, or between
    alpha: weight of class 1, in [0, 1], and 1 - alpha that of class 0; -1 for no weights
    gamma: how fast what is easy loses weight, >= 0
    reduction: "none", "mean" or "sum"

    Shape: inputs and targets of the same shape -> that shape, or ().
    Raises: ValueError for another alpha or reduction, and for shapes that differ.

    >>> import mtorch
    >>> sigmoid_focal_loss(mtorch.tensor([0., 4.]), mtorch.ones(2), alpha=-1)     # unsure, and nearly right
    tensor([1.7329e-01, 5.8716e-06])
    """
    if not 0 <= alpha <= 1 and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    p = inputs.sigmoid()
    p_t = p * targets + (1 - p) * (1 - targets)
    loss = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none") * (1 - p_t) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return reduced(loss, reduction)


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """The losses as they are, their mean or their sum."""
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    raise ValueError(f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'")
