"""URLs in, keys out: which links stand for one page. Pure: no network, no file but the bundled list of public suffixes.

A page's identity hangs on `url_key`, so its rules are our own and versioned: a key that followed a library's releases
would change identities unseen. The first rule is that two stories never share a key; that two links to one story share
it comes second. (courlan's non-strict cleaning drops `?12345`, `?cid=5` and `?gallery=5`, which may name the story.)
"""

import ipaddress
import re
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import idna
from tld import get_fld
from tld.utils import MozillaTLDSourceParser

URL_KEY_VERSION = 3  # to be raised with every change of a key: tests/web/url_keys.csv shows which change


class Parts(NamedTuple):
    """An http(s) URL taken apart: host in ASCII, port None if the URL names none, the rest as it stands."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str


SPACE = re.compile(r"[\t\r\n]")
ENDS = "".join(map(chr, range(0x21)))  # what browsers strip from both ends: controls and the space
HOST_LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # hyphens at the ends are against the rules, and on the web
DOMAIN_CHARACTERS = 253
DEFAULT_PORTS = (80, 443)  # both, whatever the scheme: the key's scheme is always https

TRACKING = re.compile(  # whole names of parameters, in lower case
    r"""(?x) utm_.* | hsa_.* | mtm_.* | guce_.* | guccounter | fb_action_.* | fb_ref | fb_source | fbclid | __twitter_.*
    | twclid | gclid | gclsrc | gbraid | wbraid | dclid | srsltid | _ga | _gl | msclkid | yclid | ysclid | _openstat
    | mc_cid | mc_eid | mkt_tok | _hsenc | _hsmi | oly_anon_id | oly_enc_id | vero_id | vero_conv | igsh | igshid | xtor
    | at_(?:custom|link_|bbc).* | at_(?:campaign|campaign_type|format|medium|ptr_name|type) | soc_src | soc_trk | ito
    | ns_(?:campaign|fee|linkname|mchannel|source) | ocid | cmpid | icid | s_cid | smid | smtyp | emc | wt[._]mc.*
    | pk_(?:campaign|content|keyword|kwd|medium|source) | traffic_source | _branch_.* | amp_(?:js_v|gsa|kit) | intcmp
    | intcid | ftag | spm | taid"""
)
# These may name a story, unless the value says that they name the way by which the reader came.
CARRIER_NAMES = re.compile(r"feature|feed|from|partner|ref|referrer|source|src|via")
CARRIERS = re.compile(r"email|emb_logo|facebook|feed|feedburner|google|homepage|newsletter|rss|social|twitter|whatsapp")
AMP_NAMES = {"amp": ("", "1", "true"), "outputtype": ("amp",)}
SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)

AMPERSAND = re.compile(r"&(?:amp;)*")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
STORY_LIKE = re.compile(r"(?i)(?=.*[a-z])(?=.*[0-9-])|[0-9]{5}")  # a slug or a number; no section, no year
AMP_FILE = re.compile(r"(?P<story>.+)\.amp(?P<html>(?:\.html)?)")
AMP_CACHE = re.compile(r"/[cv]/(?:s/)?(?P<page>[^/]+\.[^/]+/.*)")
AMP_VIEWER = re.compile(r"/amp/(?:s/)?(?P<page>[^/]+\.[^/]+/.*)")
MOBILE_LABELS = ("m", "mobile", "amp")


def is_http(url: str) -> bool:
    """Whether `url` is an absolute http or https URL with a host that can exist.

    >>> [is_http(url) for url in ("HTTPS://wire.example/a", "javascript:alert(1)", "//wire.example/a", "http:///a")]
    [True, False, False, False]
    """
    return split_url(url) is not None


def url_key(url: str) -> str | None:
    """The one form that stands for all links to the page of `url`, or None unless it is http(s) with a host.

    >>> url_key("http://www.Wire.example:80/news/./raqqa-24/?utm_source=rss&id=7#comments")
    'https://wire.example/news/raqqa-24?id=7'
    """
    parts = split_url(url)
    while parts and (shown := find_page_behind_amp(parts)):
        parts = shown
    if parts is None:
        return None
    # A fragment names a place in the page, but a route ("#!/story/5", "#/story/5") names another page.
    route = "#" + escape(parts.fragment) if parts.fragment.startswith(("!", "/")) else ""
    port = f":{parts.port}" if parts.port not in (None, *DEFAULT_PORTS) else ""
    query = normal_query(parts.query)
    return f"https://{normal_host(parts.host)}{port}{normal_path(parts.path)}{'?' + query if query else ''}{route}"


def request_url(url: str) -> str | None:
    """`url` as it is sent: punycode, percent-encoded, no user name, no fragment; None unless it is http(s) with a host.

    >>> request_url("HTTP://me:pw@Wire.example:8080/a b/?q=é&utm_source=rss#top")
    'http://wire.example:8080/a%20b/?q=%C3%A9&utm_source=rss'
    """
    parts = split_url(url)
    if parts is None:
        return None
    port = f":{parts.port}" if parts.port is not None else ""
    query = "?" + escape(parts.query) if parts.query else ""
    return f"{parts.scheme}://{parts.host}{port}{escape(parts.path) or '/'}{query}"


@lru_cache(maxsize=1024)  # a URL is taken apart at each gate that it passes
def split_url(url: str) -> Parts | None:
    """The parts of an http(s) URL with a host, or None. User names and passwords are dropped."""
    try:
        parts = urlsplit(SPACE.sub("", url.strip(ENDS)))
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host is None or port == 0:
        return None
    return Parts(parts.scheme, host, port, parts.path, parts.query, parts.fragment)


@lru_cache(maxsize=4096)
def ascii_host(host: str) -> str | None:
    """The host as the network knows it: lower case, punycode, brackets round IPv6; None if it cannot be one.

    >>> ascii_host("Bücher.example."), ascii_host("::1"), ascii_host("a b")
    ('xn--bcher-kva.example', '[::1]', None)
    """
    try:
        if ":" in host:
            return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else None  # no zone: it names a local link
        name = host.lower() if host.isascii() else to_punycode(host)
    except ValueError:
        return None
    name = name.removesuffix(".")
    is_name = len(name) <= DOMAIN_CHARACTERS and all(HOST_LABEL.fullmatch(label) for label in name.split("."))
    return name if is_name else None


def to_punycode(host: str) -> str:
    """A host of other letters in ASCII. Raises ValueError on one that cannot be.

    >>> to_punycode("Bücher.example"), to_punycode("☃.example")
    ('xn--bcher-kva.example', 'xn--n3h.example')
    """
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host.encode("idna").decode().lower()  # the older rules: such names are registered, and browsers go there


@lru_cache(maxsize=4096)
def normal_host(host: str) -> str:
    """The host without www, and without m, mobile or amp where these stand before a registrable domain.

    >>> [normal_host(host) for host in ("www.wire.example", "m.wire.example", "en.m.wire.example", "m.blogspot.com")]
    ['wire.example', 'wire.example', 'en.wire.example', 'm.blogspot.com']
    """
    domain = registrable_domain(host)
    if host == domain:
        return host
    labels = host.removesuffix("." + domain).split(".")
    while labels and labels[-1] in MOBILE_LABELS:
        labels.pop()
    while labels and labels[0] == "www":  # www.gov.uk is itself registrable and keeps it
        labels.pop(0)
    return ".".join([*labels, domain])


def normal_path(path: str) -> str:
    """The path without dot segments, doubled and trailing slashes, session ids and AMP's marks.

    >>> normal_path("/a/../news//raqqa-24/amp/"), normal_path("/technology/amp"), normal_path("")
    ('/news/raqqa-24', '/technology/amp', '/')
    """
    return "/" + "/".join(without_amp(plain_segments(path)))


def plain_segments(path: str) -> list[str]:
    """What stands between the slashes of a path, dot segments resolved and session ids left out."""
    segments: list[str] = []
    for segment in escape(SESSION.sub("", path)).split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment)
    return segments


def without_amp(segments: list[str]) -> list[str]:
    """The path of the page that an AMP path shows: `/amp` before or after a story's own, `.amp`, `.amp.html`.

    >>> without_amp(["news", "raqqa-24.amp.html"]), without_amp(["amp", "raqqa-24"]), without_amp(["2017", "amp"])
    (['news', 'raqqa-24.html'], ['raqqa-24'], ['2017', 'amp'])
    """
    while segments:
        *before, last = segments
        file = AMP_FILE.fullmatch(last)
        if file and STORY_LIKE.match(file["story"]):
            segments = [*before, file["story"] + file["html"]]
        elif last == "amp" and before and STORY_LIKE.match(before[-1]):
            segments = before
        elif before and before[0] == "amp" and STORY_LIKE.match(last):
            segments = segments[1:]
        else:
            break
    return segments


def normal_query(query: str) -> str:
    """The query without what tracks readers; sorted by name, for servers look parameters up by name.

    Values of one name keep their order. Where a parameter has no "=" (`?/news/5&print`) place may matter: none moves. Nor where
    the first begins with "amp;": behind another it would be read without.

    >>> normal_query("page=2&utm_medium=rss&id=7&ref=rss"), normal_query("12345&fbclid=x"), normal_query("ref=8812")
    ('id=7&page=2', '12345', 'ref=8812')
    """
    pairs = [pair for pair in AMPERSAND.split(escape(query)) if pair and not is_tracking(pair)]
    if all("=" in pair and not pair.startswith("amp;") for pair in pairs):
        pairs.sort(key=lambda pair: pair.partition("=")[0])
    return "&".join(pairs)


def is_tracking(pair: str) -> bool:
    """Whether a parameter tells how the reader came or which template to use, not which page it is."""
    name, _, value = pair.lower().partition("=")
    if CARRIER_NAMES.fullmatch(name):
        return CARRIERS.fullmatch(value) is not None
    return TRACKING.fullmatch(name) is not None or value in AMP_NAMES.get(name, ())


def escape(part: str) -> str:
    """Percent-encoding in one form: unreserved characters plain, all else that needs it encoded, hex in capitals.

    >>> escape("%7euser/caf%c3%a9/é a%2fb/100%")
    '~user/caf%C3%A9/%C3%A9%20a%2Fb/100%25'
    """
    if part.isalnum() and part.isascii():
        return part
    encoded = quote(BARE_PERCENT.sub("%25", part), safe="%/:@!$&'()*+,;=~?", errors="surrogatepass")
    return ESCAPE.sub(plain_if_unreserved, encoded)


def plain_if_unreserved(octet: re.Match[str]) -> str:
    """One escape in its normal form."""
    character = chr(int(octet.group(1), 16))
    return character if character in UNRESERVED else octet.group().upper()


def find_page_behind_amp(parts: Parts) -> Parts | None:
    """The page that an AMP cache shows, or None if this is no AMP cache.

    >>> find_page_behind_amp(split_url("https://www.google.com/amp/s/wire.example/raqqa-24"))
    Parts(scheme='https', host='wire.example', port=None, path='/raqqa-24', query='', fragment='')
    """
    path = "/" + "/".join(plain_segments(parts.path))  # as it will be in the key, or the key of a key would be another
    path += "/" if parts.path.endswith("/") else ""
    host = normal_host(parts.host)  # as in the key, for the same reason
    if f".{host}".endswith(".cdn.ampproject.org"):
        found = AMP_CACHE.fullmatch(path)
    elif host == "google.com":
        found = AMP_VIEWER.fullmatch(path)
    else:
        return None
    return split_url(f"https://{found['page']}?{parts.query}") if found else None


class BundledSuffixes(MozillaTLDSourceParser):
    """The list of public suffixes that the package ships; `tld` would ask the network if the file were gone."""

    uid = "bundled"
    source_url = ""  # not updated by anybody who updates all lists

    @classmethod
    def update_tld_names(cls, fail_silently: bool = False) -> Any:  # noqa: ARG003  # the signature is the library's
        raise RuntimeError("the package tld lacks its list of public suffixes: install it again")


@lru_cache(maxsize=4096)
def registrable_domain(host_or_url: str) -> str:
    """The part of a host that somebody registered: what spacing, and trust in rel=canonical, go by.

    An address is its own; under an unknown top-level domain (.example) it is the last two labels.

    >>> [registrable_domain(name) for name in ("http://www.bbc.co.uk", "a.b.blogspot.com", "x.wire.example", "[::1]")]
    ['bbc.co.uk', 'b.blogspot.com', 'wire.example', '[::1]']

    Raises ValueError when there is no host in it.
    """
    parts = split_url(host_or_url if "://" in host_or_url else f"https://{host_or_url}")
    if parts is None:
        raise ValueError(f"expected a host or an http(s) URL, got {host_or_url!r}")
    host = parts.host
    if host.startswith("[") or is_address(host):
        return host
    domain = get_fld(f"https://{host}", fail_silently=True, parser_class=BundledSuffixes)
    return str(domain) if domain else ".".join(host.split(".")[-2:])


def is_address(host: str) -> bool:
    """Whether the host is an IPv4 address in any form that the system's resolver takes for one (127.1, 0x7f000001)."""
    return re.fullmatch(r"(?:0x[0-9a-f]*|\d+)", host.rpartition(".")[2]) is not None
