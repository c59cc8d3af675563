"""What the `websockets` package sees of an echo server; prints a report like session.mjs does."""
import asyncio
import json
import sys

import websockets

URL, COMPRESSION = sys.argv[1], "deflate" if sys.argv[2] == "deflate" else None
MESSAGES = {
    "text": "Grüße, 世界 😀",
    "empty text": "",
    "binary": bytes(i * 31 % 251 for i in range(256)),
    "empty binary": b"",
    "1 MiB of text": "0123456789abcdef" * 65_536,
    "1 MiB of binary": bytes(i * 31 % 251 for i in range(1_048_576)),
}
BY_SERVER = [(1000, ""), (1001, "going away"), (1008, "policy"), (1011, "grüßt nicht"), (4001, "x" * 123)]
BY_CLIENT = [(1000, "done"), (4000, "grüßt"), (4999, "")]


def connect():
    return websockets.connect(URL, compression=COMPRESSION, max_size=None)


async def end_of(socket):
    await socket.wait_closed()
    return [socket.close_code, socket.close_reason, socket.close_code != 1006]


async def main():
    echoes = {}
    async with connect() as socket:
        extensions = ", ".join(extension.name for extension in socket.extensions)
        for name, message in MESSAGES.items():
            await socket.send(message)
            echoes[name] = await socket.recv() == message
    by_server = []
    for code, reason in BY_SERVER:
        socket = await connect()
        await socket.send(f"close {code} {reason}")
        by_server.append(await end_of(socket))
    by_client = []
    for code, reason in BY_CLIENT:
        socket = await connect()
        await socket.close(code, reason)
        by_client.append(await end_of(socket))
    print(json.dumps({"extensions": extensions, "echoes": echoes, "byServer": by_server, "byClient": by_client}))


asyncio.run(main())
