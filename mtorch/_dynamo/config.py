"""Settings of torch's compiler, which programs set before they call `torch.compile`; they change nothing here."""
verbose = suppress_errors = capture_scalar_outputs = optimize_ddp = False
cache_size_limit = recompile_limit = 8
