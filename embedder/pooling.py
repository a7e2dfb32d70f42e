"""From the vectors of a song's slices to the vector of the song."""

from songs.vectors import Vector, Vectors, unit


def song_vector(slice_vectors: Vectors) -> Vector:
    """Return the mean of the slices' vectors at unit length.

    Parameters
    ----------
    slice_vectors : np.ndarray, shape=(n_slices, d), float32, n_slices >= 1
        As the network gives them, of any length: a slice of which the network is surer weighs more.

    Returns
    -------
    vector : np.ndarray, shape=(d,), float32
    """
    return unit(slice_vectors.mean(axis=0))
