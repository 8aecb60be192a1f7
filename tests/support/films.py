"""Films for a camera that is none: uncompressed frames as YUV4MPEG2, the form that Chromium takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT, FRAMES_PER_SECOND = 1280, 720, 10


def write_film(path: Path, frames: Sequence[Image.Image]) -> None:
    """Write the frames, each laid into the middle of a desk of WIDTH x HEIGHT pixels."""
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            light, *colours = _on_desk(frame).convert("YCbCr").split()
            film.write(b"FRAME\n" + light.tobytes())
            for plane in colours:
                film.write(plane.resize((WIDTH // 2, HEIGHT // 2)).tobytes())


def _on_desk(frame: Image.Image) -> Image.Image:
    desk = Image.new("RGB", (WIDTH, HEIGHT), (112, 104, 96))
    picture = frame.convert("RGB")
    picture.thumbnail((WIDTH, HEIGHT))
    desk.paste(picture, ((WIDTH - picture.width) // 2, (HEIGHT - picture.height) // 2))
    return desk
