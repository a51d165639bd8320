"""Which views torch lets nobody write to, and lets nobody read once their base was written.

A view's path is a linked list, its last step first: (steps before, op, its arguments, which of several outputs, whether
operations were recorded when it was taken).
"""
from __future__ import annotations


def refuse_several(path, what: str = "is being modified inplace") -> None:
    """Raise for a view that is one of several outputs of an op."""
    while path:
        path, call, _, slot, _ = path
        if slot is not None:
            name = call.grad_name.removesuffix("0").removesuffix("Backward")
            why = ("This view was created inside a custom Function (or because an input was returned as-is) and the "
                   "autograd logic to handle view+inplace would override the custom backward associated with the custom "
                   "Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the "
                   "output of the custom Function." if call.rule is None else
                   "This view is the output of a function that returns multiple views. Such functions do not allow the "
                   "output views to be modified inplace. You should replace the inplace operation by an out-of-place one.")
            raise RuntimeError(f"Output {slot} of {name} is a view and {what}. {why}")


def all_recorded(path) -> bool:
    """Were all steps of this view taken while operations were recorded?"""
    while path:
        path, _, _, _, recorded = path
        if not recorded:
            return False
    return True


def refuse_no_grad(path, what: str = "is being modified inplace") -> None:
    """Raise for a view that was taken, or of which a step was taken, in no_grad mode."""
    if not all_recorded(path):
        raise RuntimeError(f"A view was created in no_grad mode and {what} with grad mode enabled. Given that this use case is "
                           "ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and "
                           "the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) "
                           "or both outside (if you want the inplace to be tracked).")
