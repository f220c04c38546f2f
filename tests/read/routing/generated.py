"""Configurations and requests by chance, made to meet in the rules that decide: names, nested locations, rewrites, jumps, passes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

NAMES = (
    "a.test", "www.a.test", "*.a.test", "*.b.a.test", ".b.test", "b.test", "*.b.test", "mail.*", "mail.a.*", "_", "A.Test.b", '""', "~^r(?<num>\\d+)\\.test$",
    "~^r1",
    '"~^(?<word>[a-z]+)\\.z$"',
)  # fmt: skip
HOSTS = (
    "a.test", "www.a.test", "x.a.test", "x.b.a.test", "b.a.test", "b.test", "c.b.test", "mail.zz", "mail.a.zz", "mail.a.test", "r12.test", "r1.test", "abc.z",
    "nobody", "A.Test:80", "b.test.", "", "a..test",
)  # fmt: skip
PREFIXES = ("/", "/a", "/a/", "/a/b", "/a/b/", "/ab", "/img/", "/files/", "/files", "/a/b/c.php", "/p/", "/x%20y", "/d")
REGEXES = ("\\.php$", "^/a/(.*)$", "b", "^/(?<seg>[^/]+)/", "\\.(png|gif)$", "^/a/b/?$", "(\\d+)", "^/p/([a-z]+)/(.*)$")
URIS = (
    "/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c.php", "/a/x.php?q=1", "/ab", "/abc/d1", "/img/x.png", "/img/X.PNG", "/files/one.txt", "/files/",
    "/files", "/files/none", "/files/sub", "/files/sub/", "/p/abc/def?k=v&z=1", "/p/q", "/a/../p/x/y", "//a//b", "/a%2Fb", "/x%20y", "/a/%62?x=%20y",
    "/d/e/12", "/a/b%20c+d", "/d", "/p", "/img", "/a/b/c.php/more", "/?v=1", "/a?v=0", "/a/b?v=two&x=1", "/%41", "/e", "/a/./b", "/n/n", "/new/1",
    "/img/a?b", "/a%3Fb", "http://b.test/a/b?x=1", "http://x.a.test", "/a/b/../../..", "/%2e%2e", "/a%zz", "/a%23b", "http://b.test?q=1", "/a/%25/b", "/a%00b",
)  # fmt: skip
BESIDE = """location /ask { return 204; } location /ask_403 { return 403; } location = /ask_up { internal; proxy_pass http://up/ask; }
 location = /ask_gone { proxy_pass http://gone; } location = /ask_rewritten { rewrite ^ /ask_403 last; }
 location = /ask_page { error_page 502 =200 /ask; proxy_pass http://gone; }"""
"""What `auth_request` and `mirror` ask."""

SHOWN = "$uri|$args|$1|$2|$v|$w|$request_uri|$host|$seg|$num|$word|$m|$document_root|$request_filename|$request_method"


@dataclass
class Made:
    """`text` stands in http; `ports` are two to ask on, then those of two backends and of one that is not there."""

    chance: random.Random
    ports: tuple[int, int, int, int, int]
    count: int = 0
    recursive: bool = False
    lines: list[str] = field(default_factory=list)

    def pick(self, *words: str) -> str:
        return self.chance.choice(words)

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def shown(self) -> str:
        self.count += 1
        return f'return {self.pick("200", "200", "200", "201", "404", "403", "503")} "{self.count}|{SHOWN}";'

    def backend(self) -> str:
        up, other, dead = self.ports[2:]
        return self.pick("http://up", "http://up", f"http://127.0.0.1:{up}", f"http://127.0.0.1:{other}", "http://gone", f"http://127.0.0.1:{dead}")

    def rewrite(self) -> str:
        pattern = self.pick("^/a/(.*)", "^/p/([a-z]+)/(.*)", "b", "^(.*)\\.php", "^/(.)", "x", "^/old/(.*)")
        groups = pattern.count("(")
        if self.maybe(0.1):
            return f"rewrite {pattern} {self.pick('http://else.test$uri', 'https://else.test/x?y')};"
        target = self.pick("/new/$1", "/p/$1", "/files/one.txt", "/a/b", "/n?was=$1", "/img/$uri?", "/d/$1?k=$1&", "/$arg_v", "/a$2") if groups else "/d/x"
        flag = self.pick("", "last", "last", "break", "redirect", "permanent")
        return f"rewrite {pattern} {target} {flag};"

    def condition(self) -> str:
        return self.pick(
            "$arg_v", "$arg_v = 1", "$arg_v != two", "$uri ~ b", "$uri ~* (\\.PHP)", '$args = ""', "$request_method = POST", "-f $request_filename",
            "!-e $request_filename", "-d $request_filename", "$host ~ ^(.)", "$m = yes", "$uri !~ \\.php", "$http_x",
        )  # fmt: skip

    def condition_body(self, inside_location: bool) -> str:
        found = [self.pick("set $v if;", self.rewrite(), self.shown(), "break;", "set $w $1;")]
        if inside_location and self.maybe(0.3):
            found.append(f"proxy_pass {self.backend()};")
        return " ".join(found)

    def steps(self, inside_location: bool) -> str:
        """Directives of the rewrite module."""
        found = []
        for _ in range(self.chance.randint(0, 2)):
            test = f"if ({self.condition()}) {{ {self.condition_body(inside_location)} }}"
            found.append(self.pick("set $v $arg_v;", "set $w x$1;", "set $v $uri;", "set $args k=v;", self.rewrite(), self.rewrite(), test))
        return " ".join(found)

    def content(self, prefix: str | None) -> str:
        """What a location does in the end; `prefix` is None where a pass may have no URI part."""
        kind = self.chance.randint(0, 9)
        if kind <= 3:
            return self.shown()
        if kind <= 6:
            return self.passed(prefix)
        if kind == 7:
            last = self.pick("=404", "=200", "@named", "/a/b?t=$uri", "/files/one.txt", "=503")
            return f"try_files {self.pick('$uri', '$uri $uri/', '/files$uri', '$uri.txt $uri')} {last};"
        if kind == 8:
            limited = self.pick("limit_except GET { deny all; } " + self.shown(), f"limit_except GET {{ allow all; }} proxy_pass {self.backend()};")
            return self.pick("index one.txt;", "index none.txt /a/b;", "autoindex on;", "internal; " + self.shown(), "deny all;", limited)
        return ""

    def passed(self, prefix: str | None) -> str:
        uri = self.pick("", "", "/", "/x", "/y/?z=1") if prefix is not None else ""
        varying = self.pick("http://$m_up", "http://up$request_uri", f"http://127.0.0.1:{self.ports[2]}/v$uri?$args")
        target = self.backend() + uri if self.maybe(0.8) else varying
        host, both = "proxy_set_header Host $host;", "proxy_set_header X q; proxy_set_header Host h;"
        caught = "proxy_intercept_errors on;" if self.maybe(0.2) and not self.recursive else ""
        return f"proxy_pass {target}; {caught} {self.pick('', '', host, 'proxy_set_header X $v$1;', both)}"

    def guarded(self) -> str:
        """Access rules, and requests that nginx makes beside."""
        asked = self.pick("/ask", "/ask", "/ask_up", "/ask_gone", "/ask_403", "/ask_page", "/ask_rewritten", "/nowhere")
        either = self.pick("", "", "satisfy any; deny all;", "satisfy any; allow all;")
        return self.pick(f"{either} auth_request {asked};", f"{either} auth_request {asked};", f"mirror {asked};", "deny all;", "satisfy any; deny all;")

    def errors(self) -> str:
        status, answer = self.pick("404", "404 403", "502 503", "403 404 502 503", "400", "401 403 500"), self.pick("", "", "=", "=200", "=418")
        return f"error_page {status} {answer} {self.pick('@named', '/err', '/a/b?e=1', '/files/one.txt', 'http://else.test/')};"

    def locations(self, parent: str | None, depth: int, most: int) -> str:
        """Locations of one level, no two the same; `parent` is the prefix around them, None in one with a regular expression."""
        heads: dict[tuple[bool, str], str] = {}
        for _ in range(self.chance.randint(1, most)):
            if parent is None or self.maybe(0.35):
                text = self.chance.choice(REGEXES)
                heads[False, text] = f"{self.pick('~', '~', '~*')} {text}"
            else:
                text = self.chance.choice([each for each in PREFIXES if each.startswith(parent)] or [parent + "/z"]).replace("%20", " ")
                modifier = self.pick("", "", "", "=", "^~")
                heads[modifier == "=", text] = f'{modifier} "{text}"'
        return " ".join(self.location(head, None if head.startswith("~") else text, depth) for (_, text), head in heads.items())

    def location(self, head: str, prefix: str | None, depth: int) -> str:
        inner = self.locations(prefix, depth + 1, 2) if depth < 2 and not head.startswith("=") and self.maybe(0.4) else ""
        alias = f"alias {self.pick('html/files/', 'html/')};" if prefix and self.maybe(0.08) else ""
        where = f"root {self.pick('html', 'html/files', 'html/', 'html/$1')};" if self.maybe(0.1) else alias
        where += self.guarded() if self.maybe(0.1) else ""
        errors = self.errors() if self.maybe(0.25) else ""
        return f"location {head} {{ {where} {errors} {self.steps(True)} {self.content(prefix)} {inner} }}"

    def server(self, listens: list[str]) -> str:
        names = f"server_name {' '.join(self.chance.sample(NAMES, self.chance.randint(1, 3)))};" if self.maybe(0.9) else ""
        found = [f"listen {each};" for each in listens] + [names, self.steps(False) if self.maybe(0.3) else ""]
        self.recursive = self.maybe(0.2)
        found += [self.errors() if self.maybe(0.4) else "", "recursive_error_pages on;" if self.recursive else "", self.guarded() if self.maybe(0.05) else ""]
        found += ["merge_slashes off;" if self.maybe(0.1) else ""]
        found.append(self.locations("", 0, 5))
        found += ["location = /err { " + self.pick(self.shown(), "internal; " + self.shown(), "proxy_pass http://up;") + " }"] if self.maybe(0.7) else []
        found += ["location @named { " + self.steps(True) + " " + self.pick(self.shown(), "proxy_pass http://up;", "") + " }"] if self.maybe(0.8) else []
        found.append(BESIDE)
        if self.maybe(0.2):
            found.append("try_files /files$uri =404;")
        return "server { " + "\n  ".join(filter(None, found)) + " }\n"


def http(chance: random.Random, ports: tuple[int, int, int, int, int]) -> str:
    """What stands in http: a few servers on two ports, two backends that say what they were asked, a group that works and one that does not."""
    made = Made(chance, ports)
    a, b, up, other, dead = ports
    said = 'return 200 "{}|$request|$http_host|$http_x|$http_connection";'
    text = "map $arg_v $m { default no; 1 yes; ~^t yes$w; }\nmap $m $m_up { default up; yes gone; }\n"
    text += "map $uri $v0 { default $v; } map $args $w0 { default $w$seg$num$word; ~(?<seg>zz) 1; ~(?<num>zz) 1; ~(?<word>zz) 1; }\n"
    text += f"upstream up {{ server 127.0.0.1:{up}; }}\nupstream gone {{ server 127.0.0.1:{dead}; }}\n"
    text += f"server {{ listen 127.0.0.1:{up}; set $v ''; set $w ''; {said.format('A')} }}\nserver {{ listen 127.0.0.1:{other}; {said.format('B')} }}\n"
    for n in range(chance.randint(2, 5)):
        either = {
            "*": (str(a), f"*:{a}", f"0:{a}", f"{a}-{a}"),
            "1": (f"127.0.0.1:{a}", f"127.1:{a}", f"0x7f.1:{a}", f"localhost:{a}"),
            "2": (f"127.0.0.2:{a}", f"127.0.0.02:{a}"),
        }
        listens = [*map(chance.choice, either.values()), f"{b}{' default_server' if n == 1 else ''}"]
        text += made.server(chance.sample(listens, chance.randint(1, 2)) if n else [str(a), str(b)])
    return text
