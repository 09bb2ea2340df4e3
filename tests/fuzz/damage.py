"""Mutations of files as bytes: what disks, editors and other systems do to them."""

from __future__ import annotations

import random

__all__ = ["PUT", "mutate_bytes"]

ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-8-sig",
    "cp1252",
    "latin-1",
    "gb18030",
    "shift_jis",
    "cp037",
)
PUT = (
    b'"', b"'", b"\\", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r", b"\x00",
    b"\xff",
    b"\xc3", b"\xef\xbb\xbf", b"\xe2\x80\x8b", b"\x1a", b"#", b"sep=;\n", b"sep=\xe9\n", b'""',
    b'","',
    b'"\n"', b" ", b"\x80", b"\x0b", b"\x0c", b"\xc2\x85", b"\xe2\x80\xa8", b"--\n", b"NA",
)  # fmt: skip


def mutate_bytes(data: bytes, random_: random.Random) -> tuple[bytes, str]:
    """Change the bytes of a file, and say how."""
    if not data:
        return random_.choice(PUT), "bytes out of nothing"
    way = random_.choice((_place, _place, _place, _lines, _ends))
    return way(data, random_)


def _place(data: bytes, random_: random.Random) -> tuple[bytes, str]:
    at = random_.randrange(len(data))
    match random_.randrange(6):
        case 0:
            return data[:at], "cut"
        case 1:
            changed = bytearray(data)
            for _ in range(random_.choice((1, 1, 3))):
                changed[random_.randrange(len(data))] = random_.randrange(256)
            return bytes(changed), "bytes changed"
        case 2:
            return data[:at] + data[at + random_.choice((1, 2, 20)) :], "bytes taken out"
        case 3:
            return random_.choice(PUT) + data, "bytes in front"
        case _:
            for _ in range(random_.choice((1, 2))):
                at = random_.randrange(len(data) + 1)
                data = data[:at] + random_.choice(PUT) + data[at:]
            return data, "bytes put in"


def _lines(data: bytes, random_: random.Random) -> tuple[bytes, str]:
    head, *lines = data.split(b"\n")
    if random_.randrange(2):
        random_.shuffle(lines)
        return b"\n".join([head, *lines]), "lines shuffled"
    to = random_.choice(ENCODINGS)
    return data.decode("utf-8", "replace").encode(to, "replace"), f"as {to}"


def _ends(data: bytes, random_: random.Random) -> tuple[bytes, str]:
    ends = (b"\n", b"\r\n", b"\r", b"\n\n", b"\r\r\n")
    if random_.randrange(2):
        return data.replace(b"\n", random_.choice(ends)), "line ends"
    lines = data.split(b"\n")
    return b"".join(line + random_.choice(ends[:3]) for line in lines), "mixed line ends"
