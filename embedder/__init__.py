"""Sound to vector and labels: decode, spectrogram, network, heads; all that decides it travels in a bundle."""
