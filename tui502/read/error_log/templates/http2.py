"""HTTP/2 and gRPC spoken to a peer (sources: ngx_http_grpc_module.c, ngx_http_proxy_v2_module.c)."""

from __future__ import annotations

from tui502.read.error_log.template import rows

# fmt: off
TEMPLATES = (
    *rows(
        "request_too_big", "500", "",
        'too long http2 method: "%text"',
        "too long http2 URI",
        'too long http2 host: "%text"',
        "too long http2 header name",
        "too long http2 header value",
        'too long http2 header name: "%text"',
        'too long http2 header value: "%header: %value"',
    ),
    *rows(
        "nginx_bug", "500", "",
        "no buffer space in grpc create request",
        "no buffer space in HTTP/2 create request",
    ),
    *rows(
        "http2_protocol_error", "502|truncated", "reading response header from upstream|reading upstream",
        "upstream sent unexpected http2 frame: %n",
        "upstream sent frame for unknown stream %n",
        "upstream sent unexpected push promise frame",
        "upstream sent http2 frame with too long padding: %n in frame %n",
        "upstream sent headers frame with invalid length: %n",
        "upstream sent truncated http2 header",
        "upstream sent invalid http2 table index: %n",
        "upstream sent invalid http2 dynamic table size update: %n",
        "upstream sent http2 table index with continuation flag",
        "upstream sent zero http2 header name length",
        "upstream sent invalid encoded header",
        'upstream sent invalid header: "%header: %value"',
        "upstream sent rst stream frame with invalid length: %n",
        "upstream sent goaway frame with non-zero stream id: %n",
        "upstream sent goaway frame with invalid length: %n",
        "upstream sent window update frame with invalid length: %n",
        "upstream sent zero window update",
        "upstream sent too large window update",
        "upstream sent settings frame with non-zero stream id: %n",
        "upstream sent settings frame with ack flag and non-zero length: %n",
        "upstream sent settings frame with invalid length: %n",
        "upstream sent too many settings frames",
        "upstream sent settings frame with too large initial window size: %n",
        "upstream sent ping frame with non-zero stream id: %n",
        "upstream sent ping frame with invalid length: %n",
        "upstream sent ping frame with ack flag",
        "upstream sent too many ping frames",
        "no connection data found for keepalive http2 connection",
    ),
    *rows(
        "peer_goaway", "502|truncated", "reading response header from upstream|reading upstream",
        "upstream rejected request with error %n",
        "upstream sent goaway with error %n",
    ),
    *rows(
        "http2_protocol_error", "502", "reading response header from upstream",
        'upstream sent invalid header "%header: %value"',
        "upstream sent duplicate :status header",
        'upstream sent invalid :status "%text"',
        'upstream sent unexpected :status "%text"',
        "upstream sent no :status header",
    ),
    *rows(
        "premature_close", "502|truncated", "reading response header from upstream|reading upstream",
        "upstream prematurely closed stream",
    ),
    *rows(
        "http2_protocol_error", "truncated", "reading response header from upstream|reading upstream",
        "upstream sent data frame for unknown stream %n",
        "upstream violated stream flow control, received %n data frame with window %n",
        "upstream violated connection flow control, received %n data frame with window %n",
        "upstream sent frame for closed stream %n",
        'upstream sent invalid trailer "%header: %value"',
        "upstream sent trailer without end stream flag",
        "upstream sent invalid trailer",
        "upstream sent too short http2 frame",
    ),
    *rows(
        "invalid_body", "truncated", "reading response header from upstream|reading upstream",
        "upstream sent response body larger than indicated content length",
    ),
    *rows(
        "protocol_mismatch", "502|truncated", "reading response header from upstream|reading upstream",
        "upstream sent too large http2 frame: %n",
    ),
    *rows(
        "header_too_big", "502|truncated", "reading response header from upstream|reading upstream",
        "upstream sent too large http2 header name length",
        "upstream sent too large http2 header name length: %n",
        "upstream sent too large http2 header value length",
        "upstream sent too large http2 header value length: %n",
        "upstream sent too large http2 header",
    ),
)
