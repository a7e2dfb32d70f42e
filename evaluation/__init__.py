"""Is it good? Figures of retrieval and labels, from vectors and what is known of the songs."""
