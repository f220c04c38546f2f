"""The only package that touches the machine: `look` reads, `sandbox` tests, `change` changes."""
