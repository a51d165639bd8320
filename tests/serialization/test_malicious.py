"""Files that want more than to be read: all refused, and nothing run, imported, written or made large."""

from __future__ import annotations

import enum
import io
import os
import pickle
import struct
import sys
import tracemalloc
import zipfile
from pickle import (
    APPEND, APPENDS, BINGET, BINPERSID, BINPUT, BINUNICODE, BUILD, EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, EXT1, GLOBAL,
    INST, LONG_BINPUT, MARK, MEMOIZE, NEWFALSE, NEWOBJ, NEWOBJ_EX, NEWTRUE, NONE, OBJ, PERSID, REDUCE, SETITEM,
    SETITEMS, SHORT_BINUNICODE, STACK_GLOBAL, STOP, TUPLE, TUPLE1, TUPLE2, TUPLE3,
)

import pytest

import mtorch
from mtorch import nn
from mtorch.serialization import FileFormatError, stream

MEGABYTES = 1 << 20

# ---- what the files are made of -------------------------------------------------------------------------------------


def text(value: str) -> bytes:
    return BINUNICODE + struct.pack("<I", len(value.encode())) + value.encode()


def number(value: int) -> bytes:
    encoded = pickle.encode_long(value)
    return pickle.LONG1 + bytes([len(encoded)]) + encoded


def tuple_of(*parts: bytes) -> bytes:
    return MARK + b"".join(parts) + TUPLE


def named(path: str) -> bytes:
    module, _, name = path.rpartition(".")
    return GLOBAL + f"{module}\n{name}\n".encode()


def called(path: str, *args: bytes) -> bytes:
    return named(path) + tuple_of(*args) + REDUCE


def storage(count=4, key="0", kind="torch.FloatStorage", place="cpu") -> bytes:
    return tuple_of(text("storage"), named(kind), text(key), text(place), number(count)) + BINPERSID


def tensor(offset=0, size=(4,), stride=(1,), grad=NEWFALSE, source=None) -> bytes:
    return called("torch._utils._rebuild_tensor_v2", source or storage(), number(offset), tuple_of(*map(number, size)),
                  tuple_of(*map(number, stride)), grad, called("collections.OrderedDict"))


def archived(data: bytes, members: dict[str, bytes] | None = None, compression=zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02" + data + STOP)
        archive.writestr("archive/version", "3\n")
        for name, content in ({"archive/data/0": bytes(16)} | (members or {})).items():
            archive.writestr(name, content)
    return file.getvalue()


SHELL = text("touch mtorch-was-here")
SYSTEM = f"{os.name if os.name != 'posix' else 'posix'}.system"
NESTED = text("a") + b"".join(BINPUT + bytes([i]) + BINGET + bytes([i]) + TUPLE2 for i in range(200))
LONG_LIST = EMPTY_LIST + MARK + 100_000 * NONE + APPENDS + BINPUT + b"\0"
LONG_TEXT = text("x" * 100_000) + BINPUT + b"\0"

PICKLES = {
    # calls
    "os.system by REDUCE": called(SYSTEM, SHELL),
    "os.system as os": called("os.system", SHELL),
    "eval": called("builtins.eval", text("1")),
    "eval, as protocol 2 names it": called("__builtin__.eval", text("1")),
    "getattr": called("builtins.getattr", named("collections.OrderedDict"), text("__init__")),
    "subprocess": called("subprocess.Popen", SHELL),
    "import": called("importlib.import_module", text("antigravity")),
    "a file that is written": called("builtins.open", text("mtorch-was-here"), text("w")),
    "a file that is read": called("numpy.load", text("/etc/passwd")),
    "an address": called("urllib.request.urlopen", text("http://localhost:1")),
    "torch.load": called("torch.load", text("other.pt")),
    "our own load": called("mtorch.load", text("other.pt")),
    "pickle.loads": called("pickle.loads", text("x")),
    "a dotted name": called("torch._utils._rebuild_tensor_v2.__globals__", text("x")),
    "a name with a space": GLOBAL + b"os \nsystem\n" + tuple_of(SHELL) + REDUCE,
    "a class of Python's": called("builtins.type", text("X"), EMPTY_TUPLE, EMPTY_DICT),
    "a function that was the result": called("collections.OrderedDict") + tuple_of() + REDUCE,
    "a call of text": text("os.system") + tuple_of(SHELL) + REDUCE,
    "a call of a dtype": called("torch.float32"),
    "a call without a tuple": named("collections.OrderedDict") + EMPTY_LIST + REDUCE,
    # other ways to call
    "INST": MARK + SHELL + INST + b"os\nsystem\n",
    "OBJ": MARK + named(SYSTEM) + SHELL + OBJ,
    "OBJ of what is allowed": MARK + named("collections.OrderedDict") + OBJ,
    "NEWOBJ": named("collections.OrderedDict") + EMPTY_TUPLE + NEWOBJ,
    "NEWOBJ of a function": named(SYSTEM) + tuple_of(SHELL) + NEWOBJ,
    "NEWOBJ_EX": named("collections.OrderedDict") + EMPTY_TUPLE + EMPTY_DICT + NEWOBJ_EX,
    "STACK_GLOBAL": text("os") + text("system") + STACK_GLOBAL + tuple_of(SHELL) + REDUCE,
    "EXT1": EXT1 + b"\x01",
    "PERSID": PERSID + b"os.system\n",
    "a module's class": called("mtorch.nn.Linear", number(1), number(1)),
    "an instance of a module's class": named("mtorch.nn.linear.Linear") + EMPTY_TUPLE + NEWOBJ,
    # states
    "BUILD of a tensor": tensor() + EMPTY_DICT + text("array") + NONE + SETITEM + BUILD,
    "BUILD of a list": EMPTY_LIST + EMPTY_DICT + BUILD,
    "BUILD of a dict": EMPTY_DICT + EMPTY_DICT + BUILD,
    "BUILD of a function": named("collections.OrderedDict") + EMPTY_DICT + text("call") + NONE + SETITEM + BUILD,
    "BUILD of a class": named("torch.Tensor") + EMPTY_DICT + BUILD,
    "BUILD of a method's name": called("collections.OrderedDict") + EMPTY_DICT + text("items") + NONE + SETITEM + BUILD,
    "BUILD of __class__": called("collections.OrderedDict") + EMPTY_DICT + text("__class__") + NONE + SETITEM + BUILD,
    "BUILD of slots": called("collections.OrderedDict") + NONE + EMPTY_DICT + TUPLE2 + BUILD,
    "BUILD of an array that lies": called("numpy._core.multiarray._reconstruct", named("numpy.ndarray"),
                                          tuple_of(number(0)), text("b"))
                                    + tuple_of(number(1), tuple_of(number(10**6)), called("numpy.dtype", text("f8")),
                                               NEWFALSE, called("_codecs.encode", text("abc"), text("latin1"))) + BUILD,
    "an array of objects": called("numpy.dtype", text("O8")),
    "an array of a class": called("numpy._core.multiarray._reconstruct", named("torch.Tensor"), EMPTY_TUPLE, text("b")),
    "a number of NumPy's that is too short": called("numpy._core.multiarray.scalar", called("numpy.dtype", text("f8")),
                                                    called("_codecs.encode", text("abc"), text("latin1"))),
    # things that are not dicts and lists
    "SETITEM of a list": EMPTY_LIST + NONE + NONE + SETITEM,
    "SETITEM of a tensor": tensor() + number(0) + number(1) + SETITEM,
    "SETITEM of a function": named("collections.OrderedDict") + text("x") + NONE + SETITEM,
    "SETITEMS without a value": EMPTY_DICT + MARK + NONE + SETITEMS,
    "APPEND to a dict": EMPTY_DICT + NONE + APPEND,
    "APPEND to a tensor": tensor() + NONE + APPEND,
    "a list as a key": EMPTY_DICT + EMPTY_LIST + NONE + SETITEM,
    "a size as a key, of tuples": EMPTY_DICT + tuple_of(*[tuple_of(*[NONE] * 9)] * 9) + NONE + SETITEM,
    "ADDITEMS to a list": EMPTY_LIST + MARK + NONE + pickle.ADDITEMS,
    "ADDITEMS of a list": pickle.EMPTY_SET + MARK + EMPTY_LIST + pickle.ADDITEMS,
    "a frozenset that hashes for ever": MARK + NESTED + pickle.FROZENSET,
    "a name that is no text": NONE + text("system") + STACK_GLOBAL,
    "protocol 4's text that is cut off": SHORT_BINUNICODE + b"\x09a",
    "bytes of 2^63": pickle.BINBYTES8 + b"\0" * 7 + b"\x80",
    # the machine
    "a memo that is not there": BINGET + b"\x07",
    "a huge place in the memo, out of it": EMPTY_LIST + LONG_BINPUT + b"\xff\xff\xff\xff" + MEMOIZE + BINGET + b"\x07",
    "a function kept in the memo": named("collections.OrderedDict") + BINPUT + b"\0" + pickle.POP + BINGET + b"\0",
    "a storage kept in the memo": EMPTY_LIST + storage() + BINPUT + b"\0" + APPEND,
    "no object": b"", "two objects": NONE + NONE, "a mark that is left": MARK + NONE, "a tuple of nothing": TUPLE1,
    "a tuple without a mark": NONE + TUPLE, "an unknown instruction": b"\xff",
    "text that is cut off": BINUNICODE + b"\xff" * 5,
    "text that is no text": BINUNICODE + b"\x02\0\0\0\xff\xfe", "text without its end": SHORT_BINUNICODE,
    "a name that is cut off": GLOBAL + b"os", "a number that is cut off": pickle.LONG1 + b"\x09\0",
    "a function as the whole": named("collections.OrderedDict"), "a storage as the whole": storage(),
    "a function in a dict": EMPTY_DICT + text("a") + named("collections.OrderedDict") + SETITEM,
    # storages that lie
    "more elements than the member": tensor(source=storage(count=5)),
    "fewer elements than the member": tensor(size=(1,), source=storage(count=1)),
    "a negative count": tensor(source=storage(count=-4)),
    "a count that is no number": tuple_of(text("storage"), named("torch.FloatStorage"), text("0"), text("cpu"), NONE)
    + BINPERSID, "a member that is not there": tensor(source=storage(key="1")),
    "a member outside": tensor(source=storage(key="../../../etc/passwd")),
    "the pickle as a storage": tensor(source=storage(key="../data.pkl")),
    "another kind of elements": tensor(source=storage(kind="torch.DoubleStorage")),
    "a kind that is none": tensor(source=storage(kind="collections.OrderedDict")),
    "a storage without a type": tensor(source=storage(count=16, kind="torch.storage.UntypedStorage")),
    "not a storage": text("module") + TUPLE1 + BINPERSID,
    "a tensor without a storage": tensor(source=NONE),
    # strides, sizes and offsets
    "too many elements": tensor(size=(5,)),
    "a stride that reaches outside": tensor(size=(2,), stride=(4,)),
    "a negative stride": tensor(size=(2,), stride=(-1,)),
    "an offset outside": tensor(offset=4),
    "a negative offset": tensor(offset=-1),
    "an offset of empty beyond the end": tensor(offset=5, size=(0,)),
    "strides that are missing": tensor(size=(2, 2)),
    "a size that is no number": tensor(source=storage(), size=()).replace(MARK + TUPLE, tuple_of(NONE), 1),
    "an enormous size": tensor(size=(2**62,), stride=(0,)),
    "an enormous product": tensor(size=(2**31, 2**31, 2**31), stride=(0, 0, 0)),
    "a zero-stride bomb": tensor(size=(10**9,), stride=(0,)),
    "an enormous empty size": tensor(size=(2**63, 0), stride=(0, 0)),
    "too many dimensions": tensor(size=(1,) * 65, stride=(1,) * 65),
    "numbers of a thousand digits": tensor(offset=256**250),
    "requires_grad that is no bool": tensor(grad=NONE),
    "a whole number that requires grad": tensor(grad=NEWTRUE, source=storage(kind="torch.IntStorage")),
    "a bool that is neither": tensor(size=(1,), source=storage(count=4, key="bad", kind="torch.BoolStorage")),
    "a parameter of a list": called("torch._utils._rebuild_parameter", EMPTY_LIST, NEWTRUE, NONE),
    "a parameter of whole numbers": called("torch._utils._rebuild_parameter",
                                           tensor(source=storage(kind="torch.IntStorage")),
                                           NEWTRUE, NONE),
    "a tensor of a class of its own": called("torch._tensor._rebuild_from_type_v2", named("collections.OrderedDict"),
                                             named("torch.Tensor"), EMPTY_TUPLE, EMPTY_DICT),
    # time and memory
    "a key that hashes for ever": EMPTY_DICT + NESTED + NONE + SETITEM,
    "a set that hashes for ever": called("builtins.set", NESTED + TUPLE1),
    "a size of tuples of tuples": called("torch.Size", NESTED),
    "strides that are a bomb to print": called("torch._utils._rebuild_tensor_v2", storage(), number(0), NESTED, NESTED,
                                               NEWFALSE, NONE),
    "the same long list again and again": LONG_LIST + 20_000
    * (named("builtins.set") + BINGET + b"\0" + TUPLE1 + REDUCE),
    "the same long text again and again": LONG_TEXT + 20_000
    * (named("_codecs.encode") + BINGET + b"\0" + text("latin1")
                                                                + TUPLE2 + REDUCE),
}

PLAIN = named("tests.serialization.test_malicious.Plain") + EMPTY_TUPLE + NEWOBJ

WITH_MODULES = {
    "os.system": called(SYSTEM, SHELL),
    "a function of the program": called("tests.serialization.test_malicious.trap"),
    "a class of the program that is no Module": named("tests.serialization.test_malicious.Trap") + EMPTY_TUPLE + NEWOBJ,
    "a call of a Module's class": called("mtorch.nn.Linear", number(1), number(1)),
    "a Module's class with arguments": named("mtorch.nn.Linear") + tuple_of(number(1)) + NEWOBJ,
    "a method": named("mtorch.nn.Module.apply"),
    "a name inside a dict": named("tests.serialization.test_malicious.HIDDEN.Linear") + EMPTY_TUPLE + NEWOBJ,
    "a call of a function of nn.functional": called("mtorch.nn.functional.relu", tensor()),
    "what nn.functional has imported": named("mtorch.nn.functional.np"),
    "a module that is not imported": named("antigravity.Linear") + EMPTY_TUPLE + NEWOBJ,
    "a class as the state": named("mtorch.nn.linear.Linear") + EMPTY_TUPLE + NEWOBJ + text("x") + BUILD,
    "parameters that are none": named("mtorch.nn.linear.Linear") + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT
    + text("_parameters")
    + number(5) + SETITEM + BUILD,
    "a class of Python's library": named("tempfile._TemporaryFileCloser") + EMPTY_TUPLE + NEWOBJ,
    "an instance of a harmless type's that is not called": named("collections.deque") + EMPTY_TUPLE + NEWOBJ,
    "a class that would run when dropped": named("tests.serialization.test_malicious.Dropped") + EMPTY_TUPLE + NEWOBJ,
    "a class with a state of its own": named("tests.serialization.test_malicious.Stateful") + EMPTY_TUPLE + NEWOBJ
    + EMPTY_DICT + BUILD,
    "attributes of slots": named("tests.serialization.test_malicious.Slots") + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT + BUILD,
    "a call of a plain class": called("tests.serialization.test_malicious.Plain"),
    "a plain class with arguments": named("tests.serialization.test_malicious.Plain") + tuple_of(NONE) + NEWOBJ,
    "an attribute that is no text": named("tests.serialization.test_malicious.Plain") + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT
    + NONE + NONE + SETITEM + BUILD,
    "a key with a hash of its own": EMPTY_DICT + named("tests.serialization.test_malicious.Plain") + EMPTY_TUPLE + NEWOBJ
    + NONE + SETITEM,
    "a member that an Enum has not": called("tests.serialization.test_malicious.Choice", number(5)),
    "an attribute by getattr": called("builtins.getattr", named("tests.serialization.test_malicious.Choice"),
                                      text("__init__")),
    "a partial of a call": called("functools.partial", named(SYSTEM)),
    "a defaultdict of calls": called("collections.defaultdict", named("tests.serialization.test_malicious.Plain")),
    **{f"a comparison with what is compared by itself, {name}": made for name, made in {
        "a call of it": PLAIN + EMPTY_TUPLE + REDUCE, "an encoding": called("_codecs.encode", text("a"), PLAIN),
        "a layout": called("torch.serialization._get_layout", PLAIN), "items": called("collections.OrderedDict", PLAIN),
        "a factory": called("collections.defaultdict", PLAIN), "a kind of storage": tuple_of(PLAIN, *[NONE] * 4) + BINPERSID,
        "a member": called("builtins.getattr", named("tests.serialization.test_malicious.Choice"), PLAIN),
        "a value of an Enum": called("tests.serialization.test_malicious.Choice", PLAIN),
        "the order of an array": called("numpy._core.numeric._frombuffer", called("_codecs.encode", text(""), text("latin1")),
                                        called("numpy.dtype", text("f4")), tuple_of(number(0)), PLAIN),
        "the order of bytes": called("numpy.dtype", text("f4")) + tuple_of(number(3), PLAIN, NONE) + BUILD,
        "the state of a partial": called("functools.partial", named("builtins.int")) + tuple_of(
            named("builtins.int"), EMPTY_TUPLE, EMPTY_DICT, PLAIN) + BUILD}.items()},
    "a number that is none": called("decimal.Decimal", text("one")),
    "a fraction of nothing": called("fractions.Fraction", number(1), number(0)),
    "a path of a list": called("pathlib.PosixPath", EMPTY_LIST),
    "a date of nothing": called("datetime.datetime", NONE),
    "a deque of a number": called("collections.deque", number(10**9)),
    "a method of an instance": called("builtins.getattr", named("tests.serialization.test_malicious.Plain"), text("run")),
    "a state that raises": named("tests.serialization.test_malicious.Touchy") + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT
    + BUILD,
}


class Trap:
    def __new__(cls, *args):
        raise AssertionError("made an instance")


def trap():
    raise AssertionError("called")


class Dropped:
    def __del__(self):
        os.mkdir("dropped")


class Stateful:
    def __setstate__(self, state):
        raise AssertionError("gave it a state")


class Slots:
    __slots__ = ("a",)


class Plain:
    def __init__(self):
        raise AssertionError("made an instance by a call")

    def __getattr__(self, name):
        raise AssertionError("asked for an attribute")

    def __setattr__(self, name, value):
        raise AssertionError("set an attribute")

    def __hash__(self):
        raise AssertionError("hashed")

    def __eq__(self, other):
        raise AssertionError("compared")

    def __bool__(self):
        raise AssertionError("asked for its truth")

    def run(self):
        raise AssertionError("called")


class Choice(enum.Enum):
    ONE = 1


class Touchy(nn.Module):
    def __setstate__(self, state):
        raise KeyError("not like this")


HIDDEN = {"Linear": nn.Linear}

# ---- nothing happens ------------------------------------------------------------------------------------------------

_WATCHED = ("os.", "subprocess.", "import", "exec", "compile", "open", "socket.", "urllib.", "pickle.", "ctypes.",
            "shutil.")
_seen: list[str] | None = None


def _watch(event: str, args: tuple) -> None:
    if _seen is not None and event.startswith(_WATCHED):
        _seen.append(f"{event} {args}")


sys.addaudithook(_watch)


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """Loads bytes that must be refused, and sees to it that nothing else happens meanwhile."""
    monkeypatch.chdir(tmp_path)
    mtorch.save(mtorch.ones(1), "good.pt")
    mtorch.load("good.pt")                       # whatever is imported or compiled late

    def load(data: bytes, **options):
        global _seen
        file = io.BytesIO(data)
        tracemalloc.start()
        _seen = []
        try:
            with pytest.raises(FileFormatError) as caught:
                mtorch.load(file, **options)
        finally:
            seen, _seen = _seen, None
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert seen == []
        assert peak < 64 * MEGABYTES + 20 * len(data)
        assert len(str(caught.value)) < 1000
        assert sorted(os.listdir()) == ["good.pt"]
        return str(caught.value)

    return load


@pytest.mark.parametrize("name", PICKLES)
@pytest.mark.parametrize("weights_only", [True, False])
def test_pickles(name, weights_only, refused):
    if ("module's class" in name or name in ("a function as the whole", "a function in a dict")) and not weights_only:
        pytest.skip("allowed then: a class is a value")
    refused(archived(PICKLES[name], {"archive/data/bad": b"\x02\0\0\0"}), weights_only=weights_only)


@pytest.mark.parametrize("name", PICKLES)
def test_pickles_in_the_form_before_1_6(name, refused):
    heads = b"".join(pickle.dumps(value, 2) for value in (stream.MAGIC_NUMBER, stream.PROTOCOL_VERSION, {}))
    obj = PICKLES[name].replace(TUPLE + BINPERSID, NONE + TUPLE + BINPERSID)
    refused(heads + b"\x80\x02" + obj + STOP + pickle.dumps(["0"], 2) + struct.pack("<q", 4) + bytes(16))


@pytest.mark.parametrize("name", WITH_MODULES)
def test_pickles_of_whole_modules(name, refused):
    refused(archived(WITH_MODULES[name]), weights_only=False)
    refused(archived(WITH_MODULES[name]), weights_only=True)


def test_an_instance_is_made_without_running_anything_of_its_class():
    made = mtorch.load(io.BytesIO(archived(PLAIN + EMPTY_DICT + text("a") + number(1) + SETITEM + BUILD)), weights_only=False)
    assert type(made) is Plain
    assert made.a == 1


def test_what_these_are_made_of_is_right():
    """The same parts make a file that loads: so it is for its malice that the other is refused."""
    assert mtorch.load(io.BytesIO(archived(tensor(size=(2, 2), stride=(1, 2))))).tolist() == [[0, 0], [0, 0]]
    assert mtorch.load(io.BytesIO(archived(tensor(size=(1000,), stride=(0,))))).shape == (1000,)
    assert mtorch.load(io.BytesIO(archived(EMPTY_DICT + text("a") + tensor(grad=NEWTRUE) + SETITEM)))["a"].requires_grad
    linear = named("mtorch.nn.linear.Linear") + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT + BUILD
    assert isinstance(mtorch.load(io.BytesIO(archived(linear)), weights_only=False), nn.Linear)


@pytest.mark.parametrize("name", ["../data/0", "archive/../../evil", "/archive/evil", "archive\\..\\evil", "other/evil", "evil"])
def test_names_that_lead_outside(name, refused):
    refused(archived(NONE, {name: b"x"}))


def test_a_member_that_is_there_twice(refused):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = archived(NONE, {"archive/version": b"4"})
    assert "two members" in refused(data)


def test_zip_bombs(refused):
    zeros = bytes(100 * MEGABYTES)
    bomb = archived(tensor(size=(len(zeros) // 4,), source=storage(count=len(zeros) // 4)), {"archive/data/0": zeros},
                    zipfile.ZIP_DEFLATED)
    assert len(bomb) < MEGABYTES
    assert "would unpack to" in refused(bomb)


def test_members_that_lie_over_each_other(refused):
    data = bytearray(archived(NONE, {f"archive/data/{i}": bytes(1000) for i in range(10)}))
    first = data.index(b"PK\x01\x02")
    directory, end = data[first:data.rindex(b"PK\x05\x06")], data[data.rindex(b"PK\x05\x06"):]
    for name in range(10):                       # all point to the first one, as in Fifield's bomb
        at = directory.index(f"archive/data/{name}".encode()) - 46
        directory[at + 42:at + 46] = data[first:][directory.index(b"archive/data/0") - 46 + 42:][:4]
    sizes = struct.pack("<I", 10**6)
    for name in range(10):
        at = directory.index(f"archive/data/{name}".encode()) - 46
        directory[at + 20:at + 24] = directory[at + 24:at + 28] = sizes
    refused(bytes(data[:first]) + bytes(directory) + bytes(end))


@pytest.mark.parametrize(("field", "value"), [
    (8, b"\x01\0"),                              # encrypted
    (10, b"\x63\0"),                             # an unknown compression
    (16, b"\xde\xad\xbe\xef"),                   # another checksum
    (24, b"\xff\xff\xff\x7f"),                   # a size of 2 GB
    (24, b"\x01\0\0\0"),                         # a size of 1
    (20, b"\xff\xff\xff\x7f"),                   # a compressed size of 2 GB
    (42, b"\xff\xff\xff\x7f"),                   # a place beyond the end
])
def test_directories_that_lie(field, value, refused):
    data = bytearray(archived(tensor()))
    at = data.index(b"PK\x01\x02")               # the entry of data.pkl
    data[at + field:at + field + len(value)] = value
    refused(bytes(data))


@pytest.mark.parametrize("members", [{"archive/byteorder": b"middle"}, {"archive/constants.pkl": b""}])
def test_other_members(members, refused):
    refused(archived(NONE, members))


def test_an_archive_that_is_no_pt_file(refused):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/readme.txt", "hello")
    assert "no data.pkl" in refused(file.getvalue())


def test_names_in_messages_do_not_write_on_the_terminal(refused):
    message = refused(archived(GLOBAL + b"\x1b[2J" + b"x" * 500 + b"\nname\n"))
    assert message.isprintable()


def test_every_end_of_a_file_is_noticed(refused):
    data = archived(tensor())
    for end in range(1, len(data), 17):
        refused(data[:end])


def test_tuple3_and_true_are_read():
    assert mtorch.load(io.BytesIO(archived(NEWTRUE + NEWFALSE + NONE + TUPLE3))) == (True, False, None)
