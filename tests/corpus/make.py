"""Makes the data files of the corpus: `python tests/corpus/make.py`. Its output is committed.

Good files are written by numpy; most bad ones are good ones with something broken.
"""

import gzip
import io
import json
import pathlib
import struct
import zipfile

import numpy as np

BAD = pathlib.Path(__file__).parent / "bad" / "data"
GOOD = pathlib.Path(__file__).parent / "good" / "data"
EPOCH = (1980, 1, 1, 0, 0, 0)  # Equal contents give equal archives.


def npz(arrays: dict[str, bytes | np.ndarray]) -> bytes:
    """An archive of arrays, or of bytes that claim to be arrays."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, array in arrays.items():
            contents = array if isinstance(array, bytes) else npy(array)
            file.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), contents)
    return archive.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """An archive of members with any names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, contents in members.items():
            file.writestr(zipfile.ZipInfo(name, EPOCH), contents)
    return out.getvalue()


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, array, allow_pickle=True)
    return out.getvalue()


def safetensors(header: object, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def idx(array: np.ndarray, element: int) -> bytes:
    sizes = b"".join(struct.pack(">I", size) for size in array.shape)
    return bytes([0, 0, element, array.ndim]) + sizes + array.tobytes()


def npy_claiming(shape: str, data: bytes, element: str = "<f8") -> bytes:
    header = f"{{'descr': '{element}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}d", *values)


W, B = np.array([[1.0, 1.0]]), np.array([0.0])


def bad() -> dict[str, bytes]:
    good = npz({"y.W": W, "y.b": B})
    damaged = bytearray(good)
    damaged[good.index(b"\x00\x00\xf0\x3f")] ^= 1  # A bit of the first weight: the checksum tells.
    tensors = {
        "y.W": {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]},
        "y.b": {"dtype": "F64", "shape": [1], "data_offsets": [16, 24]},
    }
    far = json.loads(json.dumps(tensors))
    far["y.b"]["data_offsets"] = [1 << 40, (1 << 40) + 8]
    odd = {**tensors, "y.W": {"dtype": "C64", "shape": [1, 2], "data_offsets": [0, 16]}}
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    labels = np.array([0, 1], dtype=np.uint8)
    return {
        "good.npz": good,
        "truncated.npz": good[: len(good) // 2],
        "truncated_array.npz": npz({"y.W": npy(W)[:-4], "y.b": B}),
        "damaged.npz": bytes(damaged),
        "text.npz": b"y.W = 1 1\n",
        "empty.npz": b"",
        "complex.npz": npz({"y.W": W.astype(complex), "y.b": B}),
        "strings.npz": npz({"y.W": np.array([["one", "one"]]), "y.b": B}),
        "lying_shape.npz": npz({"y.W": npy_claiming("(1000000, 1000000)", floats(1, 1)), "y.b": B}),
        "empty_rows.npz": npz({
            "x": npy_claiming(f"({1 << 63}, 0)", b""),
            "y": npy_claiming(f"({1 << 63}, 0)", b""),
        }),
        "outside.npz": npz({"x": np.array([[0.0, 1.0], [0.25, -0.5]]), "y": np.array([[1.0], [0.0]])}),
        "wide.npz": npz({"y.W": np.ones((1, 3)), "y.b": B}),
        "transposed.npz": npz({"y.W": W.T, "y.b": B}),
        "no_bias.npz": npz({"y.W": W}),
        # `first` only fits transposed, `second` is square, `y` only fits as it is.
        "mixed.npz": npz({
            "first.W": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
            "second.W": np.array([[1.0, 2.0], [3.0, 4.0]]),
            "y.W": W,
        }),
        "own.trained.npz": npz({"y.W": np.array([[1.0, 2.0], [3.0, 4.0]]), "nnrc.version": np.array([0.0, 1, 0])}),
        "uneven.npz": npz({"x": np.zeros((4, 2)), "t": np.zeros((3, 1))}),
        "no_rows.npz": npz({"x": np.zeros((0, 2))}),
        "nan.npz": npz({"y.W": np.array([[1.0, np.nan]]), "y.b": B}),
        "pickled.npz": npz({"y.W": np.array([[{"one": 1}, None]], dtype=object), "y.b": B}),
        "pickle.npy": b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x03y.W\x94K\x01s.",
        "net.pt": b"PK\x03\x04 archive of pickles",
        "lying.safetensors": struct.pack("<Q", 4096) + b'{"y.W": {}}',
        "overlong.safetensors": struct.pack("<Q", 1 << 60) + b'{"y.W": {}}',
        "lying_offsets.safetensors": safetensors(far, floats(1, 1, 0)),
        "odd_type.safetensors": safetensors(odd, bytes(24)),
        "broken_json.safetensors": safetensors(b'{"y.W": {"dtype": ', b""),
        "deep_json.safetensors": safetensors(b"[" * 100_000, b""),
        "infinite.safetensors": safetensors(tensors, floats(1, float("inf"), 0)),
        "weights.csv": b"y.W,y.b\n1,0\n",
        "points.csv": b"a,b,c,label\n0,0,1,red\n0,1,1,green\n1,1,1,blue\n",
        "header.csv": b"a,b,label\n",
        "empty.csv": b"",
        "latin1.csv": "a,b,label\n0,1,grün\n".encode("latin-1"),
        "ragged.csv": b"a,b,label\n0,1,1\n0,1\n",
        "overfull.tsv": b"a\tb\tlabel\n0\t1\t1\n0\t1\t1\t1\n",
        "gaps.csv": b"a,b,c,label\n0,1,0,1\nn/a,1,,1\n",
        "words.csv": b"a,b,label\n0,1,1\nlow,1,1\n",
        "comma.csv": b"a;b;label\n0,5;1;1\n0;0,25;0\n",
        "wide.csv": "a,b,label\n0,1,1\n".encode("utf-16"),
        "twice.csv": b"a,b,a,label\n0,1,2,1\n",
        "index.csv": b",a,b,label\n0,0,1,1\n1,1,1,0\n",
        "flowers.data": b"0.5,0.1,red\n0.4,0.2,blue\n0.3,0.1,red\n",
        "numbers.csv": b"0,1,1\n1,1,0\n",
        "days.csv": b"2031-05-01,0.5,0.1\n2031-05-02,0.4,0.2\n2031-05-03,0.3,0.1\n",
        "years.csv": b"1,2,label\n0,1,1\n",
        "slash.csv": b"a/b,c d,label\n0,1,1\n",
        "ten.csv": b"x,y,t\n0,9,0\n1,8,0\n2,5,1\n3,5,1\n4,2,0\n5,1,1\n6,0,1\n7,3,0\n8,4,1\n9,6,0\n",
        "labels_from_1.npz": npz({"x": np.eye(3), "t": np.array([1, 2, 3])}),
        "labels_column.npz": npz({"x": np.eye(3), "t": np.array([[1], [2], [3]])}),
        "counts.npz": npz({"x": np.eye(3), "t": np.array([4, 0, 17])}),
        "one_hot.npz": npz({"x": np.eye(3), "t": np.eye(3)}),
        "infinite.csv": b"a,b,label\n0,1,red\n0,inf,red\n",
        "images.idx": idx(images, 0x08),
        "images.idx.gz": gzip.compress(idx(images, 0x08), mtime=0)[:-6],
        "truncated.idx": idx(images, 0x08)[:-3],
        "labels.idx": idx(labels, 0x08),
        "three_labels.idx": idx(np.array([0, 1, 1], dtype=np.uint8), 0x08),
        "nan.idx": idx(np.array([[0.0, np.nan]], dtype=">f8"), 0x0E),
    }


def good() -> dict[str, bytes]:
    tensors = {
        "fc.weight": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
        "fc.bias": {"dtype": "F16", "shape": [1], "data_offsets": [8, 10]},
        "__metadata__": {"format": "pt"},
    }
    images = (np.arange(24, dtype=np.uint8) * 10).reshape(6, 2, 2)
    hidden = np.array([[0.5, -0.25], [0.75, 1.0], [-0.5, 0.5]])
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.int8)
    return {
        "gate.npz": npz({"y.W": W, "y.b": B}),
        # What people's archives hold: names without .npy, other spellings of types, attributes of macOS, a text, and
        # arrays that nobody asks for.
        "people.npz": archive({
            "y.W": npy_claiming("(2,)", floats(1, -2), "float64"),
            "__MACOSX/._y.W.npy": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ",
            "y.b.npy": npy_claiming("(1, 1, 1)", floats(0.25), "<d"),
            "readme.txt": b"trained in 2024",
            "names.npy": npy(np.array(["sepal", "petal"])),
            "notes.npy": npy(np.array([{"loss": 1}], dtype=object)),
            "mask.npy": npy(np.array([0.0, -np.inf])),
        }),
        "types.npz": npz({"y.W": np.asfortranarray(W.astype(">f4")), "y.b": np.array([True])}),
        "layers.npz": npz({
            "hidden.W": hidden.T,
            "hidden.b": np.zeros((3, 1)),
            "y.W": np.array([[1e-6, 1.0, -1.0]]),
            "y.b": B.astype(np.float16),
        }),
        "fc.safetensors": safetensors(
            tensors, struct.pack("<2f", 1.0, -0.5) + np.array([0.25], np.float16).tobytes()
        ),
        "bits.npz": npz({"x": inputs, "label": np.array([0, 1, 1, 1], dtype=np.int64)}),
        "reference.npz": npz({"x": np.array([[0.0, 0.0], [1.0, 1.0]]), "y": np.array([[0.25], [0.75]])}),
        "points.csv": b"\xef\xbb\xbfa,b,label\r\n0,0,red\r\n0,1,green\r\n0.5,1,green\r\n1,1,red\r\n",
        "points.tsv": b"a\tb\tn\n0\t0\t1\n1\t0.5\t2\n\n1\t1\t10\n",
        "german.csv": b"sep=;\r\na;b;c;Preis in EUR;\r\n0,5;1;;10,25;\r\n1;0,75;x;3;\r\n0;0,5;y;7;\r\n;;;;\r\n",
        "flowers.data.gz": gzip.compress(b"0.5,0.1,red\n0.4,0.2,blue\n0.3,0.1,red\n", mtime=0),
        "images.idx": idx(images, 0x08),
        "images.idx.gz": gzip.compress(idx(images, 0x08), mtime=0),
        "labels.idx": idx(np.array([0, 1, 0, 1, 0, 1], dtype=np.uint8), 0x08),
        "letters.idx": idx(np.array([1, 2, 1, 2, 1, 2], dtype=np.uint8), 0x08),
    }


for folder, files in [(BAD, bad()), (GOOD, good())]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in files.items():
        (folder / name).write_bytes(contents)
