"""Where entries are listed, one module a kind: bytes or a folder in, `EntrySeen` and `SourcePolled` out."""
