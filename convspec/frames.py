"""Messages between processes: eight bytes of length and a pickle; descriptors travel beside it."""

from __future__ import annotations

import os
import pickle
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Any

HEADER = 8


def address(place: str) -> str:
    """Where a place is for the system: `@NAME` is a name that no file has."""
    return "\0" + place[1:] if place.startswith("@") else place


def same_user(peer: socket.socket) -> bool:
    """Whether the other side is ours. Files have owners; other names anybody may try."""
    if sys.platform != "linux":
        return True
    form = struct.Struct("3i")
    told = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size)
    _, user, _ = form.unpack(told)
    return bool(user == os.getuid())


def send(connection: socket.socket, message: Any, fds: Sequence[int] = ()) -> None:
    """One message, with descriptors."""
    body = pickle.dumps(message)
    header = len(body).to_bytes(HEADER, "little")
    if fds:
        socket.send_fds(connection, [header], fds)
    else:
        connection.sendall(header)
    connection.sendall(body)


def receive(connection: socket.socket) -> tuple[Any, list[int]]:
    """One message, with descriptors. Raises EOFError if there will be none."""
    header, fds, _, _ = socket.recv_fds(connection, HEADER, 4)
    if not header:
        raise EOFError
    header += _exactly(connection, HEADER - len(header))
    return pickle.loads(_exactly(connection, int.from_bytes(header, "little"))), fds


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
