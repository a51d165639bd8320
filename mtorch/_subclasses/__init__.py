"""torch._subclasses: tensors without numbers, that torch's compiler traces programs with.  There are none here."""
