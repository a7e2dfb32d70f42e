"""The network as ONNX Runtime runs it: images in, vectors and the evidence behind them out."""

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from embedder.settings import Evidence, Images
from songs.vectors import Vectors

EVIDENCE = "evidence"  # name of the second output, where a graph has one

# What a graph that does not load raises; these have no base of their own.
UNLOADABLE = (
    failures.Fail,
    failures.InvalidArgument,
    failures.InvalidGraph,
    failures.InvalidProtobuf,
    failures.NotImplemented,
    failures.RuntimeException,
)

_SHAPES = "the network does not take (n, mels, frames, 1) and give (n, dimensions), and (n, d) of evidence if any"


class Network:
    """A loaded network. It does not survive a fork: load it in the process that uses it.

    Attributes
    ----------
    shape : tuple of (mels, frames)
        Of the images that it takes.
    dimensions : int
        Of the vectors that it gives.
    evidence : int
        Numbers that it hears of an image, before they become a vector; what the heads of labels read. A graph without
        an output of that name has its vectors for evidence.
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
        inputs, outputs = self._session.get_inputs(), {one.name: one for one in self._session.get_outputs()}
        told = outputs.pop(EVIDENCE, None)
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError(_SHAPES)
        vectors = next(iter(outputs.values()))
        told = told or vectors
        if (len(inputs[0].shape), len(vectors.shape), len(told.shape)) != (4, 2, 2):
            raise ValueError(_SHAPES)
        self._input, self._vectors, self._evidence = inputs[0].name, vectors.name, told.name
        self.shape = (inputs[0].shape[1], inputs[0].shape[2])
        self.dimensions, self.evidence = vectors.shape[1], told.shape[1]

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
        vectors: Vectors = self._session.run([self._vectors], {self._input: images[..., np.newaxis]})[0]
        return vectors

    def hear(self, images: Images) -> tuple[Vectors, Evidence]:
        """Return one vector an image, and what it was made of.

        Parameters
        ----------
        images : np.ndarray, shape=(n, mels, frames), float32 in [0, 1]

        Returns
        -------
        vectors : np.ndarray, shape=(n, dimensions), float32
            As a call gives them.
        evidence : np.ndarray, shape=(n, evidence), float32
        """
        if self._evidence == self._vectors:
            vectors = self(images)
            return vectors, vectors
        if not len(images):
            return self(images), np.empty((0, self.evidence), dtype=np.float32)
        both = self._session.run([self._vectors, self._evidence], {self._input: images[..., np.newaxis]})
        return both[0], both[1]
