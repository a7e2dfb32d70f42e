"""The network as ONNX Runtime runs it: images in, vectors out."""

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from embedder.settings import Images
from songs.vectors import Vectors

# What a graph that does not load raises; these have no base of their own.
UNLOADABLE = (
    failures.Fail,
    failures.InvalidArgument,
    failures.InvalidGraph,
    failures.InvalidProtobuf,
    failures.NotImplemented,
    failures.RuntimeException,
)


class Network:
    """A loaded network. It does not survive a fork: load it in the process that uses it.

    Attributes
    ----------
    shape : tuple of (mels, frames)
        Of the images that it takes.
    dimensions : int
        Of the vectors that it gives.
    """

    def __init__(self, graph: bytes, threads: int = 1) -> None:
        """Load a serialised ONNX graph; raises ValueError where it does not load or is of another shape."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only
        try:
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except UNLOADABLE as error:
            raise ValueError(f"the network does not load: {error}") from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1 or len(inputs[0].shape) != 4 or len(outputs[0].shape) != 2:
            raise ValueError("the network does not take (n, mels, frames, 1) and give (n, dimensions)")
        self._input = inputs[0].name
        self.shape = (inputs[0].shape[1], inputs[0].shape[2])
        self.dimensions = outputs[0].shape[1]

    def __call__(self, images: Images) -> Vectors:
        """Return one vector an image.

        Parameters
        ----------
        images : np.ndarray, shape=(n, mels, frames), float32 in [0, 1]

        Returns
        -------
        vectors : np.ndarray, shape=(n, dimensions), float32
            Of any length. A row depends on its own image only.
        """
        if not len(images):
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors: Vectors = self._session.run(None, {self._input: images[..., np.newaxis]})[0]
        return vectors
