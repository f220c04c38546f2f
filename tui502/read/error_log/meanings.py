"""What a symptom means, in one sentence, and what to look at first. Where one symptom has several reasons, a needle in the message chooses the better text."""

from __future__ import annotations

# fmt: off
_SYMPTOMS: dict[str, tuple[str, str]] = {
    "address_not_available": ("nginx got no local address or port for the connection to the peer.",
        "ss -s and net.ipv4.ip_local_port_range; ip addr for the address in *_bind"),
    "auth_backend": ("The auth_request subrequest was answered with a status that is neither 2xx, 401 nor 403.",
        "the record just before, of the same connection, with subrequest:"),
    "buffered_to_disk": ("A body was too big for the buffers and went to a temporary file; that is no error.", "nothing, unless the disk is slow; *_buffers"),
    "client_abort": ("The client gave up before the answer was complete.", "how long the application takes: rising numbers are impatience"),
    "client_side": ("It is the connection to the client that failed, not the one to the backend.", "nothing on the backend side"),
    "config_error": ("The configuration, or an address made from variables, cannot be used as it is.", "nginx -t, and the directive that the message names"),
    "connect_other": ("The connection to the peer could not be made, for an unusual reason.", "the errno by its number"),
    "connection_refused": ("Nothing accepts connections at the address nginx dials.",
        "ss -ltnx: does anything listen on exactly that address or path; is the application running"),
    "connection_reset": ("The peer ended the connection abruptly, or had closed it before nginx used it.",
        "the application's own log at that second; dmesg for a crash or the OOM killer"),
    "fastcgi_script_missing": ("PHP-FPM did not find, or does not allow, the script that nginx asked it for.",
        "SCRIPT_FILENAME and root as PHP-FPM sees them; permissions of the file"),
    "fastcgi_stderr": ("The application wrote to its error stream; by itself that fails no request.", "the text in the message"),
    "fd_limit": ("nginx may open no more files or sockets.", "Max open files in /proc/WORKER/limits; LimitNOFILE of the unit; worker_rlimit_nofile"),
    "header_too_big": ("The response header does not fit into the buffer for it; the backend itself is well.",
        "*_buffer_size against the size of Set-Cookie and the other headers"),
    "health_check_failed": ("The active health check of a peer failed.", "the peer, with the request of the check"),
    "host_not_found": ("A name in the configuration does not exist in DNS.", "dig NAME @RESOLVER; /etc/hosts counts only for names read at start"),
    "http2_protocol_error": ("The peer broke HTTP/2.", "does that port speak HTTP/2 (h2c) at all"),
    "informational": ("A remark; no request failed because of it.", "nothing"),
    "invalid_body": ("The body from the backend does not match its own framing or length.", "the application, or a proxy between, that rewrites bodies"),
    "invalid_header": ("The response header from the backend is malformed.", "the headers the application sends: curl -i to the peer"),
    "io_other": ("Reading from the peer failed for an unusual reason.", "the errno by its number"),
    "kernel_resources": ("The kernel had no memory, process or buffer left to give.", "free -m; dmesg; limits of the unit and its control group"),
    "listen_conflict": ("Another process already has the address that nginx should listen on.", "ss -ltnp: who holds the port"),
    "listen_queue_full": ("The backend's socket has as many waiting connections as it can hold.",
        "ss -xl: Recv-Q against Send-Q; more workers, a longer backlog"),
    "local_disk": ("nginx could not read or write a file of its own.", "df -h, df -i; owner of the temporary and cache directories"),
    "log_dropped": ("Log records were lost: counts are lower bounds.", "the syslog receiver, or error_log … rate="),
    "lua_error": ("Lua code in nginx failed or wrote a message.", "the file and line in the message"),
    "nginx_bug": ("Something in nginx or a module went wrong in itself.", "version and third-party modules"),
    "no_live_upstream": ("No peer of the group may be asked: all are marked failed, down, or full.",
        "the records just before: why the peers were marked; max_fails, fail_timeout, max_conns"),
    "no_route": ("There is no way to the peer's address.", "ip route get ADDRESS; ip neigh; a firewall that rejects"),
    "peer_goaway": ("The HTTP/2 peer refused the request or is closing the connection.", "restarts, deploys and connection age limits of the backend"),
    "peer_marked_down": ("A peer was set aside for its fail_timeout.", "the error record next to it, of the same connection"),
    "permission_capability": ("The worker lacks a capability for what *_bind asks.", "CAP_NET_RAW, or user root"),
    "premature_close": ("The backend closed the connection before its answer was complete.",
        "the application's own log at that second: crash, exit, worker time-out; does it speak this protocol"),
    "protocol_mismatch": ("What listens there does not speak the protocol that nginx speaks to it.",
        "scheme and port of the pass against what the backend offers"),
    "rate_limited": ("nginx itself refused the request over a limit.", "limit_req or limit_conn and its zone"),
    "request_too_big": ("The request cannot be put into the protocol of the backend.", "size of the request's headers or parameters"),
    "resolver": ("The DNS server that nginx asks did not help.", "dig NAME @RESOLVER from this host or container"),
    "socket_missing": ("The socket file does not exist where nginx looks for it.",
        "ls -l on the path; is the application running; does it listen on the same path; PrivateTmp"),
    "socket_permission": ("nginx's worker may not connect to the socket or address.",
        "namei -l on the path; worker user against owner and mode; SELinux: ausearch -m avc"),
    "tls_handshake": ("The TLS handshake with the peer failed.", "openssl s_client -connect PEER -servername NAME"),
    "tls_local_certificate": ("A certificate or key that nginx itself needs cannot be used.", "path, permissions and match of certificate and key"),
    "tls_verify": ("The peer's certificate was not accepted.", "openssl s_client -connect PEER: names, dates, issuer; *_ssl_name, *_ssl_trusted_certificate"),
    "upstream_timeout_connect": ("The peer did not take the connection in time.",
        "is the peer reachable; ss -ltn: Recv-Q of its listener; firewall that drops"),
    "upstream_timeout_read": ("The peer took the request and sent nothing for the whole time-out.",
        "the slow request in the application: slow log, database, busy workers"),
    "upstream_timeout_send": ("The peer stopped taking the request for the whole time-out.", "is the application reading the request body"),
    "worker_connections": ("The workers have no free connections left.",
        "worker_connections times workers against connections: each proxied request takes two"),
    "worker_crash": ("A worker process of nginx died.", "coredumpctl, dmesg; third-party modules; signal 9 is the OOM killer or a person"),
}

_BETTER: tuple[tuple[str, str, str, str], ...] = (
    ("connection_refused", "connect() to unix:", "The socket file is there, but nobody listens on it.",
        "is the application running; a stale socket file stays behind after a crash"),
    ("socket_permission", "(1: ", "A firewall or security hook forbade the connection.", "IPAddressDeny= of nginx's unit, eBPF, firewall"),
    ("protocol_mismatch", "SSL_do_handshake()", "nginx speaks TLS to a port that does not.",
        "http:// instead of https:// in the pass, or the TLS port of the backend"),
    ("protocol_mismatch", "FastCGI", "nginx speaks FastCGI to something that does not.", "the port in fastcgi_pass: an HTTP server there needs proxy_pass"),
    ("protocol_mismatch", "no valid HTTP", "The answer is not HTTP: the client got its raw bytes, logged as status 009.",
        "is that a TLS, FastCGI or SSH port: curl -v to the peer"),
    ("protocol_mismatch", "http2 frame", "nginx speaks HTTP/2 to something that does not.",
        "grpc_pass or proxy_http_version 2 against what the backend offers"),
    ("tls_handshake", "SSL alert number 40", "The peer refused the handshake: no server name sent, no common cipher, or a client certificate is wanted.",
        "*_ssl_server_name on"),
    ("tls_handshake", "SSL alert number 112", "The peer does not know the server name it was given.", "*_ssl_server_name on and *_ssl_name"),
    ("tls_handshake", "SSL alert number 70", "Peer and nginx have no TLS version in common.", "*_ssl_protocols against openssl s_client"),
    ("tls_handshake", "SSL alert number 116", "The peer wants a client certificate.", "*_ssl_certificate and *_ssl_certificate_key"),
    ("tls_handshake", "unsupported protocol", "The peer offers only old TLS versions.", "*_ssl_protocols, security level of OpenSSL"),
    ("tls_handshake", "peer closed connection", "The peer hung up during the TLS handshake.",
        "does that port speak TLS; does it need the server name or a client certificate"),
    ("tls_verify", "does not match", "The peer's certificate is for another name.", "*_ssl_name: for an upstream group the default is the group's name"),
    ("tls_verify", "error: (10:", "The peer's certificate has expired.", "openssl x509 -enddate on the peer's certificate"),
    ("tls_verify", "error: (18:", "The peer's certificate is self-signed.", "*_ssl_trusted_certificate"),
    ("tls_verify", "error: (19:", "The peer's chain ends in a root that is not trusted.", "*_ssl_trusted_certificate"),
    ("tls_verify", "error: (20:", "The issuer of the peer's certificate is not known.",
        "*_ssl_trusted_certificate; intermediate certificates the peer should send"),
    ("upstream_timeout_connect", "connect() ", "The kernel gave up connecting before nginx did: 502, not 504.", "packet path to the peer; firewall that drops"),
    ("upstream_timeout_read", "recv() ", "The connection died silently: the kernel gave up repeating.", "packet path to the peer, the peer's host"),
    ("address_not_available", "connect() ", "All local ports towards this peer are taken.", "ss -tan state time-wait; keepalive in the upstream group"),
    ("fd_limit", "(23: ", "The whole system is out of file handles.", "/proc/sys/fs/file-nr against file-max"),
    ("resolver", "no resolver defined", "A name in a variable needs a resolver, and none is set.", "add resolver, or name the backend without a variable"),
    ("resolver", "110:", "The DNS server did not answer.", "is the address in resolver reachable from here"),
    ("host_not_found", "host not found in", "nginx refuses this configuration because a name in it does not resolve now.",
        "DNS at that moment; after a boot: network-online.target"),
    ("worker_crash", "signal 9", "A worker was killed with SIGKILL.", "dmesg: Out of memory; else a person"),
    ("worker_crash", "signal 11", "A worker crashed.", "coredumpctl; third-party modules"),
    ("local_disk", "(28: ", "The disk is full.", "df -h; df -i"),
)
# fmt: on


def explain(symptom: str, message: str) -> tuple[str, str]:
    """(meaning, first check) of a message with that symptom; ("", "") for none."""
    for of, needle, meaning, check in _BETTER:
        if of == symptom and needle in message:
            return meaning, check
    return _SYMPTOMS.get(symptom, ("", ""))


def symptoms() -> tuple[str, ...]:
    """Every symptom there is."""
    return tuple(_SYMPTOMS)
