"""torch.utils.deterministic: a setting of programs whose runs are to be the same; here they always are."""

fill_uninitialized_memory = True            # without effect
