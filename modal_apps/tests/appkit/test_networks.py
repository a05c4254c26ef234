"""Which addresses are on the open internet, held against the published registries of special-purpose addresses."""

from __future__ import annotations

import ipaddress

import pytest
from appkit.fetchguard import FetchError, FetchRules, check_url
from appkit.networks import is_public

# The blocks of IANA's two registries of special-purpose addresses, row by row, and the column "Globally Reachable".
REGISTRY = """
0.0.0.0/8           False
0.0.0.0/32          False
10.0.0.0/8          False
100.64.0.0/10       False
127.0.0.0/8         False
169.254.0.0/16      False
172.16.0.0/12       False
192.0.0.0/24        False
192.0.0.0/29        False
192.0.0.8/32        False
192.0.0.9/32        True
192.0.0.10/32       True
192.0.0.170/32      False
192.0.0.171/32      False
192.0.2.0/24        False
192.31.196.0/24     True
192.52.193.0/24     True
192.88.99.0/24      ended
192.88.99.2/32      False
192.168.0.0/16      False
192.175.48.0/24     True
198.18.0.0/15       False
198.51.100.0/24     False
203.0.113.0/24      False
240.0.0.0/4         False
255.255.255.255/32  False
::1/128             False
::/128              False
::ffff:0:0/96       False
64:ff9b::/96        True
64:ff9b:1::/48      False
100::/64            False
100:0:0:1::/64      False
2001::/23           False
2001::/32           N/A
2001:1::1/128       True
2001:1::2/128       True
2001:1::3/128       True
2001:2::/48         False
2001:3::/32         True
2001:4:112::/48     True
2001:10::/28        ended
2001:20::/28        True
2001:30::/28        True
2001:db8::/32       False
2002::/16           N/A
2620:4f:8000::/48   True
3fff::/20           False
5f00::/16           False
fc00::/7            False
fe80::/10           False
"""
BLOCKS = dict(line.split() for line in REGISTRY.split("\n") if line)
# In these lie addresses of version 4, and each is judged by that.
TRANSLATED = {"::ffff:0:0/96", "64:ff9b::/96"}
# Reachable by the registry, and yet no place where files are.
WITHOUT_FILES = {
    "192.0.0.9/32",
    "192.0.0.10/32",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.175.48.0/24",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:20::/28",
    "2001:30::/28",
    "2620:4f:8000::/48",
}
CLOUDS = [
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "169.254.170.2",
]
CLOUDS += ["fd20:ce::254", "fd00:42::42"]
OTHERS = [
    "224.0.0.0/4",
    "ff00::/8",
    "fec0::/10",
    "::/96",
    "4000::/3",
    "6000::/3",
    "8000::/1",
    "::ffff:0:0:0/96",
]


def test_what_the_registry_calls_reachable_is_closed_or_translated_on_purpose() -> None:
    reachable = {block for block, is_reachable in BLOCKS.items() if is_reachable == "True"}
    assert reachable - TRANSLATED == WITHOUT_FILES


@pytest.mark.parametrize("network", [*sorted(BLOCKS.keys() - TRANSLATED), *OTHERS])
def test_no_special_network_is_public(network: str) -> None:
    special = ipaddress.ip_network(network)
    last = int(special.broadcast_address)
    middle = (int(special.network_address) + last) // 2
    for number in {int(special.network_address), middle, last}:
        assert not is_public(type(special.network_address)(number)), ipaddress.ip_address(number)


@pytest.mark.parametrize("address", CLOUDS)
def test_no_service_of_a_cloud_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("wrapped", ["::ffff:{}", "64:ff9b::{}"])
@pytest.mark.parametrize("address", [*CLOUDS[:4], "127.0.0.1", "10.1.2.3", "192.88.99.1", "224.0.0.1"])
def test_version_4_inside_of_version_6_is_judged_by_what_is_inside(wrapped: str, address: str) -> None:
    assert not is_public(ipaddress.ip_address(wrapped.format(address)))
    number = int(ipaddress.IPv4Address(address))
    assert not is_public(ipaddress.IPv6Address(0x2002 << 112 | number << 80 | 1)), "6to4"
    assert not is_public(ipaddress.IPv6Address(number)), "compatible"


def test_what_is_public_stays_public_in_every_spelling() -> None:
    for address in (
        "8.8.8.8",
        "1.1.1.1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2606:4700::1111",
    ):
        assert is_public(ipaddress.ip_address(address))
    assert not is_public(ipaddress.ip_address("2606:4700::1%eth0"))


def test_it_is_never_more_generous_than_python() -> None:
    """Python's own tables as a second witness: what they call private, reserved or multicast is closed here too."""
    for number in range(0, 2**32, 65_537 * 7):
        address = ipaddress.IPv4Address(number)
        if not address.is_global or address.is_multicast or address.is_reserved:
            assert not is_public(address), address


HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "1",
    "127.0.0.1.",
    "2130706433.",
    "0x7f.1.",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "10.0.0.1",
    "10.1",
    "167772161",
    "0xa000001",
    "192.168.1.1",
    "192.168.257",
    "3232235777",
    "172.16.0.1",
    "172.31.255.255",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "169.254.169.254.",
    "168.63.129.16",
    "2822734096",
    "100.100.100.200",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.1",
    "192.0.2.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "100.64.0.1",
    "0.1.2.3",
    "256.256.256.256",
    "1.2.3.4.5",
    "127.0.0.1%00.example.com",
    "127.0.0.1%2f",
    "127\u30020\u30020\u30021",
    "\uff11\uff12\uff17.0.0.1",
    "\u2460\u2461\u2466.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:0:0:1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[3fff:fff::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[100::1]",
    "[5f00::1]",
    "[4000::1]",
    "[::2]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:168.63.129.16]",
    "[2002:a83f:8110::1]",
    "[::1%lo]",
    "[::1]]",
    "[",
    "[]",
    "[:::1]",
]
URLS = [
    *(f"https://{host}/" for host in HOSTS),
    "http://8.8.8.8/",
    "ftp://8.8.8.8/",
    "file:///etc/passwd",
    "gopher://8.8.8.8/",
    "data:,a",
    "javascript:alert(1)",
    "//8.8.8.8/",
    "8.8.8.8",
    "",
    " ",
    "https:",
    "https://",
    "https:///a",
    "https:8.8.8.8",
    "https:/8.8.8.8",
    "unix:/a",
    "https://user@8.8.8.8/",
    "https://user:word@8.8.8.8/",
    "https://:word@8.8.8.8/",
    "https://@8.8.8.8/",
    "https://a%40b@8.8.8.8/",
    "https://8.8.8.8@127.0.0.1/",
    "https://127.0.0.1@8.8.8.8/",
    "https://8.8.8.8:22/",
    "https://8.8.8.8:80/",
    "https://8.8.8.8:0/",
    "https://8.8.8.8:8443/",
    "https://8.8.8.8:99999/",
    "https://8.8.8.8:-1/",
    "https://8.8.8.8:x/",
    "https://8.8.8.8:4 43/",
    "https://8.8.8.8\\@127.0.0.1/",
    "https:\\\\127.0.0.1/",
    "https://127.0.0.1\\.8.8.8.8/",
    "https://8.8.8.8\t/",
    "https://8.8.8.8\n/",
    "https://8.8.8.8\r\nHost: a/",
    "https://8.8.8.8/\x00",
    "https://8.8.8.8/\u202e",
    "https://127.0.0.1#@8.8.8.8/",
    "https://127.0.0.1?@8.8.8.8/",
    "https://8.8.8.8/" + "a" * 9000,
    "https://ex ample.com/",
    "https://xn--/",
    "https://\ud800/",
    "https://a..b/",
]


def test_there_are_more_than_120_hostile_urls() -> None:
    assert len(set(URLS)) >= 120


@pytest.mark.parametrize("url", URLS, ids=ascii)
async def test_a_hostile_url_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        await check_url(url, FetchRules())
    assert caught.value.code in ("blocked_url", "fetch_failed")


async def _google(_host: str, _port: int) -> list[str]:
    return ["8.8.8.8"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://8.8.8.8/", "8.8.8.8"),
        ("https://8.8.8.8:443/a?b=c@d#e", "8.8.8.8"),
        ("https://example.com/a%20b", "example.com"),
        ("https://EXAMPLE.com./", "example.com."),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("https://1and1.example/", "1and1.example"),
        ("https://0x7f.example/", "0x7f.example"),
        ("https://[2606:4700::1111]/", "2606:4700::1111"),
    ],
)
async def test_an_honest_url_passes(url: str, host: str) -> None:
    target = await check_url(url, FetchRules(resolve=_google))
    assert (target.host, target.address) == (host, "8.8.8.8")
