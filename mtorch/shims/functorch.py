"""What `import functorch` finds in a process that a program under `python -m mtorch` begins: mtorch in its place.

Such a process (multiprocessing's "spawn" and "forkserver") starts anew, with nothing of its parent but `sys.path`,
where `__main__.py` has put this folder.
"""
import sys

if __name__ == "functorch":
    del sys.modules[__name__]          # as_torch leaves alone what is imported, and this is about to be
    import mtorch.as_torch  # noqa: F401
