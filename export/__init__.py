"""Torch to ONNX: streaming wrappers, parity checks, the manifest."""
