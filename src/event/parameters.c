#include "event/parameters.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define HEADER 26u /* bytes before the lengths */

/* Families of addresses, by libscap's numbers (PPM_AF_*). */
#define FAMILY_UNIX  1
#define FAMILY_INET  2
#define FAMILY_INET6 10

/* Reads an integer of 1 to 8 bytes, unaligned, in the machine's byte order, as libscap writes it. */
static uint64_t read_unsigned(const unsigned char *bytes, size_t size)
{
    uint8_t one;
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (size) {
    case 1:
        memcpy(&one, bytes, sizeof(one));
        return one;
    case 2:
        memcpy(&two, bytes, sizeof(two));
        return two;
    case 4:
        memcpy(&four, bytes, sizeof(four));
        return four;
    default:
        memcpy(&eight, bytes, sizeof(eight));
        return eight;
    }
}

bool parameter_bytes(const struct event *event, uint32_t number, const unsigned char **bytes, size_t *length)
{
    struct event_info info;
    bool known = event_info(event->type, &info);
    size_t width = info.wide ? sizeof(uint32_t) : sizeof(uint16_t);
    size_t at;

    if (!known || event->raw == NULL || number >= event->parameters || event->raw_size < HEADER ||
        event->parameters > (event->raw_size - HEADER) / width) {
        return false;
    }
    at = HEADER + event->parameters * width;
    for (uint32_t i = 0; i < event->parameters; i++) {
        size_t size = (size_t)read_unsigned(event->raw + HEADER + i * width, width);

        if (size > event->raw_size - at) {
            return false;
        }
        if (i == number) {
            *bytes = event->raw + at;
            *length = size;
        }
        at += size;
    }
    return true;
}

/* Pushes an unsigned 64-bit integer. Stack: [] -> [value] */
static void push_unsigned_lj(lua_State *L, uint64_t number)
{
    char digits[24];

    if (number <= INT64_MAX) {
        lua_pushinteger(L, (lua_Integer)number);
        return;
    }
    snprintf(digits, sizeof(digits), "%" PRIu64, number);
    lua_pushstring(L, digits);
}

static void push_integer_lj(lua_State *L, const unsigned char *bytes, size_t size, bool is_signed)
{
    uint64_t number = read_unsigned(bytes, size);
    unsigned unused = (unsigned)(64 - 8 * size);

    if (is_signed) {
        lua_pushinteger(L, (lua_Integer)(number << unused) >> unused);
    } else {
        push_unsigned_lj(L, number);
    }
}

/* Pushes the text up to its first NUL, or all of it. */
static void push_text_lj(lua_State *L, const unsigned char *bytes, size_t length)
{
    lua_pushlstring(L, (const char *)bytes, strnlen((const char *)bytes, length));
}

static void push_address_lj(lua_State *L, int family, const unsigned char *bytes)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(family, bytes, text, sizeof(text));
    lua_pushstring(L, text);
}

/* Pushes a list of texts that are each terminated by NUL. Stack: [] -> [list] */
static void push_text_list_lj(lua_State *L, const unsigned char *bytes, size_t length)
{
    lua_Integer count = 0;

    lua_newtable(L); /* list */
    while (length > 0) {
        size_t size = strnlen((const char *)bytes, length);

        lua_pushlstring(L, (const char *)bytes, size); /* list, text */
        lua_rawseti(L, -2, ++count);                   /* list */
        size += size < length;
        bytes += size;
        length -= size;
    }
}

/* Stack: [] -> [list or nil] */
static void push_descriptors_lj(lua_State *L, const unsigned char *bytes, size_t length)
{
    const size_t size = sizeof(int64_t) + sizeof(uint16_t);
    size_t count = length >= sizeof(uint16_t) ? (size_t)read_unsigned(bytes, sizeof(uint16_t)) : SIZE_MAX;

    if (count == SIZE_MAX || count > (length - sizeof(uint16_t)) / size) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, (int)count, 0); /* list */
    for (size_t i = 0; i < count; i++) {
        const unsigned char *at = bytes + sizeof(uint16_t) + i * size;

        lua_createtable(L, 0, 2);                                          /* list, item */
        push_integer_lj(L, at, sizeof(int64_t), true);                     /* list, item, fd */
        lua_setfield(L, -2, "fd");                                         /* list, item */
        push_integer_lj(L, at + sizeof(int64_t), sizeof(uint16_t), false); /* list, item, flags */
        lua_setfield(L, -2, "flags");                                      /* list, item */
        lua_rawseti(L, -2, (lua_Integer)i + 1);                            /* list */
    }
}

/* Size of an address of the family; 0: an unknown family. */
static size_t address_size(int family)
{
    return family == FAMILY_INET ? 4 : family == FAMILY_INET6 ? 16 : 0;
}

/* Adds `ip` and `port` to the table at the top. */
static void add_end_lj(lua_State *L, int family, const unsigned char *bytes)
{
    size_t size = address_size(family);

    push_address_lj(L, family == FAMILY_INET ? AF_INET : AF_INET6, bytes); /* table, ip */
    lua_setfield(L, -2, "ip");                                             /* table */
    push_integer_lj(L, bytes + size, sizeof(uint16_t), false);             /* table, port */
    lua_setfield(L, -2, "port");                                           /* table */
}

/* Adds `family` to the table at the top: its name, or its number if it is unknown. */
static void add_family_lj(lua_State *L, int family)
{
    switch (family) {
    case FAMILY_UNIX:
        lua_pushstring(L, "unix"); /* table, name */
        break;
    case FAMILY_INET:
        lua_pushstring(L, "inet"); /* table, name */
        break;
    case FAMILY_INET6:
        lua_pushstring(L, "inet6"); /* table, name */
        break;
    default:
        lua_pushinteger(L, family); /* table, number */
    }
    lua_setfield(L, -2, "family"); /* table */
}

/* A socket address: family, then address and port, or a path. Stack: [] -> [table or nil] */
static void push_sockaddr_lj(lua_State *L, const unsigned char *bytes, size_t length)
{
    int family = bytes[0];
    size_t size = address_size(family);

    if (size > 0 && length < 1 + size + sizeof(uint16_t)) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 3); /* table */
    add_family_lj(L, family);
    if (size > 0) {
        add_end_lj(L, family, bytes + 1);
    } else if (family == FAMILY_UNIX) {
        push_text_lj(L, bytes + 1, length - 1); /* table, path */
        lua_setfield(L, -2, "path");            /* table */
    }
}

/* Adds the kernel's address of one end, as "0x…", to the table at the top. */
static void add_pointer_lj(lua_State *L, const char *key, const unsigned char *bytes)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%" PRIx64, read_unsigned(bytes, sizeof(uint64_t)));
    lua_pushstring(L, text);  /* table, text */
    lua_setfield(L, -2, key); /* table */
}

/* A pair of unix sockets: two kernel addresses and a path. Stack: [table] unchanged */
static void add_unix_ends_lj(lua_State *L, const unsigned char *bytes, size_t length)
{
    const size_t ends = 2 * sizeof(uint64_t);

    add_pointer_lj(L, "source", bytes);
    add_pointer_lj(L, "destination", bytes + sizeof(uint64_t));
    push_text_lj(L, bytes + ends, length - ends); /* table, path */
    lua_setfield(L, -2, "path");                  /* table */
}

/* family, then two ends. Stack: [] -> [table or nil] */
static void push_socktuple_lj(lua_State *L, const unsigned char *bytes, size_t length)
{
    int family = bytes[0];
    size_t end = address_size(family) + sizeof(uint16_t);

    if ((family == FAMILY_UNIX && length < 1 + 2 * sizeof(uint64_t)) ||
        (address_size(family) > 0 && length < 1 + 2 * end)) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 4); /* table */
    add_family_lj(L, family);
    if (family == FAMILY_UNIX) {
        add_unix_ends_lj(L, bytes + 1, length - 1);
    } else if (address_size(family) > 0) {
        lua_createtable(L, 0, 2); /* table, end */
        add_end_lj(L, family, bytes + 1);
        lua_setfield(L, -2, "source"); /* table */
        lua_createtable(L, 0, 2);      /* table, end */
        add_end_lj(L, family, bytes + 1 + end);
        lua_setfield(L, -2, "destination"); /* table */
    }
}

/* Replaces a dynamic type by the one that the first byte selects (libscap's dynamic_params_table.c). False:
 * an unknown one. */
static bool resolve_dynamic(enum parameter_type *type, const unsigned char **bytes, size_t *length)
{
    static const struct {
        uint8_t count;
        enum parameter_type types[5];
    } choices[] = {
        [PARAMETER_DYN_SOCKOPT] = {5,
                                   {PARAMETER_BYTEBUF, PARAMETER_ERRNO, PARAMETER_UINT32, PARAMETER_UINT64,
                                    PARAMETER_RELTIME}},
        [PARAMETER_DYN_PTRACE] = {2, {PARAMETER_UINT64, PARAMETER_SIGTYPE}},
        [PARAMETER_DYN_BPF] = {2, {PARAMETER_FD, PARAMETER_ERRNO}},
        [PARAMETER_DYN_KEYCTL] = {2, {PARAMETER_INT64, PARAMETER_CHARBUF}},
    };

    if (*length == 0 || **bytes >= choices[*type].count) {
        return false;
    }
    *type = choices[*type].types[**bytes];
    *bytes += 1;
    *length -= 1;
    return true;
}

void parameter_push_lj(lua_State *L, enum parameter_type type, const unsigned char *bytes, size_t length)
{
    static const struct {
        uint8_t bytes;
        enum parameter_form form;
    } kinds[] = {
#define KIND(name, size, form) [PARAMETER_##name] = {size, FORM_##form},
        PARAMETER_TYPES(KIND)
#undef KIND
    };

    luaL_checkstack(L, 8, NULL);
    if (kinds[type].form == FORM_DYNAMIC && !resolve_dynamic(&type, &bytes, &length)) {
        lua_pushnil(L);
        return;
    }
    if (kinds[type].form != FORM_BYTES &&
        (length == 0 || (kinds[type].bytes != 0 && kinds[type].bytes != length))) {
        lua_pushnil(L);
        return;
    }
    switch (kinds[type].form) {
    case FORM_UNSIGNED:
    case FORM_SIGNED:
        push_integer_lj(L, bytes, length, kinds[type].form == FORM_SIGNED);
        break;
    case FORM_BYTES:
        lua_pushlstring(L, (const char *)bytes, length);
        break;
    case FORM_TEXT:
        push_text_lj(L, bytes, length);
        break;
    case FORM_TEXTS:
        push_text_list_lj(L, bytes, length);
        break;
    case FORM_IPV4:
        push_address_lj(L, AF_INET, bytes);
        break;
    case FORM_IPV6:
        push_address_lj(L, AF_INET6, bytes);
        break;
    case FORM_SOCKADDR:
        push_sockaddr_lj(L, bytes, length);
        break;
    case FORM_SOCKTUPLE:
        push_socktuple_lj(L, bytes, length);
        break;
    case FORM_FDLIST:
        push_descriptors_lj(L, bytes, length);
        break;
    case FORM_NOTHING:
    case FORM_DYNAMIC: /* of a dynamic one */
        lua_pushnil(L);
        break;
    }
}

/* Throws an error that lists the names of the event's parameters. */
static int refuse_name_lj(lua_State *L, const struct event_info *info, const char *name)
{
    const char *known = info->names;
    luaL_Buffer names;

    luaL_buffinit(L, &names);
    for (uint8_t i = 0; i < info->count; i++, known += strlen(known) + 1) {
        luaL_addstring(&names, i > 0 ? ", " : "");
        luaL_addstring(&names, known);
    }
    luaL_pushresult(&names); /* names */
    return luaL_error(L, "an event of type %s has no parameter \"%s\"; it has: %s", info->symbol, name,
                      info->count > 0 ? lua_tostring(L, -1) : "none");
}

/* event.param[1]: the raw bytes, by number. Stack: [] -> [string or nil] */
static void push_numbered_lj(lua_State *L, const struct event *event, int index)
{
    const unsigned char *bytes;
    size_t length;
    lua_Integer number = lua_tointeger(L, index); /* 0: it is no integer */

    if (number >= 1 && number <= UINT32_MAX &&
        parameter_bytes(event, (uint32_t)(number - 1), &bytes, &length)) {
        lua_pushlstring(L, (const char *)bytes, length);
    } else {
        lua_pushnil(L);
    }
}

/* The index of the parameter with this name; `info->count` if there is none. */
static uint8_t find_name(const struct event_info *info, const char *name)
{
    const char *known = info->names;
    uint8_t number = 0;

    while (number < info->count && strcmp(known, name) != 0) {
        known += strlen(known) + 1;
        number++;
    }
    return number;
}

/* True if another type of the same event name has this parameter: the exit event, or an older or newer
 * version. */
static bool sibling_has(const struct event_info *info, const char *name)
{
    struct event_info other;

    for (uint16_t type = 0; event_info(type, &other); type++) {
        if (strcmp(other.name, info->name) == 0 && find_name(&other, name) < other.count) {
            return true;
        }
    }
    return false;
}

void parameter_push_named_lj(lua_State *L, const struct event *event, int index)
{
    struct event_info info;
    const unsigned char *bytes;
    const char *name;
    uint8_t number;
    size_t length;

    if (lua_type(L, index) == LUA_TNUMBER) {
        push_numbered_lj(L, event, index);
        return;
    }
    name = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
    if (name == NULL || text_has_nul(name, length)) {
        luaL_error(L, "event.param: expected the name or number of a parameter, got a %s%s",
                   luaL_typename(L, index), name != NULL ? " that contains a NUL character" : "");
    }
    if (!event_info(event->type, &info)) {
        luaL_error(L, "events of type %d are not known; their parameters have no names", event->type);
    }
    number = find_name(&info, name);
    if (number == info.count && !sibling_has(&info, name)) {
        refuse_name_lj(L, &info, name);
    }
    if (number < info.count && parameter_bytes(event, number, &bytes, &length)) {
        parameter_push_lj(L, (enum parameter_type)info.types[number], bytes, length);
    } else {
        lua_pushnil(L);
    }
}
