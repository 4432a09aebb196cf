#!/usr/bin/env python3
"""Write small ONNX models that each use one construct, with the outputs of onnxruntime: `python onnx_models.py`.

Writes next to the reference models
    generated/NAME/model.onnx, ref.npz     what is served: x, y (last output)
    refused/NAME/model.onnx, words.txt     what is not: words that the message must have

onnx 1.23.2, onnxruntime 1.32.0 and numpy 2.4.6 give the bytes that are committed.
"""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

ROOT = Path(__file__).resolve().parent.parent / "reference" / "onnx"
RNG = np.random.default_rng(7)


def write_npz(path, arrays):
    """An .npz file with a fixed date, so that equal arrays give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(array), version=(1, 0))
            entry = zipfile.ZipInfo(name + ".npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data.getvalue())


def r(*shape, scale=0.6):
    return (RNG.standard_normal(shape) * scale).astype(np.float32)


class Net:
    """Nodes in a row; each takes the value before it where nothing else is said."""

    def __init__(self, shape, batch="N", kind=T.FLOAT):
        self.inputs, self.shape, self.batch = [("x", shape, kind)], shape, batch
        self.nodes, self.tensors, self.outputs, self.last, self.count = [], [], [], "x", 0

    def const(self, array, name=None, tensor=None):
        self.count += 1
        name = name or f"c{self.count}"
        if tensor is None:
            tensor = nh.from_array(np.asarray(array), name)
        tensor.name = name
        self.tensors.append(tensor)
        return name

    def op(self, op, *inputs, outputs=1, domain="", **attributes):
        """`None` among the inputs is the value before; arrays become constants."""
        self.count += 1
        inputs = [self.last if i is None else i if isinstance(i, str) else self.const(i) for i in (inputs or (None,))]
        names = [f"v{self.count}" + (f"_{k}" if k else "") for k in range(outputs)]
        node = h.make_node(op, inputs, names, name=f"n{self.count}_{op}", domain=domain, **attributes)
        self.nodes.append(node)
        self.last = names[0]
        return names[0] if outputs == 1 else names

    def dense(self, n, m, name=None, source=None):
        name = name or f"fc{self.count}"
        w, b = self.const(r(n, m), f"{name}.weight"), self.const(r(m), f"{name}.bias")
        return self.op("Gemm", source, w, b)

    def model(self, opset=17, kinds=(T.FLOAT,), outputs=None, ml=False, check=True):
        outputs = outputs or [self.last]
        infos = [h.make_tensor_value_info(n, k, None if batch is None else [batch, *s])
                 for (n, s, k), batch in zip(self.inputs, [self.batch] * len(self.inputs))]
        outs = [h.make_tensor_value_info(o, k, None) for o, k in zip(outputs, kinds)]
        graph = h.make_graph(self.nodes, "g", infos, outs, self.tensors)
        sets = [h.make_opsetid("", opset)] + ([h.make_opsetid("ai.onnx.ml", 1)] if ml else [])
        model = h.make_model(graph, opset_imports=sets, producer_name="onnx.helper", ir_version=8 if opset < 20 else 10)
        return model


def save(name, net, rows=6, opset=17, run=None, low=-1.5, high=1.5, dtype=np.float32, **more):
    model = net.model(opset, **more)
    folder = ROOT / "generated" / name
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    session = ort.InferenceSession((run or model).SerializeToString(), providers=["CPUExecutionProvider"])
    step = net.batch if isinstance(net.batch, int) and net.batch > 0 else 1
    rows = -(-rows // step) * step
    xs, ys = [], []
    widths = [int(np.prod(s)) for _, s, _ in net.inputs]
    for _ in range(0, rows, step):
        feeds, parts = {}, []
        for (n, s, k), width in zip(net.inputs, widths):
            x = RNG.uniform(low, high, (step, *s)).astype(dtype)
            if np.issubdtype(dtype, np.integer):
                x = RNG.integers(-3, 4, (step, *s)).astype(dtype)
            feeds[n] = x
            parts.append(x.reshape(step, width))
        y = session.run(None, feeds)[-1]
        if isinstance(y, list):
            y = np.array([list(row.values()) for row in y], dtype=np.float32)
        xs.append(np.concatenate(parts, 1).astype(np.float64))
        ys.append(np.asarray(y, dtype=np.float64).reshape(step, -1))
    write_npz(folder / "ref.npz", dict(x=np.concatenate(xs), y=np.concatenate(ys)))


def refuse(name, net, words, opset=17, **more):
    folder = ROOT / "refused" / name
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(net.model(opset, **more).SerializeToString(deterministic=True))
    (folder / "words.txt").write_text("\n".join(words) + "\n")


def image(channels=2, size=7, **more):
    return Net((channels, size, size), **more)


def head(net, n, m=3):
    """Flatten and a matrix, so that every number of an image counts."""
    net.op("Relu")
    net.op("Flatten")
    net.dense(n, m)
    return net


def convolutions():
    def conv(name, w, size=7, opset=17, channels=2, bias=True, dims=2, **attributes):
        net = Net((channels, *[size] * dims))
        net.op("Conv", None, w, *([r(w.shape[0])] if bias else []), **attributes)
        save(name, net, opset=opset)

    conv("conv_dilation", r(3, 2, 3, 3), dilations=[2, 1], pads=[1, 0, 2, 1])
    conv("conv_groups", r(4, 1, 3, 2), group=2, strides=[2, 1], bias=False)
    conv("conv_depthwise", r(2, 1, 3, 3), group=2, pads=[1, 1, 1, 1])
    conv("conv_same_upper", r(2, 2, 4, 3), auto_pad="SAME_UPPER", strides=[2, 3])
    conv("conv_same_lower", r(2, 2, 4, 3), auto_pad="SAME_LOWER", strides=[2, 2])
    conv("conv_valid", r(2, 2, 2, 2), auto_pad="VALID", strides=[3, 3])
    conv("conv_1d", r(3, 2, 3), dims=1, pads=[2, 0], kernel_shape=[3])
    conv("conv_3d", r(2, 1, 2, 2, 3), dims=3, size=4, channels=1, strides=[1, 2, 1])
    for name, opset, attributes in [
        ("plain", 17, dict(kernel_shape=[2, 2], strides=[2, 2])),
        ("pad", 17, dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])),
        ("include_pad", 17, dict(kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], count_include_pad=1)),
        ("ceil", 19, dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, pads=[0, 0, 0, 0])),
        ("ceil_2", 19, dict(kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)),
        ("ceil_include_pad", 19, dict(kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1, count_include_pad=1, pads=[0, 1, 0, 1])),
        ("same_upper", 17, dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")),
        ("same_lower", 17, dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_LOWER")),
        ("dilation", 19, dict(kernel_shape=[2, 2], dilations=[2, 3])),
    ]:
        net = image()
        net.op("AveragePool", **attributes)
        save(f"average_pool_{name}", net, opset=opset)
    net = image()
    net.op("Conv", None, r(3, 2, 3, 3), r(3))
    net.op("BatchNormalization", None, r(3), r(3), r(3), np.abs(r(3)) + 0.3, epsilon=1e-3)
    net.op("Relu")
    net.op("GlobalAveragePool")
    net.op("Flatten")
    net.dense(3, 4)
    save("conv_bn_global", net)
    net = image()
    net.op("Transpose", perm=[0, 2, 3, 1])
    save("nhwc", head(net, 98))


SQRT2, C = np.float32(np.sqrt(2)), np.float32


def activations():
    def apply(net, name):
        z = net.last
        if name in ("Relu", "Tanh", "Sigmoid", "Softsign", "Softplus", "Elu"):
            net.op(name)
        elif name == "leaky_relu":
            net.op("LeakyRelu", alpha=0.2)
        elif name == "prelu":
            net.op("PRelu", None, C([0.3]))
        elif name == "prelu_alike":
            net.op("PRelu", None, np.full(5, 0.3, np.float32))
        elif name == "clip_zero":
            net.op("Clip", None, C(0))
        elif name == "clip_infinite":
            net.op("Clip", None, C(0), C(np.inf))
        elif name == "max_zero":
            net.op("Max", None, C(0))
        elif name == "max_zero_first":
            net.op("Max", C([0]), z)
        elif name == "relu_where":
            net.op("Greater", None, C(0))
            net.op("Where", None, z, C(0))
        elif name == "relu_mask":
            net.op("Greater", None, C(0))
            net.op("Cast", to=T.FLOAT)
            net.op("Mul", None, z)
        elif name == "relu_abs":
            net.op("Abs")
            net.op("Add", z, None)
            net.op("Mul", None, C(0.5))
        elif name == "leaky_max":
            net.op("Mul", None, C(0.1))
            net.op("Max", z, None)
        elif name == "leaky_where":
            s = net.op("Mul", None, C(0.01))
            net.op("GreaterOrEqual", z, C(0))
            net.op("Where", None, z, s)
        elif name == "sigmoid_tanh":
            net.op("Div", None, C(2))
            net.op("Tanh")
            net.op("Add", C(1), None)
            net.op("Mul", None, C(0.5))
        elif name == "sigmoid_exp":
            net.op("Neg")
            net.op("Exp")
            net.op("Add", None, C(1))
            net.op("Reciprocal")
        elif name == "tanh_sigmoid":
            net.op("Mul", None, C(2))
            net.op("Sigmoid")
            net.op("Mul", None, C(2))
            net.op("Sub", None, C(1))
        elif name == "softsign_parts":
            net.op("Abs")
            net.op("Add", None, C(1))
            net.op("Div", z, None)
        elif name == "softplus_log":
            net.op("Exp")
            net.op("Add", None, C(1))
            net.op("Log")
        elif name == "softplus_stable":
            m = net.op("Max", z, C(0))
            net.op("Abs", z)
            net.op("Neg")
            net.op("Exp")
            net.op("Add", None, C(1))
            net.op("Log")
            net.op("Add", m, None)
        elif name == "softplus_where":
            s = net.op("Softplus")
            net.op("Greater", z, C(20))
            net.op("Where", None, z, s)
        elif name == "silu":
            net.op("Sigmoid")
            net.op("Mul", z, None)
        elif name == "silu_swapped":
            net.op("Sigmoid")
            net.op("Mul", None, z)
        elif name == "gelu_op":
            net.op("Gelu")
        elif name == "gelu_tanh_op":
            net.op("Gelu", approximate="tanh")
        elif name == "gelu_erf":
            net.op("Div", None, SQRT2)
            net.op("Erf")
            net.op("Add", None, C(1))
            net.op("Mul", z, None)
            net.op("Mul", None, C(0.5))
        elif name == "gelu_erf_half":
            half = net.op("Mul", z, C(0.5))
            net.op("Mul", z, C(1 / SQRT2))
            net.op("Erf")
            net.op("Add", None, C(1))
            net.op("Mul", half, None)
        elif name == "gelu_pow":
            net.op("Pow", None, C(3))
            net.op("Mul", None, C(0.044715))
            net.op("Add", z, None)
            net.op("Mul", None, C(0.7978846))
            net.op("Tanh")
            net.op("Add", None, C(1))
            half = net.op("Mul", z, C(0.5))
            net.op("Mul", half, net.nodes[-2].output[0])
        elif name == "elu_where":
            e = net.op("Exp")
            e = net.op("Sub", None, C(1))
            net.op("Less", z, C(0))
            net.op("Where", None, e, z)
        elif name == "elu_relu":
            p = net.op("Relu")
            net.op("Sub", z, None)
            net.op("Exp")
            net.op("Sub", None, C(1))
            net.op("Add", None, p)
        elif name == "scaled_tanh":
            net.op("Mul", None, C(2 / 3))
            net.op("Tanh")
            net.op("Mul", None, C(1.7159))
        elif name == "celu":
            net.op("Celu")
        else:
            raise KeyError(name)

    names = """Relu Tanh Sigmoid Softsign Softplus Elu leaky_relu prelu prelu_alike clip_zero clip_infinite max_zero
        max_zero_first relu_where relu_mask relu_abs leaky_max leaky_where sigmoid_tanh sigmoid_exp tanh_sigmoid
        softsign_parts softplus_log softplus_stable softplus_where silu silu_swapped gelu_op gelu_tanh_op gelu_erf
        gelu_erf_half gelu_pow elu_where elu_relu scaled_tanh celu""".split()
    for name in names:
        net = Net((4,))
        net.dense(4, 5, "a")
        apply(net, name)
        net.dense(5, 5, "b")
        apply(net, name)
        net.dense(5, 3, "c")
        save(f"activation_{name.lower()}", net, opset=20 if name.startswith("gelu") else 17, low=-4, high=4)
    # The inner value is needed twice: as an activation, and as a part of another one.
    net = Net((3,))
    z = net.dense(3, 4, "a")
    s = net.op("Sigmoid")
    net.op("Mul", z, None)
    net.op("Concat", None, s, axis=1)
    net.dense(8, 2, "b")
    save("sigmoid_shared_by_silu", net)


def shapes():
    net = Net((3, 4), batch=3)
    net.op("Reshape", None, np.array([3, 12]))
    net.dense(12, 5)
    net.op("Relu")
    net.op("Reshape", None, np.array([3, -1]))
    save("reshape_frozen_batch", net)
    net = Net((3, 4), batch=1)
    net.op("Reshape", None, np.array([0, -1]))
    net.op("Reshape", None, np.array([-1, 2, 6]), allowzero=1)
    net.op("Transpose", perm=[1, 0, 2])
    net.op("Reshape", None, np.array([2, 0, 3, 2]))
    net.op("Squeeze", None, np.array([1]))
    net.op("Unsqueeze", None, np.array([0, -1]))
    net.op("Transpose", perm=[4, 0, 3, 2, 1])
    net.op("Flatten", axis=2)
    net.dense(12, 4)
    save("reshape_chain", net)
    net = Net((6, 4))
    net.op("Slice", None, np.array([-1, 1]), np.array([-100, 4]), np.array([1, 2]), np.array([-2, 2]))
    net.op("Tanh")
    net.op("Gather", None, np.array([[2, 0], [-1, 1]]), axis=1)
    net.op("Flatten")
    save("slice_gather", net)
    net = Net((6,))
    net.dense(6, 8)
    a, b, c = net.op("Split", None, np.array([3, 3, 2]), outputs=3, axis=1)
    net.op("Sub", a, b)
    net.op("Relu")
    net.op("Concat", None, c, axis=-1)
    net.dense(5, 2)
    save("split_heads", net)
    net = Net((6,))
    a, b = net.op("Split", None, outputs=2, axis=-1)
    net.op("Sum", b, a, a)
    save("split_equal", net, opset=11)
    net = Net((6,))
    a, b = net.op("Split", None, outputs=2, axis=-1, num_outputs=2)
    net.op("Mean", b, a)
    save("split_number", net, opset=18)
    net = Net((2, 3), batch=1)
    net.op("Tile", None, np.array([1, 2, 2]))
    net.op("Expand", None, np.array([3, 1, 1, 1]))
    net.op("Add", None, r(3, 1, 4, 6))
    net.op("Flatten", axis=0)
    net.op("ReduceSum", None, np.array([1]), keepdims=1)
    save("tile_expand", net)
    for mode in ("constant", "reflect", "edge"):
        net = image(1, 4)
        net.op("Pad", None, np.array([0, 0, 1, 2, 0, 0, 3, -1]), C(0.5), mode=mode)
        save(f"pad_{mode}", net)
    net = image(3, 4)
    net.op("ReduceMean", None, axes=[2, 3], keepdims=0)
    net.dense(3, 2)
    save("reduce_mean_attribute", net)
    net = image(3, 4)
    net.op("ReduceMean", None, np.array([-1, 1]), keepdims=1)
    save("reduce_mean_input", net, opset=18)
    # Shape arithmetic of Keras and TorchScript.
    net = image(2, 3)
    net.op("Shape")
    net.op("Gather", None, np.array(0), axis=0)
    net.op("Unsqueeze", None, np.array([0]))
    net.op("Concat", None, np.array([-1]), axis=0)
    net.op("Reshape", "x", None)
    net.dense(18, 3)
    z = net.last
    net.op("Shape", z, start=1)
    net.op("ConstantOfShape", value=h.make_tensor("v", T.FLOAT, [1], [0.25]))
    net.op("Range", np.array(0), np.array(3), np.array(1))
    net.op("Cast", to=T.FLOAT)
    net.op("Add", None, net.nodes[-3].output[0])
    net.op("Add", z, None)
    save("shape_arithmetic", net)


def arithmetic():
    net = Net((4,))
    net.op("Sub", r(4), None)
    net.op("Div", None, np.abs(r(4)) + 0.5)
    net.op("Neg")
    net.op("Mul", r(1, 4), None)
    net.op("Add", None, C(0.3))
    net.dense(4, 4)
    net.op("Relu")
    net.op("Sub", C(1), None)
    net.op("Sum", None, r(4), r(1))
    net.dense(4, 2)
    save("reversed_order", net)
    net = Net((3, 4))
    net.op("MatMul", None, r(4, 5))
    net.op("MatMul", r(2, 3), None)
    net.op("Tanh")
    net.op("MatMul", None, r(1, 5, 3))
    net.op("MatMul", None, r(3))
    save("matmul_stacks", net)
    net = Net((3, 4))
    net.op("MatMul", r(2, 1, 6, 3), None)
    net.op("MatMul", r(6), None)
    save("matmul_broadcast", net)
    net = Net((3,))
    x = net.last
    a = net.dense(3, 4, "a")
    net.op("Relu")
    relu = net.last
    net.op("Gemm", relu, r(4, 4), a, alpha=0.5, beta=-2.0)
    net.op("Tanh")
    net.dense(4, 2, "b")
    save("gemm_computed_bias", net)
    net = Net((4,))
    net.dense(4, 6)
    net.op("Relu")
    net.op("BatchNormalization", None, r(6), r(6), r(6), np.abs(r(6)) + 0.2)
    net.op("Dropout", None)
    net.op("Identity")
    net.dense(6, 2)
    save("bn_after_relu", net)


def residuals():
    net = Net((5,))
    net.dense(5, 5, "a")
    a = net.op("Relu")
    net.dense(5, 5, "b")
    net.op("Add", a, None)
    b = net.op("Relu")
    net.dense(5, 5, "c")
    net.op("Tanh")
    net.op("Sub", b, None)
    net.op("Add", None, "x")
    net.dense(5, 3, "d")
    save("residual", net)
    net = Net((5,))
    net.dense(5, 5, "a")
    a = net.op("Relu")
    net.dense(5, 5, "b")
    c = net.op("Add", a, None)
    net.op("Relu")
    net.op("Add", None, c)
    save("residual_used_twice", net)
    net = image(2, 4, batch=1)
    net.op("Conv", None, r(2, 2, 3, 3), r(2), pads=[1] * 4)
    a = net.op("Relu")
    net.op("Conv", None, r(2, 2, 3, 3), pads=[1] * 4)
    net.op("Add", None, a)
    net.op("Relu")
    net.op("Concat", None, "x", a, np.full((1, 1, 4, 4), 0.5, np.float32), axis=1)
    net.op("Conv", None, r(2, 7, 2, 2), r(2))
    save("residual_image", net)
    net = image(2, 3)
    net.op("Conv", None, r(1, 2, 1, 1))
    a = net.op("Tanh")
    net.op("Transpose", "x", perm=[0, 1, 3, 2])
    net.op("Relu")
    net.op("Concat", None, a, axis=1)
    net.op("Concat", None, net.last, axis=3)
    save("concat_inner_axis", net)
    net = Net((4,))
    a = net.dense(4, 3, "a")
    b = net.dense(4, 2, "b", "x")
    net.op("Concat", b, a, "x", axis=1)
    net.op("Relu")
    net.dense(9, 2, "c")
    save("concat_one_source", net)
    net = Net((4,))
    a = net.dense(4, 3, "a")
    b = net.dense(4, 3, "a2", "x")
    net.op("Add", a, b)
    net.op("Add", None, None)
    net.op("Sigmoid")
    net.dense(3, 2, "c")
    save("add_one_source", net)


def typed(name, array, kind, typed_field):
    """A tensor whose values stand in the typed field, or in raw_data."""
    tensor = T(dims=array.shape, data_type=kind)
    if kind == T.BFLOAT16:
        bits = (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    elif kind == T.FLOAT16:
        bits = array.astype(np.float16).view(np.uint16)
    else:
        bits = array
    if not typed_field:
        tensor.raw_data = bits.tobytes()
    elif kind == T.DOUBLE:
        tensor.double_data.extend(array.ravel().tolist())
    elif kind == T.FLOAT:
        tensor.float_data.extend(array.ravel().tolist())
    elif kind == T.INT64:
        tensor.int64_data.extend(array.ravel().tolist())
    elif kind in (T.UINT32, T.UINT64):
        tensor.uint64_data.extend(array.ravel().tolist())
    else:
        tensor.int32_data.extend(bits.ravel().tolist())
    return tensor


def types():
    whole = lambda dtype, low: RNG.integers(low, 5, (4, 4)).astype(dtype)
    for name, kind, array in [
        ("double", T.DOUBLE, r(4, 4).astype(np.float64)),
        ("float16", T.FLOAT16, r(4, 4)),
        ("bfloat16", T.BFLOAT16, r(4, 4)),
        ("int8", T.INT8, whole(np.int8, -5)),
        ("uint8", T.UINT8, whole(np.uint8, 0)),
        ("int16", T.INT16, whole(np.int16, -5)),
        ("uint16", T.UINT16, whole(np.uint16, 0)),
        ("int32", T.INT32, whole(np.int32, -5)),
        ("uint32", T.UINT32, whole(np.uint32, 0)),
        ("int64", T.INT64, whole(np.int64, -5)),
        ("uint64", T.UINT64, whole(np.uint64, 0)),
        ("bool", T.BOOL, whole(np.int8, 3) > 3),
    ]:
        net = Net((4,))
        for field in (True, False):
            w = net.const(None, f"W{field}", typed(name, array if kind != T.BOOL else array.astype(np.int8), kind, field))
            last = net.last
            w = net.op("Cast", w, to=T.FLOAT)
            w = net.op("Mul", w, np.full((4, 1), 0.3, np.float32))
            net.op("MatMul", last, w)
            net.op("Tanh")
        save(f"type_{name}", net)
    net = Net((4,), kind=T.DOUBLE)
    net.op("MatMul", None, r(4, 3).astype(np.float64))
    net.op("Sigmoid")
    net.op("Cast", to=T.FLOAT)
    net.dense(3, 2)
    save("input_double", net, dtype=np.float64)
    net = Net((4,), kind=T.INT64)
    net.op("Cast", to=T.FLOAT)
    net.dense(4, 2)
    save("input_int64", net, dtype=np.int64)
    net = Net((4,), kind=T.FLOAT)
    net.op("Cast", r(4, 3).astype(np.float32), to=T.FLOAT16)
    net.op("Cast", to=T.FLOAT)
    net.op("MatMul", "x", None)
    save("cast_rounds_constants", net)


def heads():
    def dense():
        net = Net((4,))
        net.dense(4, 5)
        net.op("Relu")
        return net

    net = dense()
    net.dense(5, 3)
    net.op("Softmax", axis=1)
    save("head_softmax_opset11", net, opset=11)
    net = dense()
    net.dense(5, 3)
    net.op("Softmax")
    net.op("Log")
    save("head_log_of_softmax", net)
    net = dense()
    net.dense(5, 4)
    net.op("Sigmoid")
    net.op("Reshape", None, np.array([-1, 2, 2]))
    save("head_sigmoids", net)
    net = dense()
    net.dense(5, 3)
    z = net.last
    net.op("Softmax")
    save("head_logits_and_probabilities", net, outputs=[z, net.last], kinds=(T.FLOAT, T.FLOAT))
    net = dense()
    net.dense(5, 1)
    net.op("Neg")
    net.op("Exp")
    net.op("Add", C(1), None)
    p = net.op("Div", C(1), None)
    q = net.op("Sub", C(1), p)
    net.op("Concat", q, p, axis=1)
    save("head_binary_decomposed", net)
    ml = dict(domain="ai.onnx.ml")
    net = Net((3,))
    net.op("Scaler", offset=[0.1], scale=[2.0], **ml)
    net.op("LinearRegressor", coefficients=r(6).tolist(), intercepts=[0.5, -0.5], targets=2, **ml)
    save("linear_regressor", net, ml=True)
    w = r(3)
    for name, attributes, normalised in [
        ("logistic_binary", dict(coefficients=[*(-w).tolist(), *w.tolist()], intercepts=[-0.2, 0.2], post_transform="LOGISTIC", classlabels_strings=["no", "yes"]), True),
        ("softmax", dict(coefficients=r(9).tolist(), intercepts=r(3).tolist(), post_transform="SOFTMAX", classlabels_ints=[3, 5, 7]), True),
        ("none", dict(coefficients=r(9).tolist(), intercepts=r(3).tolist(), post_transform="NONE", classlabels_ints=[3, 5, 7]), False),
        ("logistic", dict(coefficients=r(9).tolist(), intercepts=r(3).tolist(), post_transform="LOGISTIC", classlabels_ints=[3, 5, 7]), False),
    ]:
        net = Net((3,))
        label, _ = net.op("LinearClassifier", outputs=2, **attributes, **ml)
        net.last = net.nodes[-1].output[1]
        if normalised:
            net.op("Normalizer", norm="L1", **ml)
            labels = {k: v for k, v in attributes.items() if k == "classlabels_strings"}
            labels |= {"classlabels_int64s": v for k, v in attributes.items() if k == "classlabels_ints"}
        kind = T.STRING if "classlabels_strings" in attributes else T.INT64
        save(f"linear_classifier_{name}", net, ml=True, outputs=[label, net.last], kinds=(kind, T.FLOAT))
    net = Net((1,))
    net.inputs = [(n, (1,), T.FLOAT) for n in ("length", "width", "height")]
    net.op("Concat", "length", "width", "height", axis=1)
    net.dense(3, 2)
    save("columns", net)
    net = Net((3,))
    net.op("Softsign")
    save("activation_of_the_input", net)


def refused():
    def dense(m=5):
        net = Net((4,))
        net.dense(4, m)
        return net

    def one(name, words, *args, opset=17, m=5, **attributes):
        net = dense(m)
        net.op(*args, **attributes)
        net.dense(m, 2)
        refuse(name, net, words, opset)

    one("hard_sigmoid", ["HardSigmoid", "Sigmoid"], "HardSigmoid")
    one("hard_swish", ["HardSwish"], "HardSwish")
    one("relu6", ["Clip", "limit from above"], "Clip", None, C(0), C(6))
    one("prelu_each", ["PRelu", "one slope"], "PRelu", None, C([0.1, 0.2, 0.3, 0.4, 0.5]))
    one("leaky_negative", ["LeakyRelu", "slope"], "LeakyRelu", alpha=-0.5)
    one("elu_alpha", ["Elu", "alpha = 1"], "Elu", alpha=0.5)
    one("selu", ["Selu"], "Selu")
    one("abs", ["Abs"], "Abs")
    one("mish", ["Mish"], "Mish", opset=18)
    one("layer_normalization", ["LayerNormalization", "BatchNormalization"], "LayerNormalization", None, r(5))
    one("softmax_inside", ["Softmax", "end"], "Softmax")
    one("cast_rounds", ["Cast", "int64"], "Cast", to=T.INT64)
    one("top", ["TopK", "not served"], "TopK", None, np.array([5]), outputs=2)
    one("einsum", ["Einsum", "MatMul"], "Einsum", None, r(5, 5), equation="ij,jk->ik")
    net = dense()
    net.op("Sigmoid")
    net.op("Mul", None, net.nodes[0].output[0])
    a = net.op("HardSwish")
    net.op("Mul", a, net.nodes[0].output[0])
    net.op("Erf")
    refuse("several", net, ["3 nodes are not served", "HardSwish", "Mul", "Erf"])
    net = image()
    net.op("InstanceNormalization", None, r(2), r(2))
    net.op("MaxPool", kernel_shape=[2, 2])
    net.op("ConvTranspose", None, r(2, 2, 2, 2))
    net.op("Resize", None, "", C([1, 1, 2, 2]))
    refuse("image_ops", net, ["4 nodes are not served", "InstanceNormalization", "MaxPool", "ConvTranspose", "Resize"])
    net = image()
    net.op("Softmax", axis=1)
    refuse("softmax_of_channels", net, ["Softmax", "over all outputs"])
    net = Net((4,))
    net.op("BatchNormalization", None, r(4), r(4), r(4), np.abs(r(4)), training_mode=1, outputs=3)
    refuse("bn_training", net, ["BatchNormalization", "training", "eval"])
    net = Net((300, 300))
    net.op("Flatten")
    net.op("Reshape", None, np.array([-1, 1, 300, 300]))
    net.op("Conv", None, r(8, 1, 3, 3), pads=[1] * 4)
    refuse("too_many_entries", net, ["4000000 stored entries", "conv2d"])
    net = dense()
    net.op("Div", None, np.zeros(5, np.float32))
    refuse("division_by_zero", net, ["Div", "NaN or infinite"])
    net = Net((3,))
    net.op("LinearClassifier", outputs=2, coefficients=r(9).tolist(), intercepts=r(3).tolist(), post_transform="PROBIT",
           classlabels_ints=[1, 2, 3], domain="ai.onnx.ml")
    refuse("probit", net, ["LinearClassifier", "PROBIT"], ml=True, outputs=[net.nodes[0].output[1]])
    net = Net((3,))
    net.op("Add", r(2), r(2))
    refuse("constant_output", net, ["does not depend on the input"])
    net = Net((3,))
    net.op("Normalizer", norm="L2", domain="ai.onnx.ml")
    refuse("normalizer", net, ["Normalizer"], ml=True)


def later():
    net = Net((5,))
    a = net.op("ArrayFeatureExtractor", None, np.array([3, 0]), domain="ai.onnx.ml")
    net.op("Scaler", offset=[0.5, -0.5], scale=[2.0, 3.0], domain="ai.onnx.ml")
    b = net.last
    net.op("ArrayFeatureExtractor", "x", np.array([1]), domain="ai.onnx.ml")
    net.op("Concat", b, None, a, axis=1)
    net.dense(5, 3)
    save("column_transformer", net, ml=True)
    net = Net((4,))
    v = net.const(r(5, 4), "v")
    norm = net.op("ReduceL2", v, axes=[1], keepdims=1)
    w = net.op("Div", net.op("Mul", v, np.abs(r(5, 1)) + 0.2), norm)
    largest = net.op("ReduceMax", v, axes=[0], keepdims=0)
    x = net.op("Mul", "x", largest)
    net.op("Gemm", x, net.op("Transpose", w, perm=[1, 0]), r(5))
    net.op("Tanh")
    save("weight_norm", net)
    net = Net((4,), batch=3)
    net.dense(4, 5)
    net.op("Add", None, r(3, 5))
    refuse("batch_in_a_constant", net, ["3 rows for one sample", "batch of 1"])


def batches():
    def mixing(name, words, op, *inputs, shape=(4,), batch="N", opset=17, **attributes):
        net = Net(shape, batch=batch)
        net.op(op, *(inputs or (None,)), **attributes)
        refuse(f"batch_{name}", net, [f"`n{net.count}_{op}` ({op}) is not served", *words], opset)

    axes = lambda *axes: dict(axes=list(axes))
    mixing("mean", ["mixes the samples of a batch", "batch of 1"], "ReduceMean", **axes(0))
    mixing("mean_negative", ["mixes"], "ReduceMean", **axes(-2), keepdims=0)
    mixing("mean_of_all", ["mixes"], "ReduceMean")
    mixing("sum_input", ["mixes"], "ReduceSum", None, np.array([0, 1]))
    mixing("mean_frozen", ["mixes"], "ReduceMean", batch=8, **axes(0))
    mixing("mean_of_an_image", ["mixes"], "ReduceMean", shape=(2, 3, 3), **axes(0, 2, 3))
    mixing("mean_of_numbers", ["mixes"], "ReduceMean", shape=(), **axes(0))
    mixing("concat", ["joins or moves"], "Concat", None, None, axis=0)
    mixing("concat_constant", ["joins or moves"], "Concat", None, r(1, 4), axis=0)
    mixing("fold", ["joins or moves"], "Reshape", None, np.array([1, -1]))
    mixing("fold_flat", ["joins or moves"], "Reshape", None, np.array([-1]))
    mixing("flatten", ["joins or moves"], "Flatten", axis=0)
    mixing("slice", ["the same to each sample"], "Slice", None, np.array([0]), np.array([1]), np.array([0]))
    mixing("last", ["the same to each sample"], "Gather", None, np.array(-1))
    mixing("reversed", ["joins or moves"], "Slice", None, np.array([-1]), np.array([-9]), np.array([0]), np.array([-1]))
    mixing("split", ["batch"], "Split", None, np.array([1]), axis=0)
    mixing("tile", ["joins or moves"], "Tile", None, np.array([2, 1]))
    mixing("expand", ["batch of 1"], "Expand", None, np.array([3, 1]))
    mixing("softmax", ["mixes"], "Softmax", shape=(), axis=0)
    mixing("pad", ["joins or moves"], "Pad", None, np.array([1, 0, 0, 0]))

    net = Net((4,))
    net.dense(4, 5)
    net.op("Flatten", axis=0)
    net.dense(5, 3)
    refuse("batch_fold_before_a_layer", net, ["`n4_Flatten` (Flatten)", "one sample only"])
    net = Net((4,))
    net.op("Transpose", perm=[1, 0])
    net.op("MatMul", r(3, 4), None)
    net.op("Reshape", None, np.array([-1, 3]))
    refuse("batch_moved_and_folded", net, ["Reshape", "joins or moves"])
    net = Net((4,))
    size = net.op("Cast", net.op("Size"), to=T.FLOAT)
    net.op("Div", net.op("ReduceSum", "x", np.array([1]), keepdims=1), size)
    refuse("batch_size_divides", net, ["(Div)", "the batch's size"])
    net = Net((4,))
    rows = net.op("Range", np.array(0), net.op("Gather", net.op("Shape"), np.array(0)), np.array(1))
    net.op("Add", "x", net.op("Unsqueeze", net.op("Cast", rows, to=T.FLOAT), np.array([1])))
    refuse("batch_place_counts", net, ["(Add)", "its place in the batch"])
    net = Net((4,))
    net.op("Gather", None, np.array(0), axis=1)
    net.op("Slice", None, np.array([1]), np.array([-1]), np.array([0]))
    net.op("Concat", None, r(2), axis=0)
    refuse("batch_without_its_ends", net, ["(Slice)", "the same to each sample"])
    net = Net((4,))
    net.op("Pad", None, np.array([1, 0, 1, 0]))
    refuse("batch_padded_on_both_sides", net, ["(Pad)", "joins or moves"])
    net = Net((3,))
    rows = net.op("Range", np.array(0), net.op("Gather", net.op("Shape"), np.array(0)), np.array(1))
    net.op("Concat", "x", net.op("Unsqueeze", net.op("Cast", rows, to=T.FLOAT), np.array([1])), axis=1)
    refuse("batch_place_is_joined", net, ["(Concat)", "joins or moves"])
    net = Net((3,))
    net.op("Reshape", None, np.array([-1]))
    net.op("Softmax", axis=0)
    refuse("batch_softmax_of_all", net, ["(Softmax)", "mixes"])
    net = Net((4,))
    net.op("Sub", "x", net.op("ReduceMean", "x", **axes(0)))
    refuse("batch_centred", net, ["(ReduceMean)", "mixes"])

    # For exactly one sample each of them is what it is.
    net = Net((4,), batch=1)
    net.op("Concat", net.op("ReduceMean", **axes(0)), net.op("ReduceSum", "x", np.array([0])), axis=1)
    net.op("Flatten", axis=0)
    net.op("Gemm", net.op("Tanh"), r(8, 3), r(3))
    save("batch_of_one", net)
    net = Net((4,))
    net.op("Transpose", perm=[1, 0])
    net.op("MatMul", r(3, 4), None)
    net.op("Tanh", net.op("Transpose", perm=[1, 0]))
    net.dense(3, 2)
    save("batch_moved_and_back", net)
    net = Net((3, 4))
    net.op("Reshape", None, np.array([-1, 4]))
    net.op("Tanh", net.dense(4, 2))
    net.op("Reshape", None, np.array([-1, 3, 2]))
    net.op("Reshape", None, np.array([0, -1]))
    net.dense(6, 3)
    save("batch_folded_and_back", net)
    net = Net((4,), batch=4)
    net.op("Reshape", None, np.array([4, -1, 2]))
    net.op("Relu", net.op("MatMul", None, r(2, 3)))
    net.op("Reshape", None, np.array([4, -1]))
    net.dense(6, 2)
    save("batch_frozen_with_an_open_size", net)
    net = Net((2, 5, 5))
    net.op("Conv", None, r(3, 2, 3, 3), r(3))
    net.op("AveragePool", net.op("Relu"), kernel_shape=[2, 2])
    net.op("ReduceMean", **axes(-1, -2), keepdims=0)
    net.op("Softmax", net.dense(3, 3))
    save("batch_of_images", net)
    net = Net((4,))
    net.dense(4, 1)
    net.op("Squeeze")
    save("batch_squeezed", net)


def main():
    for part in ("generated", "refused"):
        shutil.rmtree(ROOT / part, ignore_errors=True)
    for make in (convolutions, activations, shapes, arithmetic, residuals, types, heads, refused, later, batches):
        make()


if __name__ == "__main__":
    main()
