"""addresses.py COUNT SEED: random texts that are addresses or networks, or nearly, and what Python's ipaddress says.

A line "a<tab>TEXT<tab>ADDRESS<tab>ZONE<tab>PORT<tab>MAPPED" for an address, "n<tab>TEXT<tab>NETWORK<tab>LAST" for a
network; the text alone is none.
"""
import ipaddress
import random
import re
import sys

count, seed = int(sys.argv[1]), int(sys.argv[2])
random.seed(seed)
MAPPED = ipaddress.ip_network("::ffff:0:0/96")


def group():
    return random.choice(["0", "0", "1", "db8", "ffff", "FE80", "0001", "a", "%x" % random.getrandbits(16)])


def four():
    return ".".join(str(random.choice([0, 1, 10, 127, 192, 255, random.randrange(256)])) for _ in range(4))


def six():
    kind = random.randrange(5)
    if kind == 0:
        return str(ipaddress.IPv6Address(random.getrandbits(128)))
    if kind == 1:
        return "::ffff:" + four()
    if kind == 2:
        return ":".join(group() for _ in range(8))
    groups = [group() for _ in range(random.randrange(9))]
    at = random.randrange(len(groups) + 1)
    text = ":".join(groups[:at]) + "::" + ":".join(groups[at:])
    return text + (":" + four() if kind == 3 else "")


def changed(text):
    if random.randrange(4) > 0 or text == "":
        return text
    at = random.randrange(len(text))
    part = random.choice([":", ".", "0", "1", "f", "g", "%", "/", "", " ", "-", "::", "256", "[", "]", "\u00e9"])
    return text[:at] + part + text[at + random.randrange(2):]


def unmapped(address):
    if address.version == 6 and address.ipv4_mapped is not None:
        return address.ipv4_mapped, True
    return address, False


def port_of(text):
    return text if re.fullmatch("[0-9]{1,5}", text) and int(text) < 65536 else None


def split(text):
    """The address without brackets and port, and the port; None: it cannot be one."""
    bracket = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", text, re.S)
    if bracket:
        port = bracket[2]
        return (None, None) if port is not None and port_of(port) is None else (bracket[1], port)
    if text.count(":") == 1:
        before, port = text.split(":")
        return (before, port) if "." in before and port_of(port) is not None else (None, None)
    return text, None


def compressed(address):
    """Its text in hexadecimal groups alone: newer Pythons end that of mapped addresses as IPv4 does."""
    text, number = address.compressed, int(address)
    if address.version == 6 and "." in text:
        text = "%s:%x:%x" % (text[:text.rindex(":")], number >> 16 & 0xFFFF, number & 0xFFFF)
    return text


def address(text):
    inner, port = split(text)
    try:
        if inner is None:
            raise ValueError
        found = ipaddress.ip_address(inner)
    except ValueError:
        return "a\t" + text
    zone = getattr(found, "scope_id", None)
    plain, mapped = unmapped(ipaddress.ip_address(inner.split("%")[0]))
    if zone is not None:
        plain, mapped = unmapped(ipaddress.IPv6Address(inner.split("%")[0]))
    return "a\t%s\t%s\t%s\t%s\t%s" % (text, compressed(plain), zone or "", int(port) if port else "", str(mapped).lower())


def is_mask(text):
    try:
        bits = "{:032b}".format(int(ipaddress.IPv4Address(text)))
    except ValueError:
        return False
    return "01" not in bits


def network(text):
    mask = re.fullmatch(r"[^/:]*/([0-9]+\.[0-9.]*)", text)  # Python takes masks of hosts, too
    if "%" in text or not (mask and is_mask(mask[1]) or re.fullmatch(r"[^/]*/[0-9]+", text)):
        return "n\t" + text if "/" in text else None
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return "n\t" + text
    if found.version == 6 and found.subnet_of(MAPPED):
        found = ipaddress.ip_network("%s/%d" % (found.network_address.ipv4_mapped, found.prefixlen - 96))
    return "n\t%s\t%s\t%s" % (text, compressed(found.network_address) + "/%d" % found.prefixlen, compressed(found.broadcast_address))


lines = 0
while lines < count:
    text = random.choice([four, six, six])()
    kind = random.randrange(8)
    if kind == 0:
        text = "[%s]" % text
    elif kind == 1:
        text = "[%s]:%d" % (text, random.randrange(70000))
    elif kind == 2:
        text = "%s:%d" % (text, random.randrange(70000))
    elif kind == 3:
        text += "%eth0"
    elif kind < 6:
        if random.randrange(4) == 0:
            text += "/" + random.choice([four(), str(ipaddress.IPv4Address(0xFFFFFFFF << random.randrange(33) & 0xFFFFFFFF))])
        else:
            text += "/%d" % random.choice([0, 8, 24, 32, 33, 64, 96, 104, 128, 129, random.randrange(130)])
    text = changed(text)
    line = network(text) if "/" in text else address(text)
    if line:
        print(line)
        lines += 1
