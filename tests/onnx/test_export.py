"""Models exported to ONNX give, run by onnx's own evaluator, what they give here; and what cannot be exported says so."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest

import mtorch as torch
from mtorch import nn
from mtorch.nn import functional as F
from mtorch.nn.nest import leaves

onnx = pytest.importorskip("onnx")


def outputs_of(model, args):
    with torch.no_grad():
        return [y.numpy() for y in leaves(model(*args)) if isinstance(y, torch.Tensor)]


def assert_same(model, args, *others, **options) -> onnx.ModelProto:
    """Export for args, and compare for args and the others."""
    if isinstance(model, nn.Module):
        model.eval()
    program = torch.onnx.export(model, args, **options)
    for given in (args, *others):
        came = program.call_reference(*given)
        for a, b in zip(came, outputs_of(model, given), strict=True):
            assert (a.array.shape, a.array.dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(a.array, b, rtol=1e-3, atol=1e-5)
    return program.model_proto


def rand(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def ints(high, *shape):
    return torch.randint(0, high, shape, generator=torch.Generator().manual_seed(sum(shape)))


# ---- functions ------------------------------------------------------------------------------------

def accumulated(x):
    y = x * 1
    y += x
    y -= 1
    return y


def into_a_part(x):
    y = (x * 1)[:, :2]
    y += x[:, 1:]
    return y


FUNCTIONS = {
    "activations": lambda x: (F.gelu(x), F.gelu(x, approximate="tanh"), F.silu(x), F.elu(x), F.leaky_relu(x, 0.2), F.selu(x),
                              F.celu(x, 0.5), F.mish(x), F.softsign(x), F.softplus(x, 2.0), F.logsigmoid(x), F.relu6(x)),
    "hard activations": lambda x: (F.hardswish(x), F.hardsigmoid(x), F.hardtanh(x), F.hardshrink(x), F.softshrink(x),
                                   F.tanhshrink(x), F.threshold(x, 0.1, 0.5), F.glu(x, 0)),
    "softmax": lambda x: (F.softmax(x, 1), x.log_softmax(0), F.softmin(x, -1)),
    "arithmetic": lambda x: ((2 - x) / 3 + x * x - x ** 2 + 1 / (x * x + 1), torch.add(x, x, alpha=2), x // 0.3, x % 0.3,
                             torch.div(x, 0.3, rounding_mode="trunc"), -x, abs(x), torch.lerp(x, x * 2, 0.3)),
    "comparisons": lambda x: (x > 0, x <= x.mean(), x != 0, (x > 0) & (x < 1), ~(x > 0), x.maximum(x * 2), x == x),
    "choices": lambda x: (torch.where(x > 0, x, x * 0.1), x.masked_fill(x > 0, -1e9), x.clamp(-0.5, 0.5), x.clamp(min=0)),
    "elementwise": lambda x: (x.exp(), x.abs().log1p(), x.abs().rsqrt(), x.expm1(), x.square(), torch.log2(x.abs()), x.sign(),
                              x.round(), x.floor(), x.erf(), x.sin(), x.tanh(), x.sigmoid(), torch.exp2(x)),
    "sums": lambda x: (x.sum(), x.mean(1), x.sum((0, 1), keepdim=True), x.amax(-1), x.prod(0), x.logsumexp(1), x.cumsum(1)),
    "extremes": lambda x: (*x.max(1), x.min(), torch.max(x, x * 2), x.argmax(), x.argmax(1), x.argmin(0, keepdim=True)),
    "spread": lambda x: (x.var(), x.std(0), x.var(1, keepdim=True, unbiased=False), *torch.std_mean(x, 1)),
    "norms": lambda x: (x.norm(), x.norm(dim=1), torch.norm(x, 1, 1)),
    "any and all": lambda x: ((x > 0).any(), (x > 0).all(1)),
    "orders": lambda x: (*x.topk(2, dim=1), *x.sort(1, descending=True), x.argsort(1)),
    "shapes": lambda x: (x.t(), x.T, x.reshape(2, -1), x.view(6, 2), x.flatten(), x.unsqueeze(-1).squeeze(), x[None],
                         x.permute(1, 0), x.transpose(0, 1), x[None].movedim(0, 2), x.swapaxes(0, 1)),
    "expansion": lambda x: (x[:, None].expand(4, 5, 3), x.repeat(2, 1, 2), x.expand_as(x)),
    "indexing": lambda x: (x[0], x[:, 1], x[1:3], x[:, -1], x[..., 0], x[::2, 1:], x[1, 2], x[[0, 2]], x[-1:], x[:, None, 0]),
    "indices": lambda x: (x[torch.tensor([0, 2])], x[:, torch.tensor([0, 2])], x.index_select(1, torch.tensor([0, 2])),
                          x.gather(1, torch.tensor([[0], [1], [2], [0]]))),
    "joining": lambda x: (torch.cat([x, x], 1), torch.stack([x, x]), torch.hstack([x, x]), *x.chunk(2), *x.split([1, 2], 1),
                          *x.unbind(1)),
    "order of elements": lambda x: (x.flip(0), x.roll(1, 0), x.tril(), x.triu(1)),
    "in place": lambda x: ((x * 2).add_(1).relu_().mul_(3), accumulated(x), into_a_part(x)),
    "types": lambda x: (x.long(), x.double(), x.to(torch.int32), (x > 0).float(), x.half().float()),
    "products": lambda x: (x @ x.t(), torch.mm(x, x.T), x[None].bmm(x.T[None]), torch.einsum("ij,kj->ik", x, x),
                           torch.outer(x[0], x[1]), torch.addmm(x[:, 0], x, x.T)),
    "distances": lambda x: (F.normalize(x, dim=1), F.cosine_similarity(x, x * 2 + 1), F.pairwise_distance(x, x + 1)),
    "padding": lambda x: (F.pad(x, (1, 2)), F.pad(x[None], (1, 1), mode="reflect"), F.pad(x, (0, 0, 1, 0), value=3.0)),
    "attention": lambda x: F.scaled_dot_product_attention(x[None], x[None] * 2, x[None], is_causal=True),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    assert_same(FUNCTIONS[name], (rand(4, 3),))


# ---- layers ---------------------------------------------------------------------------------------

IMAGE_LAYERS = [
    nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), nn.Conv2d(4, 6, 3, padding="same", dilation=2),
    nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect"), nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1),
    nn.MaxPool2d(3, 2, 1), nn.MaxPool2d(3, 2, ceil_mode=True), nn.AvgPool2d(3, 2, 1), nn.AdaptiveAvgPool2d(1),
    nn.AvgPool2d(3, 2, 1, count_include_pad=False), nn.AdaptiveAvgPool2d((4, 2)), nn.AdaptiveMaxPool2d(2), nn.BatchNorm2d(4),
    nn.InstanceNorm2d(4, affine=True), nn.GroupNorm(2, 4), nn.LocalResponseNorm(3), nn.LayerNorm([4, 8, 8]), nn.RMSNorm(8),
    nn.PReLU(4), nn.PReLU(), nn.PixelShuffle(2), nn.ChannelShuffle(2), nn.Upsample(scale_factor=2), nn.Softmax2d(), nn.Flatten(),
    nn.Upsample(size=(11, 13), mode="bilinear"), nn.ZeroPad2d(1), nn.ReplicationPad2d(1), nn.Dropout2d(),
]


@pytest.mark.parametrize("layer", IMAGE_LAYERS, ids=repr)
def test_layers_of_images(layer: nn.Module) -> None:
    assert_same(layer, (rand(2, 4, 8, 8),), (rand(3, 4, 8, 8),), dynamic_axes={"input": {0: "batch"}})


OTHER_LAYERS = [
    (nn.Conv1d(4, 5, 3), rand(2, 4, 9)), (nn.Conv3d(2, 3, 2), rand(1, 2, 4, 4, 4)), (nn.BatchNorm1d(4), rand(3, 4)),
    (nn.Embedding(7, 3, padding_idx=0), ints(7, 2, 4)), (nn.EmbeddingBag(7, 3), ints(7, 2, 4)), (nn.LSTMCell(3, 4), rand(2, 3)),
    (nn.GRUCell(3, 4), rand(2, 3)), (nn.RNNCell(3, 4), rand(2, 3)), (nn.Unflatten(1, (2, 2)), rand(3, 4)),
    (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(), nn.Linear(4, 2), nn.Softmax(1)), rand(2, 3)),
]


@pytest.mark.parametrize(("layer", "x"), OTHER_LAYERS, ids=[repr(layer) for layer, _ in OTHER_LAYERS])
def test_other_layers(layer: nn.Module, x: torch.Tensor) -> None:
    assert_same(layer, (x,))


@pytest.mark.parametrize("layer", [nn.RNN(3, 4, bias=False), nn.LSTM(3, 4, 2), nn.GRU(3, 4, 2), nn.GRU(3, 4, bidirectional=True),
                                   nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True)], ids=repr)
def test_recurrent_layers(layer: nn.Module) -> None:
    assert_same(layer, (rand(5, 2, 3),), (rand(7, 3, 3),), dynamic_axes={"input": {0: "a", 1: "b"}})


def test_states_of_an_lstm() -> None:
    lstm = nn.LSTM(3, 4, 2)
    assert_same(lambda x, h, c: lstm(x, (h, c)), (rand(5, 2, 3), rand(2, 2, 4), rand(2, 2, 4)))


def test_attention_with_masks() -> None:
    attend = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    x, padding = rand(2, 5, 16), torch.tensor([[False] * 5, [False, False, False, True, True]])
    assert_same(lambda x: attend(x, x, x, key_padding_mask=padding, attn_mask=torch.ones(5, 5).triu(1) > 0), (x,))


# ---- models ---------------------------------------------------------------------------------------

class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2 = nn.Linear(400, 120), nn.Linear(120, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places, self.norm = nn.Embedding(11, 16), nn.Embedding(8, 16), nn.LayerNorm(16)
        self.qkv, self.out, self.head = nn.Linear(16, 48), nn.Linear(16, 16), nn.Linear(16, 11)

    def forward(self, ids):
        n, t = ids.shape
        x = self.tokens(ids) + self.places(torch.arange(t))
        q, k, v = (part.view(n, t, 4, 4).transpose(1, 2) for part in self.qkv(self.norm(x)).split(16, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.head(x + self.out(y.transpose(1, 2).reshape(n, t, 16)))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.norm, self.up = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 4, 2, stride=2)
        self.group, self.end = nn.GroupNorm(2, 4), nn.Conv2d(8, 2, 1)

    def forward(self, x):
        a = F.relu(self.norm(self.down(x)), inplace=True)
        b = F.interpolate(self.group(F.max_pool2d(a, 2)), scale_factor=2, mode="bilinear", align_corners=True)
        return self.end(torch.cat([a + b, self.up(F.avg_pool2d(a, 2))], 1))


class WithToken(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.lstm = nn.Parameter(rand(1, 1, 4)), nn.LSTM(4, 4, batch_first=True)

    def forward(self, x):
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x * self.token], dim=1)
        zeros = torch.zeros(1, x.size(0), 4)
        return self.lstm(x, (zeros, zeros))[0] + torch.ones(x.shape[0], 1, 1)


ONE, ALL = {"input": {0: "batch"}}, {"input": {0: "batch", 2: "height", 3: "width"}}
MODELS = {
    "LeNet": (LeNet, rand(2, 1, 28, 28), rand(7, 1, 28, 28), ONE), "GPT": (GPT, ints(11, 2, 6), ints(11, 3, 6), ONE),
    "UNet": (UNet, rand(2, 3, 8, 8), rand(3, 3, 16, 12), ALL), "token": (WithToken, rand(2, 5, 4), rand(6, 5, 4), ONE),
    "encoder": (lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2), rand(2, 5, 16),
                rand(4, 5, 16), ONE),
    "ResNet": (lambda: torch.vision.models.resnet18(num_classes=5), rand(1, 3, 32, 32), rand(2, 3, 32, 32), ONE),
    "VisionTransformer": (lambda: torch.vision.models.VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=5), rand(2, 3, 32, 32),
                          rand(5, 3, 32, 32), ONE),
}


@pytest.mark.parametrize("name", MODELS)
def test_models(name: str) -> None:
    make, x, other, axes = MODELS[name]
    torch.manual_seed(0)
    proto = assert_same(make(), (x,), (other,), dynamic_axes=axes)
    assert {i.name for i in proto.graph.input} == {"input"}


def test_sizes_of_several_inputs() -> None:
    axes = {"input": {0: "n", 1: "m"}, "input_1": {0: "n"}}
    assert_same(lambda x, y: torch.cat([x.reshape(x.shape[0], -1).sum(1, keepdim=True), y], 1), (rand(2, 3, 4), rand(2, 5)),
                (rand(3, 6, 4), rand(3, 5)), dynamic_axes=axes)
    assert_same(lambda x: x.view(x.shape[0] * x.shape[1], 4).sum(1).view(x.shape[0], x.shape[1]), (rand(2, 3, 4),),
                (rand(5, 6, 4),), dynamic_axes={"input": {0: "n", 1: "m"}})


# ---- what is refused ------------------------------------------------------------------------------

def sign_dependent(x):
    return x if x.sum() > 0 else -x


def writes_a_part(x):
    y = x.clone()
    y[0] = 1
    return y


def uses_what_was_written(x):
    y = x * 1
    y.view(-1).add_(1)
    return y


class Counts(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(3))

    def forward(self, x):
        self.seen += x
        return x + self.seen


@pytest.mark.parametrize(("model", "message"), [
    (sign_dependent, "asks for the numbers in a tensor"), (lambda x: torch.from_numpy(x.numpy() * 2), "asks for the numbers"),
    (lambda x: torch.tensor(x.array * 2) + x, "computed where this is not seen"), (writes_a_part, "cat, stack or where"),
    (lambda x: torch.tensor(x.array), "does not come from its inputs"), (uses_what_was_written, "shares its memory"),
    (lambda x: torch.linalg.svdvals(x[None]), "has no translation"), (Counts(), "writes into its own seen"),
    (lambda x: F.dropout(x), "dropout while training"),
    (lambda x: x.sum(0, dtype=torch.float64, out=torch.zeros((), dtype=torch.float64)), "sum with these arguments"),
    (lambda x: x.to(torch.bfloat16), "bfloat16"),
], ids=range(11))
def test_what_a_graph_cannot_say(model, message: str) -> None:
    with pytest.raises(torch.onnx.OnnxExporterError, match=message) as raised:
        torch.onnx.export(model, torch.tensor([1.0, 2.0, -4.0]))
    assert isinstance(raised.value, NotImplementedError)


def test_sizes_that_the_example_decides() -> None:
    with pytest.raises(NotImplementedError, match="made for the sizes of the example"):
        torch.onnx.export(GPT(), ints(11, 2, 4), dynamic_axes={"input": {1: "time"}})
    with pytest.raises(NotImplementedError, match="another one for other inputs"):
        torch.onnx.export(lambda x: sum(row.exp() for row in x), rand(2, 3), dynamic_axes={"input": {0: "rows"}})


# ---- options --------------------------------------------------------------------------------------

def test_names_files_and_modes(tmp_path, capsys) -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.Dropout())
    assert torch.onnx.export(net, rand(1, 2), tmp_path / "net.onnx", input_names=["a", "w", "b"], output_names=["y"],
                             verbose=True, opset_version=13, verify=True, dynamo=False) is None
    assert "y = Gemm" in capsys.readouterr().out
    proto = onnx.load(tmp_path / "net.onnx")
    assert [i.name for i in proto.graph.initializer] == ["w", "b"]
    assert (proto.graph.input[0].name, proto.graph.output[0].name, proto.opset_import[0].version) == ("a", "y", 13)
    assert net.training and net[1].training
    file = io.BytesIO()
    program = torch.onnx.export(net, (rand(1, 2),), file, dynamic_shapes=({0: "batch"},))
    assert file.getvalue() == program.model_proto.SerializeToString()
    assert program.model_proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert torch.onnx.export(lambda x, y: x + y, (rand(2), {"y": rand(2)})).model_proto.graph.node[0].op_type == "Add"
    assert not torch.onnx.is_in_onnx_export()


@pytest.mark.parametrize(("options", "error"), [
    ({"input_names": list("abcdef")}, ValueError), ({"output_names": ["a", "b"]}, ValueError),
    ({"training": torch.onnx.TrainingMode.TRAINING}, NotImplementedError), ({"export_params": False}, NotImplementedError)])
def test_options_that_do_not_fit(options: dict, error: type[Exception]) -> None:
    with pytest.raises(error, match="onnx.export"):
        torch.onnx.export(nn.Linear(2, 3), rand(1, 2), **options)


def test_a_model_that_keeps_a_tensor() -> None:
    class Keeps(nn.Module):
        def forward(self, x):
            self.kept = x * 2
            return self.kept + 1
    model = Keeps()
    assert_same(model, (rand(3),))
    torch.onnx.export(model, rand(3))
    assert type(model.kept) is torch.Tensor and (model.kept + 1).shape == (3,)


def test_one_value_twice_and_an_input_as_output() -> None:
    def model(x):
        y = x * 2
        return x, y, y
    assert_same(model, (rand(3),))


def test_without_the_library() -> None:
    program = ("import sys; sys.modules['onnx'] = None; import mtorch\n"
               "try: mtorch.onnx.export(mtorch.nn.Linear(1, 1), mtorch.ones(1, 1))\n"
               "except ImportError as error: print(error)")
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == "onnx.export needs the library onnx: pip install onnx\n"
