"""Settings of torch's code generator, which programs set before they call `torch.compile`; they change nothing here."""
from types import SimpleNamespace

coordinate_descent_tuning = epilogue_fusion = fx_graph_cache = max_autotune = shape_padding = False
triton = SimpleNamespace(cudagraphs=False, unique_kernel_names=False)
cpp = SimpleNamespace(threads=-1)
