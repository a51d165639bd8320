"""Optimizers of the user's own, in the shapes that public code has them: the same class on torch and on mtorch."""

from __future__ import annotations

import copy
import importlib
import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import optim


def plain_sgd(T: Any) -> Callable:
    """A step over the groups, with a momentum in the state and a required option."""
    from importlib import import_module
    module: Any = import_module(f"{T.__name__}.optim.optimizer")

    class MySGD(module.Optimizer):
        def __init__(self, params: Any, lr: Any = module.required, momentum: float = 0.0) -> None:
            if lr is not module.required and lr < 0.0:
                raise ValueError(f"Invalid learning rate: {lr}")
            super().__init__(params, dict(lr=lr, momentum=momentum))

        def step(self, closure: Any = None) -> Any:
            loss = None
            if closure is not None:
                loss = closure()
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    d_p = p.grad.data
                    if group["momentum"] != 0:
                        param_state = self.state[p]
                        if "momentum_buffer" not in param_state:
                            buf = param_state["momentum_buffer"] = T.clone(d_p).detach()
                        else:
                            buf = param_state["momentum_buffer"]
                            buf.mul_(group["momentum"]).add_(d_p)
                        d_p = buf
                    p.data.add_(d_p, alpha=-group["lr"])
            return loss

    return lambda params: MySGD(params, lr=0.1, momentum=0.9)


def old_adam(T: Any) -> Callable:
    """Adam as it was written for years: a whole number for the step, everything through .data."""
    class MyAdam(T.optim.Optimizer):
        def __init__(self, params: Any, lr: float = 1e-2, betas: tuple = (0.9, 0.99), eps: float = 1e-8,
                     weight_decay: float = 0.1) -> None:
            defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
            super().__init__(params, defaults)

        def __setstate__(self, state: dict) -> None:
            super().__setstate__(state)
            for group in self.param_groups:
                group.setdefault("amsgrad", False)

        @T.no_grad()
        def step(self, closure: Any = None) -> Any:
            loss = None
            if closure is not None:
                with T.enable_grad():
                    loss = closure()
            for group in self.param_groups:
                beta1, beta2 = group["betas"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    grad = p.grad.data
                    if grad.is_sparse:
                        raise RuntimeError("no sparse gradients")
                    state = self.state[p]
                    if len(state) == 0:
                        state["step"] = 0
                        state["exp_avg"] = T.zeros_like(p.data, memory_format=T.preserve_format)
                        state["exp_avg_sq"] = T.zeros_like(p.data)
                    exp_avg, exp_avg_sq = state["exp_avg"], state["exp_avg_sq"]
                    state["step"] += 1
                    if group["weight_decay"] != 0:
                        grad = grad.add(p.data, alpha=group["weight_decay"])
                    exp_avg.mul_(beta1).add_(grad, alpha=1 - beta1)
                    exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
                    denom = exp_avg_sq.sqrt().add_(group["eps"])
                    correction = math.sqrt(1 - beta2 ** state["step"]) / (1 - beta1 ** state["step"])
                    p.data.addcdiv_(exp_avg, denom, value=-group["lr"] * correction)
            return loss

    return MyAdam


def lion(T: Any) -> Callable:
    """Sign of a moving average, in the present style: no_grad over the step, filter of the parameters."""
    class Lion(T.optim.Optimizer):
        def __init__(self, params: Any, lr: float = 1e-2, betas: tuple = (0.9, 0.99),
                     weight_decay: float = 0.1) -> None:
            assert lr > 0.0
            super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

        @T.no_grad()
        def step(self, closure: Any = None) -> Any:
            loss = None
            if closure is not None:
                with T.enable_grad():
                    loss = closure()
            for group in self.param_groups:
                for p in filter(lambda p: p.grad is not None, group["params"]):
                    grad, lr, (beta1, beta2), state = p.grad, group["lr"], group["betas"], self.state[p]
                    if len(state) == 0:
                        state["exp_avg"] = T.zeros_like(p)
                    p.mul_(1.0 - lr * group["weight_decay"])
                    update = state["exp_avg"].clone().mul_(beta1).add(grad, alpha=1.0 - beta1).sign_()
                    p.add_(update, alpha=-lr)
                    state["exp_avg"].mul_(beta2).add_(grad, alpha=1.0 - beta2)
            return loss

    return Lion


def lookahead(T: Any) -> Callable:
    """A wrapper that shares the groups and the state of another optimizer, and never calls super().__init__."""
    class Lookahead(T.optim.Optimizer):
        def __init__(self, optimizer: Any, k: int = 3, alpha: float = 0.5) -> None:
            self.optimizer = optimizer
            self.k = k
            self.alpha = alpha
            self.param_groups = self.optimizer.param_groups
            self.defaults = self.optimizer.defaults
            self.state: Any = defaultdict(dict)
            self.fast_state = self.optimizer.state
            for group in self.param_groups:
                group["counter"] = 0

        def update(self, group: dict) -> None:
            for fast in group["params"]:
                param_state = self.state[fast]
                if "slow_param" not in param_state:
                    param_state["slow_param"] = T.zeros_like(fast.data)
                    param_state["slow_param"].copy_(fast.data)
                slow = param_state["slow_param"]
                slow += (fast.data - slow) * self.alpha
                fast.data.copy_(slow)

        def step(self, closure: Any = None) -> Any:
            loss = self.optimizer.step(closure)
            for group in self.param_groups:
                if group["counter"] == 0:
                    self.update(group)
                group["counter"] += 1
                if group["counter"] >= self.k:
                    group["counter"] = 0
            return loss

        def zero_grad(self, set_to_none: bool = True) -> None:
            self.optimizer.zero_grad(set_to_none)

        def state_dict(self) -> dict:
            slow = {id(k) if isinstance(k, T.Tensor) else k: v for k, v in self.state.items()}
            fast = self.optimizer.state_dict()
            return {"state": fast["state"], "slow_state": slow, "param_groups": fast["param_groups"]}

        def add_param_group(self, param_group: dict) -> None:
            param_group["counter"] = 0
            self.optimizer.add_param_group(param_group)

    return lambda params: Lookahead(T.optim.Adam(params, lr=0.1))


def sam(T: Any) -> Callable:
    """Sharpness-aware minimisation: a base optimizer inside, two forward-backward passes for each step."""
    class SAM(T.optim.Optimizer):
        def __init__(self, params: Any, base_optimizer: Any, rho: float = 0.5, **kwargs: Any) -> None:
            assert rho >= 0.0
            defaults = dict(rho=rho, **kwargs)
            super().__init__(params, defaults)
            self.base_optimizer: Any = base_optimizer(self.param_groups, **kwargs)
            self.param_groups: list = self.base_optimizer.param_groups
            self.defaults.update(self.base_optimizer.defaults)

        @T.no_grad()
        def first_step(self, zero_grad: bool = False) -> None:
            grad_norm = self._grad_norm()
            for group in self.param_groups:
                scale = group["rho"] / (grad_norm + 1e-12)
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    self.state[p]["old_p"] = p.data.clone()
                    e_w = p.grad * scale.to(p)
                    p.add_(e_w)
            if zero_grad:
                self.zero_grad()

        @T.no_grad()
        def second_step(self, zero_grad: bool = False) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    p.data = self.state[p]["old_p"]
            self.base_optimizer.step()
            if zero_grad:
                self.zero_grad()

        @T.no_grad()
        def step(self, closure: Any = None) -> Any:
            assert closure is not None
            closure = T.enable_grad()(closure)
            loss = closure()
            self.first_step(zero_grad=True)
            closure()
            self.second_step()
            return loss

        def _grad_norm(self) -> Any:
            return T.norm(T.stack([p.grad.norm(p=2) for group in self.param_groups for p in group["params"]
                                   if p.grad is not None]), p=2)

        def load_state_dict(self, state_dict: dict) -> None:
            super().load_state_dict(state_dict)
            self.base_optimizer.param_groups = self.param_groups

    return lambda params: SAM(params, T.optim.SGD, lr=0.1, momentum=0.9)


def subclass_of_adam(T: Any) -> Callable:
    """A known optimizer with something before and after its step."""
    class Clipped(T.optim.Adam):
        def __init__(self, params: Any, clip: float, **kwargs: Any) -> None:
            super().__init__(params, **kwargs)
            self.clip = clip
            self.count = 0

        @T.no_grad()
        def step(self, closure: Any = None) -> Any:
            for group in self.param_groups:
                for p in group["params"]:
                    p.grad.clamp_(-self.clip, self.clip)
            self.count += 1
            return super().step(closure)

    return lambda params: Clipped(params, 0.5, lr=0.1)


def layerwise(T: Any) -> Callable:
    """LARS: norms of parameters and gradients, .item(), a list comprehension over the parameters."""
    class LARS(T.optim.Optimizer):
        def __init__(self, params: Any, lr: float, weight_decay: float = 0.01, eta: float = 0.1) -> None:
            super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "eta": eta, "momentum": 0.9})

        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in [p for p in group["params"] if p.grad is not None]:
                    weight_norm, grad_norm = p.data.norm(2).item(), p.grad.data.norm().item()
                    rate = group["eta"] * weight_norm / (grad_norm + group["weight_decay"] * weight_norm + 1e-9)
                    step = p.grad.data.clone().add_(p.data, alpha=group["weight_decay"]).mul_(rate * group["lr"])
                    v = self.state[p].setdefault("mu", T.zeros_like(p.data))
                    v.mul_(group["momentum"]).add_(step)
                    p.data.sub_(v)

    return lambda params: LARS(params, lr=0.5)


def centralized(T: Any) -> Callable:
    """Gradient centralization, written into .data of the gradient, and state by names."""
    class Centralized(T.optim.Optimizer):
        def __init__(self, params: Any, **defaults: Any) -> None:
            super().__init__(params, defaults)
            self.state["steps"] = 0

        def step(self) -> None:
            self.state["steps"] += 1
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad.dim() > 1:
                        p.grad.data.add_(-p.grad.data.mean(dim=tuple(range(1, p.grad.dim())), keepdim=True))
                    p.data = p.data - group["lr"] / math.sqrt(self.state["steps"]) * p.grad.data

    return lambda params: Centralized(params, lr=0.1)


SHAPES = [plain_sgd, old_adam, lion, lookahead, sam, subclass_of_adam, layerwise, centralized]


def trained(T: Any, make: Callable, steps: int = 8) -> tuple[Any, list[np.ndarray]]:
    rng = np.random.RandomState(0)
    w, b = (T.tensor(rng.standard_normal(shape)).requires_grad_() for shape in ((4, 3), (3,)))
    x, y = T.tensor(rng.standard_normal((10, 4))), T.tensor(rng.standard_normal((10, 3)))
    optimizer = make([w, b])

    def closure() -> Any:
        optimizer.zero_grad()
        loss = ((x @ w + b).tanh() - y).square().sum()
        loss.backward()
        return loss

    for _ in range(steps):
        if make.__qualname__.startswith("sam"):
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()
    return optimizer, [w.detach().numpy(), b.detach().numpy()]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_users_optimizer_does_what_it_does_on_torch(shape: Callable) -> None:
    torch = pytest.importorskip("torch")
    _, expected = trained(torch, shape(torch))
    _, got = trained(mtorch, shape(mtorch))
    for a, b in zip(expected, got, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_users_optimizer_goes_down(shape: Callable) -> None:
    (_, start), (optimizer, end) = (trained(mtorch, shape(mtorch), steps) for steps in (0, 8))
    assert not np.allclose(start[0], end[0])
    assert isinstance(optimizer, optim.Optimizer)
    assert repr(optimizer).startswith(f"{type(optimizer).__name__} (")
    optimizer.zero_grad()
    optimizer.state_dict()


@pytest.mark.parametrize("shape", [plain_sgd, old_adam, lion, layerwise])
def test_its_state_can_be_loaded_and_copied(shape: Callable) -> None:
    make = shape(mtorch)
    optimizer, _ = trained(mtorch, make)
    other = make(optimizer.param_groups[0]["params"])
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for p in optimizer.param_groups[0]["params"]:
        for key, value in optimizer.state[p].items():
            kept = other.state[p][key]
            assert kept == value if not isinstance(value, mtorch.Tensor) else mtorch.equal(kept, value)
    assert isinstance(copy.deepcopy(optimizer), type(optimizer))


def test_a_scheduler_takes_a_users_optimizer() -> None:
    optimizer, _ = trained(mtorch, plain_sgd(mtorch))
    scheduler = optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 0.05


def test_hooks_of_a_users_optimizer() -> None:
    optimizer, _ = trained(mtorch, lookahead(mtorch))
    seen = []
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(type(o).__name__))
    optimizer.step()
    assert seen == ["Lookahead"]


def test_a_schedule_around_an_optimizer_that_is_no_optimizer() -> None:
    """The wrapper of the Transformer tutorials: it has the optimizer, it is none."""
    class NoamOpt:
        def __init__(self, model_size: int, factor: float, warmup: int, optimizer: Any) -> None:
            self.optimizer, self._step = optimizer, 0
            self.warmup, self.factor, self.model_size = warmup, factor, model_size

        def step(self) -> None:
            self._step += 1
            for p in self.optimizer.param_groups:
                p["lr"] = self.rate()
            self.optimizer.step()

        def rate(self) -> float:
            return self.factor * self.model_size ** -0.5 * min(self._step ** -0.5, self._step * self.warmup ** -1.5)

    p = mtorch.ones(2, requires_grad=True)
    noam = NoamOpt(4, 1.0, 4, optim.Adam([p], lr=0, betas=(0.9, 0.98), eps=1e-9))
    for _ in range(3):
        p.grad = mtorch.ones(2)
        noam.step()
    assert noam.optimizer.param_groups[0]["lr"] == pytest.approx(0.5 * 3 / 8)
    np.testing.assert_allclose(p.detach().numpy(), 1 - (1 + 2 + 3) * 0.5 / 8, rtol=1e-5)


def test_an_algorithm_in_one_method() -> None:
    class Momentum(optim.Optimizer):
        """x <- x - lr b with b <- beta b + g, and nothing else to write."""

        elementwise = True

        def __init__(self, params: Any, lr: float = 0.1, beta: float = 0.9, maximize: bool = False) -> None:
            super().__init__(params, {"lr": lr, "beta": beta, "maximize": maximize})

        def update(self, param: np.ndarray, grad: np.ndarray, state: dict, *, lr: float, beta: float) -> None:
            b = state.setdefault("b", np.zeros_like(param))
            b *= beta
            b += grad
            param -= lr * b

    mine, end = trained(mtorch, Momentum)
    _, expected = trained(mtorch, lambda params: optim.SGD(params, lr=0.1, momentum=0.9))
    for a, b in zip(end, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert mine.state_dict()["state"][0]["b"].shape == (4, 3)
    up, _ = trained(mtorch, lambda params: Momentum(params, maximize=True), steps=1)
    down, _ = trained(mtorch, Momentum, steps=1)
    assert mtorch.equal(up.state_dict()["state"][0]["b"], -down.state_dict()["state"][0]["b"])


def test_a_copy_of_torchs_adam_finds_what_it_imports() -> None:
    torch = pytest.importorskip("torch")

    def copied(t: Any) -> Any:
        module: Any = importlib.import_module(f"{t.__name__}.optim.optimizer")
        use_grad, value_of = module._use_grad_for_differentiable, module._get_value

        class Copy(module.Optimizer):
            def __init__(self, params: Any, lr: float = 0.1, differentiable: bool = False) -> None:
                super().__init__(params, {"lr": lr, "betas": (0.9, 0.99), "differentiable": differentiable})

            @use_grad
            def step(self, closure: Any = None) -> None:
                for group in self.param_groups:
                    params = [p for p in group["params"] if p.grad is not None]
                    _, foreach = module._default_to_fused_or_foreach(params, group["differentiable"], use_fused=False)
                    assert foreach in (False, t is torch)
                    for p in params:
                        state = self.state[p]
                        if not state:
                            state.update(step=t.tensor(0.0), m=t.zeros_like(p), v=t.zeros_like(p))
                        state["step"] += 1
                        grads, ms, vs, xs = [p.grad], [state["m"]], [state["v"]], [p]
                        module._view_as_real(xs, grads, ms, vs)
                        (g,), (m,), (v,), (x,) = grads, ms, vs, xs
                        m.lerp_(g, 1 - group["betas"][0])
                        v.mul_(group["betas"][1]).addcmul_(g, g, value=1 - group["betas"][1])
                        step = value_of(module._stack_if_compiling(state["step"]))
                        x.addcdiv_(m, v.sqrt().add_(1e-8), value=-module._to_scalar(group["lr"]) / (1 - 0.9 ** step))
        return Copy
    (_, mine), (_, theirs) = trained(mtorch, copied(mtorch)), trained(torch, copied(torch))
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_an_optimizer_around_another_prepares_its_step_itself() -> None:
    """It leaves `Optimizer.__init__` out, whose part it then calls; hooks run around its own step."""
    torch = pytest.importorskip("torch")

    def steps(t: Any) -> list:
        class Every(t.optim.Optimizer):
            def __init__(self, inner: Any) -> None:
                self.inner, self.defaults, self.state = inner, inner.defaults, defaultdict(dict)
                self._optimizer_step_pre_hooks: dict = OrderedDict()
                self._optimizer_step_post_hooks: dict = OrderedDict()
                self._patch_step_function()

            @property
            def param_groups(self) -> list:
                return self.inner.param_groups

            def step(self, closure: Any = None) -> Any:
                return self.inner.step(closure)

        w = t.tensor([2.0], requires_grad=True)
        optimizer = Every(t.optim.SGD([w], lr=0.25))
        seen: list = []
        optimizer.register_step_post_hook(lambda *_: seen.append(w.item()))
        for _ in range(2):
            optimizer.zero_grad()
            w.square().sum().backward()
            optimizer.step()
        return seen
    assert steps(mtorch) == steps(torch) == [1.0, 0.5]
