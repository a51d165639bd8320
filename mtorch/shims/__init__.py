"""A folder for `sys.path`: see torch.py."""
