"""From a trained Keras network to the graph of a bundle: up to its vectors, with the evidence as a second output."""

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from onnx import TensorProto, helper

from embedder.runtime import EVIDENCE, Network
from embedder.spectrogram import Images
from embedder.training import architectures
from embedder.training.architectures import EMBEDDING
from songs.vectors import unit

OPSET = 17
CLOSE = 0.9999  # smallest cosine between a slice's vector by Keras and by ONNX Runtime


def graph(model: keras.Model, sample: Images) -> bytes:
    """Return the network up to its embedding as a serialised ONNX graph, see ``with_evidence``.

    Parameters
    ----------
    sample : np.ndarray, shape=(n, mels, frames), float32 in [0, 1]
        Slices on which the two must agree.

    Raises
    ------
    ArithmeticError
        If a slice's two vectors have a cosine of ``CLOSE`` or less.
    """
    kept = keras.Model(model.inputs, model.get_layer(EMBEDDING).output)
    signature = [tf.TensorSpec((None, *sample.shape[1:], 1), tf.float32, name="images")]
    proto, _ = tf2onnx.convert.from_keras(kept, input_signature=signature, opset=OPSET)
    serialised = with_evidence(proto.SerializeToString())
    ours, theirs = Network(serialised)(sample), kept.predict_on_batch(sample[..., np.newaxis])
    cosine = float((unit(ours) * unit(theirs)).sum(axis=1).min())
    if not cosine > CLOSE:
        raise ArithmeticError(f"the exported network differs from the trained one: cosine {cosine:.6f}")
    return serialised


def with_evidence(serialised: bytes) -> bytes:
    """Return a graph that gives, beside its vectors, the evidence that they are a linear map of.

    The evidence is what the layer ``EVIDENCE`` of the architecture gives. A graph that gives it already comes back as
    it was, and so does one without that layer: its vectors themselves are the evidence.
    """
    model = onnx.load_from_string(serialised)
    if any(one.name == EVIDENCE for one in model.graph.output):
        return serialised
    concatenations = [node for node in model.graph.node if node.op_type == "Concat"]
    layers = [node for node in concatenations if f"/{architectures.EVIDENCE}" in node.name]
    if not layers:
        return serialised
    told = layers[-1].output[0]
    model.graph.node.append(helper.make_node("Identity", [told], [EVIDENCE]))
    width = next(
        int(one.dims[0])
        for node in model.graph.node
        for one in model.graph.initializer
        if node.op_type == "MatMul" and list(node.input) == [told, one.name]
    )
    model.graph.output.append(helper.make_tensor_value_info(EVIDENCE, TensorProto.FLOAT, [None, width]))
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
