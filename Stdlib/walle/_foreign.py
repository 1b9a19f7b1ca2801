"""Well-known modules of others that do not load in an isolated interpreter, and what to use."""

_ARRAYS = "Use lists, array and math, or a function that the host declares in Swift."
_RUST = "Its part in Rust allows one interpreter a process."
_MODELS = "Run the model in the host, and give the task its result."
_TABLES = "Use csv, sqlite3 and statistics, or a function that the host declares in Swift."

_REASONS = {
    "cv2": ("OpenCV", "It needs NumPy. " + _MODELS),
    "cryptography": ("cryptography", _RUST + " Use hashlib, hmac, secrets and ssl."),
    "jax": ("JAX", _MODELS),
    "lightgbm": ("LightGBM", _MODELS),
    "matplotlib": ("Matplotlib", "It needs NumPy. Give the figures back, and draw them in the host."),
    "numpy": ("NumPy", _ARRAYS),
    "onnxruntime": ("ONNX Runtime", _MODELS),
    "orjson": ("orjson", _RUST + " Use json."),
    "pandas": ("pandas", "It needs NumPy. " + _TABLES),
    "polars": ("Polars", _RUST + " " + _TABLES),
    "pyarrow": ("Arrow", _TABLES),
    "pydantic": ("pydantic", _RUST + " Use dataclasses."),
    "pydantic_core": ("pydantic", _RUST + " Use dataclasses."),
    "safetensors": ("safetensors", _RUST + " Load the model in the host."),
    "scipy": ("SciPy", "It needs NumPy. " + _ARRAYS),
    "sklearn": ("scikit-learn", "It needs NumPy. " + _MODELS),
    "tensorflow": ("TensorFlow", _MODELS),
    "tiktoken": ("tiktoken", _RUST + " Make the tokens in the host."),
    "tokenizers": ("tokenizers", _RUST + " Make the tokens in the host."),
    "torch": ("PyTorch", _MODELS),
    "transformers": ("transformers", "It needs NumPy. " + _MODELS),
    "xgboost": ("XGBoost", _MODELS),
}


def why(name):
    """Say why a top-level module cannot be imported, and what to use; None when it is not known."""
    if name not in _REASONS:
        return None
    title, remedy = _REASONS[name]
    return f"{title} cannot load in an isolated interpreter. {remedy}"


def explain(name):
    """Say the same of an extension module that CPython just refused."""
    top = name.partition(".")[0]
    known = why(top)
    if known is not None:
        return f"import {top}: {known}"
    return (
        f"import {name}: it cannot load in an isolated interpreter. "
        "Use a module written in Python, or a function that the host declares in Swift."
    )
