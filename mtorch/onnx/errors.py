"""What `onnx.export` raises where a model cannot be said in ONNX."""
from __future__ import annotations


class OnnxExporterError(RuntimeError):
    """A model that cannot be exported; its message says why."""


class Untranslated(OnnxExporterError, NotImplementedError):
    """A part of a model that has no translation into ONNX here."""

    def __init__(self, why: str) -> None:
        super().__init__(f"onnx.export: {why}")
