"""Popularity by plays: where a song stands among those that people really listened to."""

import math

from songs.labels import Popularity

FEWEST = 10  # songs with plays in a collection; among fewer a rank says too little, and the model is believed
_Z = 1.6449  # of the normal distribution: 90 of 100 cases lie within


def by_plays(below: int, equal: int, counted: int) -> Popularity | None:
    """Return the popularity of a song whose plays (or sales) were imported; ``None`` where too few songs have any.

    It is the mid-rank percentile among the songs of the song's collection that have plays, the song itself included;
    songs without a collection are one collection. It is computed when it is read, since every import moves all ranks.

    The interval is that of a share that was counted in a sample: the collection stands for all songs like its own, and
    the share of those with fewer plays is known as well as so many songs tell (Wilson's score interval, J. Am. Stat.
    Assoc. 22, 1927, at 90 %).

    Parameters
    ----------
    below : int
        Songs of the collection with fewer plays.
    equal : int
        Songs with as many, this one included; at least 1.
    counted : int
        Songs of the collection with plays.

    Returns
    -------
    popularity : Popularity or None
        0 to 100, ``source`` "tag"; ``None`` below ``FEWEST`` songs.
    """
    if counted < FEWEST:
        return None
    share = (below + equal / 2) / counted
    spread = _Z**2 / counted
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / counted + spread / (4 * counted)) / (1 + spread)
    return Popularity(
        value=100 * share, low=100 * max(0.0, middle - half), high=100 * min(1.0, middle + half), source="tag"
    )
