"""The e-licence identifier and metadata of certificates."""
