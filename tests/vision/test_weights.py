"""Trained weights fetched from a server on this machine, kept, checked and loaded into models."""

from __future__ import annotations

import functools
import hashlib
import http.server
import threading

import numpy as np
import pytest

import mtorch
from mtorch import hub
from mtorch.serialization import FileFormatError
from mtorch.vision import models, weights
from mtorch.vision.models import vgg, vision_transformer


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where what is fetched is kept."""
    monkeypatch.setattr(weights, "_chosen", None)
    hub.set_dir(tmp_path / "hub")
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder, and the address under which its files are fetched."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass
    (tmp_path / "served").mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path / "served")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield tmp_path / "served", f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def publish(served, name: str = "net", **options) -> tuple[str, dict]:
    """Save a state_dict under a name that has the beginning of its SHA-256."""
    place, url = served
    state = mtorch.nn.Linear(2, 3).state_dict()
    mtorch.save(state, place / "net.pth", **options)
    file = f"{name}-{hashlib.sha256((place / 'net.pth').read_bytes()).hexdigest()[:8]}.pth"
    (place / "net.pth").rename(place / file)
    return f"{url}/{file}", state


def same(a: dict, b: dict) -> bool:
    return list(a) == list(b) and all(mtorch.equal(a[key], b[key]) for key in a)


def test_a_state_is_fetched_once_and_kept(served, folder, capsys):
    url, state = publish(served)
    assert same(hub.load_state_dict_from_url(url, check_hash=True, progress=False), state)
    assert [path.name for path in folder.iterdir()] == [url.rpartition("/")[2]] and "Downloading" in capsys.readouterr().err
    next(served[0].iterdir()).unlink()
    assert same(hub.load_state_dict_from_url(url, progress=False), state) and not capsys.readouterr().err
    assert same(mtorch.utils.model_zoo.load_url(url), state)


def test_a_state_in_the_form_of_before_torch_1_6(served, folder):
    url, state = publish(served, _use_new_zipfile_serialization=False)
    assert same(hub.load_state_dict_from_url(url, check_hash=True, progress=False), state)


def test_another_folder_and_name(served, folder, tmp_path):
    url, state = publish(served)
    assert same(hub.load_state_dict_from_url(url, model_dir=tmp_path / "a" / "b", file_name="x.pth", progress=False), state)
    assert (tmp_path / "a" / "b" / "x.pth").exists() and not list(folder.iterdir())
    hub.download_url_to_file(url, tmp_path / "y.pth", hash_prefix=url[-12:-4].upper(), progress=False)
    assert same(mtorch.load(tmp_path / "y.pth"), state)


def test_what_is_not_what_it_should_be_is_not_kept(served, folder):
    url, _ = publish(served)
    file = next(served[0].iterdir())
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(ValueError, match=f"expected {url[-12:-4]}"):
        hub.load_state_dict_from_url(url, check_hash=True, progress=False)
    with pytest.raises(OSError, match="404"):
        hub.load_state_dict_from_url(url + "-", progress=False)
    assert not list(folder.iterdir())
    (served[0] / "text.pth").write_text("no file of torch.save")
    with pytest.raises(FileFormatError):
        hub.load_state_dict_from_url(f"{served[1]}/text.pth", progress=False)


def test_the_folder_is_pytorchs_own(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "_chosen", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    assert hub.get_dir() == str(tmp_path / "torch" / "hub")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    assert hub.get_dir() == str(tmp_path / "home" / "hub")
    torch = pytest.importorskip("torch")
    assert hub.get_dir() == torch.hub.get_dir() and hub.HASH_REGEX == torch.hub.HASH_REGEX


@pytest.mark.parametrize("asked", ["DEFAULT", "IMAGENET1K_V1", models.SqueezeNet1_1_Weights.DEFAULT])
def test_a_model_with_trained_weights(folder, asked):
    mtorch.manual_seed(5)
    trained = models.squeezenet1_1().state_dict()
    mtorch.save(trained, folder / "squeezenet1_1-b8a52dc0.pth")
    mtorch.manual_seed(0)
    assert same(models.squeezenet1_1(weights=asked).state_dict(), trained)
    assert same(models.get_model("squeezenet1_1", weights=asked).state_dict(), trained)
    with pytest.raises(ValueError, match="num_classes"):
        models.squeezenet1_1(weights=asked, num_classes=10)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("args", "kwargs"), [((), {"pretrained": True}), ((True,), {}), ((), {"weights": 1})])
def test_the_old_way_to_ask_for_them(folder, args, kwargs):
    trained = models.squeezenet1_1().state_dict()
    mtorch.save(trained, folder / "squeezenet1_1-b8a52dc0.pth")
    assert same(models.squeezenet1_1(*args, **kwargs).state_dict(), trained)


def test_googlenets_classifiers_halfway(folder):
    mtorch.manual_seed(5)
    trained = models.googlenet(init_weights=False)
    mtorch.save(trained.state_dict(), folder / "googlenet-1378be20.pth")
    mtorch.manual_seed(0)
    net = models.googlenet(weights="DEFAULT")
    drawn = mtorch.rand(1)
    assert net.transform_input and not net.aux_logits and net.aux1 is net.aux2 is None
    assert same(net.state_dict(), {key: x for key, x in trained.state_dict().items() if not key.startswith("aux")})
    with pytest.warns(UserWarning, match="auxiliary heads in the pretrained googlenet model are NOT pretrained"):
        assert same(models.googlenet(weights="DEFAULT", aux_logits=True, transform_input=False).state_dict(),
                    trained.state_dict())
    with pytest.raises(ValueError, match="aux_logits"):
        models.googlenet(weights="DEFAULT", aux_logits=False)
    theirs, torch = pytest.importorskip("torchvision.models"), pytest.importorskip("torch")
    torch.hub.set_dir(str(folder.parent))
    torch.manual_seed(0)
    other = theirs.googlenet(weights="DEFAULT")
    assert torch.rand(1).item() == drawn.item()            # what is drawn next is the same
    x = np.random.default_rng(0).random((1, 3, 64, 64), np.float32)
    np.testing.assert_allclose(net.eval()(mtorch.tensor(x)).detach().numpy(),
                               other.eval()(torch.tensor(x)).detach().numpy(), atol=1e-4)


def test_pictures_have_the_size_that_weights_were_trained_with(folder, monkeypatch):
    def small(patch, layers, heads, width, hidden, config):
        return models.VisionTransformer(patch_size=patch, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=8, **config)
    monkeypatch.setattr(vision_transformer, "_of_size", small)
    trained = small(16, 0, 0, 0, 0, {"image_size": 384}).state_dict()
    mtorch.save(trained, folder / "vit_b_16_swag-9ac1b537.pth")
    net = models.vit_b_16(weights="IMAGENET1K_SWAG_E2E_V1")
    assert net.image_size == 384 and same(net.state_dict(), trained)
    with pytest.raises(ValueError, match="The parameter 'image_size' expected value 384 but got 224 instead"):
        models.vit_b_16(weights="IMAGENET1K_SWAG_E2E_V1", image_size=224)


@pytest.mark.parametrize(("weights", "file"), [("DEFAULT", "vgg16-397923af.pth"),
                                               ("IMAGENET1K_FEATURES", "vgg16_features-amdegroot-88682ab5.pth")])
def test_first_weights_are_not_drawn_for_vgg(folder, monkeypatch, weights, file):
    asked = {}

    def small(features, **config):
        asked.update(config)
        return mtorch.nn.Linear(2, 2)
    monkeypatch.setattr(vgg, "VGG", small)
    mtorch.save(mtorch.nn.Linear(2, 2).state_dict(), folder / file)
    models.vgg16(weights=weights)
    assert asked == {"init_weights": False} | ({"num_classes": 1000} if weights == "DEFAULT" else {})
