"""What each public endpoint takes and gives: the contract that other programs rely on."""

# Every endpoint's parameters in their order, each with its default, or ... where it has none.
PARAMETERS = {
    "/descend": {
        "problem": "least_squares", "x": None, "y": None, "w0": None, "lr": 0.01, "steps": 150,
        "optimizer": "gradient_descent", "momentum": 0.9, "dtype": "float32", "condition": 10.0,
    },
    "/convolve": {"image": ..., "kernel": ..., "bias": 0.0, "stride": 1, "padding": 0, "dilation": 1},
    "/pool": {"image": ..., "kind": "max", "kernel_size": 2, "stride": 2, "padding": 0},
    "/architecture": {"network": ..., "layers": ""},
    "/train": {
        "network": ..., "dataset": "mnist", "recipe": "notebook", "epochs": None, "seed": None,
        "num_images": None, "batch_size": None, "learning_rate": None, "optimizer": None, "momentum": None,
        "schedule": None, "weight_decay": None, "dropout": None, "augment": None, "distortions": None,
        "added_strokes": None, "label_smoothing": None, "precision": None, "name": "",
        "start_from": "", "layers": "",
    },
    "/runs": {"run_id": ...},
    "/predict": {"strokes": None, "image": None, "checkpoint": "sketchpad", "with_stages": True},
    "/checkpoints": {},
}  # fmt: skip
PUBLIC = set(PARAMETERS)

DESCEND_KEYS = {
    "losses", "w", "first_gradient", "status", "overflow_step", "settled_step", "minimum", "distances",
    "eigenvalues", "lr_max", "lr_best", "contraction_predicted", "contraction_measured",
}  # fmt: skip

LAYER_KEYS = {
    "name", "kind", "settings", "input_shape", "output_shape", "parameters", "parameter_sum", "multiply_adds",
    "multiply_add_sum", "bytes",
}  # fmt: skip

ARCHITECTURE_KEYS = {
    "network", "title", "input_shape", "layers", "parameters", "multiply_adds", "weight_bytes",
    "buffer_bytes", "activation_bytes", "convention",
}  # fmt: skip

PREDICT_KEYS = {
    "digit", "answer", "classes", "probabilities", "picture", "stages", "doubt", "refusal", "digits",
}  # fmt: skip

RUN_KEYS = {
    "status", "message", "place", "can_resume", "name", "config", "step", "num_steps", "seconds", "latest",
    "epochs", "test", "num_looks", "checkpoint", "imported", "recipe",
}  # fmt: skip
