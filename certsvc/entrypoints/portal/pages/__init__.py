"""The portal's pages: what holders see and do in a browser. Each module is one theme over the same use cases as the API."""
