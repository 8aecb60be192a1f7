"""Running the application."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until interrupted. Requests are not logged here: paths and addresses of people who check stay unrecorded."""
    configuration = uvicorn.Config(
        app, host=host, port=port, loop="uvloop", http="httptools", access_log=False, server_header=False
    )
    uvicorn.Server(configuration).run()
