"""Secrets, planted wherever configuration, commands, headers and logs can hold one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.model.config import walk
from tui502.read.nginx_conf import parse
from tui502.text import mask, mask_words

SECRET = b"Hx7SECRETq9"
NGINX = [
    b'proxy_set_header Authorization "Basic Hx7SECRETq9";',
    b"proxy_set_header Authorization 'Bearer Hx7SECRETq9';",
    b"proxy_set_header Authorization Basic\\ Hx7SECRETq9;",
    b'proxy_set_header\n    Authorization\n    "Basic Hx7SECRETq9";',
    b"proxy_set_header X-Api-Key Hx7SECRETq9;",
    b"proxy_set_header X-Shared-Key Hx7SECRETq9;",
    b'proxy_set_header X-Auth-Token "Hx7SECRETq9";',
    b'grpc_set_header authorization "Bearer Hx7SECRETq9";',
    b'proxy_set_header Cookie "session=Hx7SECRETq9";',
    b'add_header Set-Cookie "sid=Hx7SECRETq9; HttpOnly";',
    b'more_set_headers "Authorization: Basic Hx7SECRETq9";',
    b"more_set_input_headers 'Authorization: Hx7SECRETq9';",
    b"set $token Hx7SECRETq9;",
    b'set $api_key "Hx7SECRETq9";',
    b"set $db_password 'Hx7SECRETq9';",
    b'set $auth "Basic dXNlcjpIeDdTRUNSRVRxOQ==";',
    b"fastcgi_param DB_PASS Hx7SECRETq9;",
    b"fastcgi_param MYSQL_PWD Hx7SECRETq9;",
    b'fastcgi_param HTTP_AUTHORIZATION "Basic Hx7SECRETq9";',
    b"fastcgi_param SECRET_KEY_BASE Hx7SECRETq9;",
    b"uwsgi_param API_KEY Hx7SECRETq9;",
    b"env DB_PASSWORD=Hx7SECRETq9;",
    b'env "DB_PASSWORD=a Hx7SECRETq9";',
    b"secure_link_secret Hx7SECRETq9;",
    b'secure_link_md5 "$secure_link_expires$uri$remote_addr Hx7SECRETq9";',
    b"secure_link_hmac_secret Hx7SECRETq9;",
    b'encrypted_session_key "Hx7SECRETq9";',
    b'if ($http_authorization != "Basic Hx7SECRETq9") { return 401; }',
    b"if ($arg_token != Hx7SECRETq9) { return 403; }",
    b'map $http_x_api_key $client {\n    default "";\n    "Hx7SECRETq9" one;\n    Hx7SECRETq9 two;\n}',
    b'map $host $api_key {\n default Hx7SECRETq9;\n a.example "Hx7SECRETq9";\n}',
    b'map "$http_authorization" $ok { "Bearer Hx7SECRETq9" 1; }',
    b"proxy_pass http://user:Hx7SECRETq9@127.0.0.1:3000/;",
    b"proxy_pass http://127.0.0.1/x?api_key=Hx7SECRETq9&a=b;",
    b"proxy_pass http://127.0.0.1/x?key=Hx7SECRETq9;",
    b"return 302 https://a/?sig=Hx7SECRETq9;",
    b"rewrite ^ /x?auth=Hx7SECRETq9 last;",
    b"redis_pass redis://:Hx7SECRETq9@h/0;",
    b"redis2_query auth Hx7SECRETq9;",
    b'binddn_passwd "Hx7SECRETq9";',
    b"auth_ldap_servers { binddn_passwd Hx7SECRETq9; }",
    b"postgres_server 127.0.0.1 dbname=a user=b password=Hx7SECRETq9;",
    b'ssl_certificate_key "data:-----BEGIN PRIVATE KEY-----\nHx7SECRETq9\n-----END PRIVATE KEY-----";',
    b'content_by_lua_block { local api_key = "Hx7SECRETq9" }',
    b'auth_jwt_key "Hx7SECRETq9";',
    b"proxy_set_header X-Gitlab-Token Hx7SECRETq9;",
    b'proxy_set_header Proxy-Authorization "Basic Hx7SECRETq9";',
    b'proxy_hide_header x; proxy_set_header Authorization \'Digest username="a", response="Hx7SECRETq9"\';',
    b'perl_set $password "Hx7SECRETq9";',
    b"js_var $secret Hx7SECRETq9;",
    b"limit_req_zone $http_x zone=a:1m rate=1r/s; set $hmac_secret Hx7SECRETq9;",
    b'set_hmac_sha1 $sig "Hx7SECRETq9" $uri;',
]
OTHERS = [
    b'if ($http_x_api_key = "Hx7SECRETq9") {',
    b"if ($cookie_auth ~ '^Hx7SECRETq9$') {",
    b'if ($arg_key != "Hx7SECRETq9") {',
    b"-----BEGIN OPENSSH PRIVATE KEY-----\nHx7SECRETq9\n",
    b"red:auth('Hx7SECRETq9')",
    b'local cfg = { password = "Hx7SECRETq9" }',
    b'ngx.req.set_header("Authorization", "Bearer Hx7SECRETq9")',
    b"admin:$apr1$abcdefgh$Hx7SECRETq9",
    b"admin:{SHA}Hx7SECRETq9=",
    b"admin:$2y$10$Hx7SECRETq9",
    b"admin:{PLAIN}Hx7SECRETq9",
    b"env[DB_PASSWORD] = Hx7SECRETq9",
    b'php_admin_value[mysqli.default_pw] = "Hx7SECRETq9"',
    b'php_value[session.save_path] = "tcp://h:6379?auth=Hx7SECRETq9"',
    b"env['APP_SECRET'] = Hx7SECRETq9",
    b"Environment=DB_PASSWORD=Hx7SECRETq9",
    b'Environment="DB_PASSWORD=a Hx7SECRETq9" "B=c"',
    b"ExecStart=/x --password Hx7SECRETq9",
    b"ExecStart=/x --token=Hx7SECRETq9",
    b"ExecStart=/usr/bin/curl -H 'Authorization: Bearer Hx7SECRETq9'",
    b'"Env": ["POSTGRES_PASSWORD=a Hx7SECRETq9", "A=b"]',
    b'{"password": "Hx7SECRETq9"}',
    b'{"secretKey":"a Hx7SECRETq9"}',
    b"PHP message: PDO->__construct('mysql:host=a', 'root', 'Hx7SECRETq9', Array)",
    b"#0 /a.php(3): mysqli_connect('a', 'root', 'Hx7SECRETq9')",
    b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.Hx7SECRETq9",
    b'request: "GET /a?access_token=Hx7SECRETq9 HTTP/1.1"',
    b"x ghp_Hx7SECRETq9aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    b"https://Hx7SECRETq9aaaaaaaaaaaa@github.com/x",
    b'+    proxy_set_header Authorization "Basic Hx7SECRETq9";',
    b"-  secure_link_secret Hx7SECRETq9;",
    b"AWS_SECRET_ACCESS_KEY=Hx7SECRETq9",
    b"client_secret: Hx7SECRETq9",
    b"Authorization: Bearer Hx7SECRETq9",
    b"Cookie: session=Hx7SECRETq9; theme=dark",
    b"GET /x?token=Hx7SECRETq9&y=1",
    b"DB_PASSWORD=Hx7SECRETq9",
    b"password: Hx7SECRETq9",
    b"postgres://app:Hx7SECRETq9@db/app",
    b"-----BEGIN RSA PRIVATE KEY-----\nHx7SECRETq9\n-----END RSA PRIVATE KEY-----",
    b"-----BEGIN PRIVATE KEY-----\nHx7SECRETq9 cut off",
    b"--api-key=Hx7SECRETq9",
]


@pytest.mark.parametrize("secret", NGINX + OTHERS)
def test_secrets_are_masked(secret: bytes) -> None:
    """If this fails, a recording, report or copy carries a secret."""
    assert SECRET not in mask(secret)
    assert b"dXNlcj" not in mask(secret)
    assert mask(secret).count(b"\n") == secret.count(b"\n")


@pytest.mark.parametrize("secret", NGINX)
def test_masked_configuration_reads_as_before(secret: bytes) -> None:
    """If this fails, a recorded incident is judged by other directives than were seen, or its lines are not those that nginx names."""

    def shape(data: bytes) -> list[tuple[str, int, int]]:
        assert parse("f", data)[1] == ()
        return [("" if one.data else one.name, len(one.words), one.line) for one in walk(parse("f", data)[0])]

    assert shape(mask(secret)) == shape(secret)


def test_a_secret_behind_its_option_is_masked() -> None:
    """The words of a command are recorded one by one."""
    assert list(mask_words(["app", "--db-password", "Hx7", "--port", "3000", "--token=Hx7", "--secret", "--quiet", "-H", "Cookie: a=Hx7"])) == [
        "app", "--db-password", "***", "--port", "3000", "--token=***", "--secret", "--quiet", "-H", "Cookie:***",
    ]  # fmt: skip
    assert list(mask_words(["\udcff", ""])) == ["\udcff", ""]


PIECES = [
    b"password=", b"Authorization: ", b"token", b"://a:b@", b'"', b"'", b";", b"-----BEGIN PRIVATE KEY-----", b"map $token $x {", b"}", b" ", b"Basic ",
    b"set $secret ", b"\n",
]  # fmt: skip


@given(st.lists(st.one_of(st.binary(), st.sampled_from(PIECES))).map(b"".join))
def test_masking_twice_is_masking_once(raw: bytes) -> None:
    """If this fails, recording a replayed incident gives another file."""
    assert mask(mask(raw)) == mask(raw)
    assert mask(raw).count(b"\n") == raw.count(b"\n")


PLAIN = [
    b"server 127.0.0.1:3000;",
    b"proxy_set_header Host $host;",
    b"location /token/ {",
    b"upstream secret_app {",
    b"proxy_pass http://auth_backend;",
    b"set $proxy_pass http://127.0.0.1:3000;",
    b"set $auth_backend http://127.0.0.1:3000;",
    b"server_tokens off;",
    b'auth_basic "Basic Authentication"; auth_basic_user_file /etc/nginx/.htpasswd;',
    b"auth_request /auth; auth_request_set $auth_user $upstream_http_x_user;",
    b'proxy_set_header Authorization $http_authorization; proxy_set_header Cookie ""; proxy_set_header X-Token "$http_x_token";',
    b"proxy_ignore_headers Set-Cookie Cache-Control; proxy_hide_header X-Api-Key; proxy_pass_header Authorization;",
    b"sticky cookie srv_id expires=1h; hash $cookie_sid consistent;",
    b"ssl_certificate_key /etc/ssl/private/a.key; ssl_password_file /etc/ssl/pass;",
    b'proxy_cache_key "$scheme$host$uri"; limit_req_zone $http_x_api_key zone=api_key:10m rate=1r/s; limit_req zone=api_key burst=5;',
    b"map $http_upgrade $connection_upgrade { default upgrade; '' close; }",
    b"fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param REDIRECT_STATUS 200;",
    b"fastcgi_pass unix:/run/pass.sock; if ($token = 1) { return 204; }",
    b"KillSignal=15 LoadCredential=db.conf PAMName=login PassEnvironment=PATH",
    b'connect() to unix:/run/auth.sock failed (2: No such file), client: 10.0.0.1, request: "GET /auth?x=1 HTTP/1.1", upstream: "http://127.0.0.1:3000/auth?x=1"',
    b'cannot load certificate key "/etc/ssl/private_key": BIO_new_file() failed',
    b"Access denied for user 'app'@'localhost' (using password: YES)",
    b"env[PATH] = /usr/bin\npm.max_children = 5\nlisten.owner = www-data",
]


@pytest.mark.parametrize("plain", PLAIN)
def test_what_is_no_secret_stays(plain: bytes) -> None:
    """If this fails, a recording loses what the diagnosis rests on."""
    assert mask(plain) == plain


def test_a_map_keeps_what_is_no_secret() -> None:
    """Where it routes by a key, the groups it routes to are what a diagnosis needs."""
    data = b'map $http_x_api_key $pool {\n default ""; # none\n "Hx7" one;\n Hx8 two;\n}\nmap $host $api_token { default Hx7; a.example "Hx8"; }'
    assert mask(data) == (
        b'map $http_x_api_key $pool {\n default ""; # none\n "***" one;\n *** two;\n}\nmap $host $api_token { default ***; a.example "***"; }'
    )


HOSTILE = [b"token ", b"-", b'"', b"a", b"password=", b"map $token $a {", b"/a", b"://", b" ", b"Basic a", b"\\", b"'x'", b"PDO->__construct(", b"$arg_key"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_masked_in_time_that_grows_with_it(piece: bytes) -> None:
    """If this fails, a line of a log can hold up a recording for minutes."""
    text = piece * (400_000 // len(piece))
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 10
