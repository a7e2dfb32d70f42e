"""From the evidence of a song to its labels: small layers, fitted on what the network hears, and calibrated."""
