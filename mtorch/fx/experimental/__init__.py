"""torch.fx.experimental: what libraries ask of a tracer; there is none here."""
