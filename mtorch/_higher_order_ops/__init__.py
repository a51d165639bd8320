"""torch._higher_order_ops: of the operations that take functions, those that libraries import by this name."""
