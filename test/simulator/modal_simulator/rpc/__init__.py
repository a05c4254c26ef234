"""The control plane's RPCs, one mixin class per group."""
