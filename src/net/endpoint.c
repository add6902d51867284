#include "net/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define HIGHEST_PORT 65535

static const struct {
    const char *name;
    enum endpoint_kind kind;
} kinds[] = {
    {"udp", ENDPOINT_UDP}, {"tcp", ENDPOINT_TCP}, {"unix", ENDPOINT_UNIX}, {"unixgram", ENDPOINT_UNIXGRAM}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *endpoint_kind_name(enum endpoint_kind kind)
{
    size_t i = 0;

    while (kinds[i].kind != kind) {
        i++;
    }
    return kinds[i].name;
}

/* Copies a part of the text. False: it is too long. */
static bool copy_part(const char *from, const char *end, char *to, size_t room)
{
    size_t length = (size_t)(end - from);

    if (length >= room) {
        return false;
    }
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

/* Finds where the host and the port begin and end. */
static bool split_host(const char *text, const char *end, const char *host[2], const char **port)
{
    const char *behind;

    if (text < end && *text == '[') {
        host[0] = text + 1;
        host[1] = memchr(text, ']', (size_t)(end - text));
        behind = host[1] != NULL ? host[1] + 1 : end;
    } else {
        host[0] = text;
        host[1] = memchr(text, ':', (size_t)(end - text));
        behind = host[1] != NULL ? host[1] : end;
    }
    *port = behind + 1;
    return behind < end && *behind == ':';
}

static const char *parse_host(const char *text, const char *end, struct endpoint *address)
{
    const char *host[2], *port;
    unsigned number = 0;

    if (!split_host(text, end, host, &port)) {
        return "expected HOST:PORT behind \"//\", an IPv6 address in brackets";
    }
    if (host[0] == host[1]) {
        return "expected a host in front of the port (0.0.0.0, or [::], is all of this machine's addresses)";
    }
    if (!copy_part(host[0], host[1], address->host, sizeof(address->host))) {
        return "expected a host's name of at most 255 bytes";
    }
    for (const char *digit = port; digit < end; digit++) {
        number = *digit >= '0' && *digit <= '9' ? 10 * number + (unsigned)(*digit - '0') : HIGHEST_PORT + 1;
        if (number > HIGHEST_PORT) {
            break;
        }
    }
    if (port == end || number > HIGHEST_PORT) {
        return "expected a port from 0 to 65535 behind the last colon";
    }
    snprintf(address->port, sizeof(address->port), "%u", number);
    return NULL;
}

static const char *parse_path(const char *text, const char *end, struct endpoint *address)
{
    if (text == end || *text != '/') {
        return "expected an absolute path behind \"//\", as in unix:///run/x.sock";
    }
    if (!copy_part(text, end, address->path, sizeof(address->path))) {
        return "expected a path of at most 107 bytes, which is what the system takes";
    }
    return NULL;
}

const char *endpoint_parse(const char *text, size_t length, struct endpoint *address)
{
    const char *end = text + length;

    memset(address, 0, sizeof(*address));
    if (memchr(text, '\0', length) != NULL) {
        return "expected no NUL character";
    }
    for (size_t i = 0; i < KINDS; i++) {
        size_t name = strlen(kinds[i].name);

        if (length >= name + 3 && memcmp(text, kinds[i].name, name) == 0 &&
            memcmp(text + name, "://", 3) == 0) {
            address->kind = kinds[i].kind;
            return endpoint_is_path(address->kind) ? parse_path(text + name + 3, end, address)
                                                   : parse_host(text + name + 3, end, address);
        }
    }
    return "expected udp://HOST:PORT, tcp://HOST:PORT, unix:///PATH or unixgram:///PATH";
}

static size_t format_inet(int family, const void *bytes, in_port_t port, char *text)
{
    char number[INET6_ADDRSTRLEN];

    inet_ntop(family, bytes, number, sizeof(number));
    return (size_t)snprintf(text, ENDPOINT_TEXT, family == AF_INET6 ? "[%s]:%u" : "%s:%u", number,
                            ntohs(port));
}

static size_t format_inet6(const struct sockaddr_in6 *six, char *text)
{
    if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        return format_inet(AF_INET, &six->sin6_addr.s6_addr[12], six->sin6_port, text);
    }
    return format_inet(AF_INET6, &six->sin6_addr, six->sin6_port, text);
}

/* A path may lack its NUL; an abstract one begins with a NUL, which is shown as "@". */
static size_t format_path(const struct sockaddr_un *local, socklen_t length, char *text)
{
    const size_t before = offsetof(struct sockaddr_un, sun_path);
    size_t size = length > before ? length - before : 0;

    if (size > sizeof(local->sun_path)) {
        size = sizeof(local->sun_path);
    }
    if (size > 0 && local->sun_path[0] == '\0') {
        memcpy(text, local->sun_path, size);
        text[0] = '@';
    } else {
        size = strnlen(local->sun_path, size);
        memcpy(text, local->sun_path, size);
    }
    text[size] = '\0';
    return size;
}

size_t endpoint_format(const struct sockaddr *socket_address, socklen_t length, char *text)
{
    text[0] = '\0';
    if (length < sizeof(socket_address->sa_family)) {
        return 0; /* a socket without a name */
    }
    switch (socket_address->sa_family) {
    case AF_INET: {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)socket_address;

        return format_inet(AF_INET, &four->sin_addr, four->sin_port, text);
    }
    case AF_INET6:
        return format_inet6((const struct sockaddr_in6 *)(const void *)socket_address, text);
    case AF_UNIX:
        return format_path((const struct sockaddr_un *)(const void *)socket_address, length, text);
    }
    return 0;
}

unsigned endpoint_port(const struct sockaddr *socket_address)
{
    switch (socket_address->sa_family) {
    case AF_INET:
        return ntohs(((const struct sockaddr_in *)(const void *)socket_address)->sin_port);
    case AF_INET6:
        return ntohs(((const struct sockaddr_in6 *)(const void *)socket_address)->sin6_port);
    }
    return 0;
}
