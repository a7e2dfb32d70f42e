"""From a trained Keras network to the two files of a bundle: the graph that is kept and the layer that is cut off."""

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
import tf2onnx

from embedder.runtime import Network
from embedder.spectrogram import Images
from embedder.training.architectures import EMBEDDING, GENRE
from songs.vectors import unit

OPSET = 17
CLOSE = 0.9999  # smallest cosine between a slice's vector by Keras and by ONNX Runtime


def graph(model: keras.Model, sample: Images) -> bytes:
    """Return the network up to its embedding as a serialised ONNX graph.

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
    serialised: bytes = proto.SerializeToString()
    ours, theirs = Network(serialised)(sample), kept.predict_on_batch(sample[..., np.newaxis])
    cosine = float((unit(ours) * unit(theirs)).sum(axis=1).min())
    if not cosine > CLOSE:
        raise ArithmeticError(f"the exported network differs from the trained one: cosine {cosine:.6f}")
    return serialised


def last_layer(model: keras.Model) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return weights (dimensions, n_genres) and bias (n_genres,) of the layer that was cut off."""
    weights, bias = model.get_layer(GENRE).get_weights()
    return weights.astype(np.float32), bias.astype(np.float32)
