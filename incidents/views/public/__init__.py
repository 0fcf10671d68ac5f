"""Pages for everybody: read-only, delayed and coarsened as the deployment's profile says, the same whoever asks, and so kept by caches."""
